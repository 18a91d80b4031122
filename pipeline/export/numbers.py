"""The piece in numbers: carats, grams and millimetres as fields of the manifest, and as tables for a spreadsheet."""

from functools import lru_cache

from pydantic import Field, ValidationError

from pipeline.atelier.spec import Spec
from pipeline.records import Design, Record

Row = tuple[str, ...]


class Metal(Record):
    """Metal of one alloy."""

    metal: str
    alloy: str
    volume_mm3: float = Field(ge=0)
    grams: float = Field(ge=0)


class Stones(Record):
    """Stones of one gem, cut and size."""

    gem: str
    cut: str
    length_mm: float = Field(ge=0)
    width_mm: float = Field(ge=0)
    count: int = Field(ge=0)
    carats: float = Field(ge=0)
    """Estimated weight of all of them together."""


class Measure(Record):
    """One length of the piece."""

    name: str
    mm: float = Field(ge=0)
    note: str = ""


class Numbers(Record):
    """Everything countable about a piece whose geometry is known; of a photograph, its scale where one was set."""

    metals: tuple[Metal, ...] = ()
    stones: tuple[Stones, ...] = ()
    measures: tuple[Measure, ...] = ()
    pitch_mm: float = Field(default=0.0, ge=0)
    """Millimetres of the piece for one pixel of the master, where a known length told it."""

    @property
    def grams(self) -> float:
        """All metal together."""
        return sum(metal.grams for metal in self.metals)

    @property
    def carats(self) -> float:
        """All stones together, estimated."""
        return sum(stones.carats for stones in self.stones)


def numbers(design: Design) -> Numbers | None:
    """What can be counted on a design's piece; None where nothing can."""
    branch = design.branch
    if branch is None:
        return None
    recipe, length = branch.master.recipe, branch.known_length
    pitch = round(length.pitch_mm, 6) if length else 0.0
    counted = _counted(recipe.origin) if recipe.provider == "atelier" and recipe.origin else None
    if counted is None:
        return Numbers(pitch_mm=pitch) if pitch else None
    return counted.model_copy(update={"pitch_mm": pitch})


def tables(design: Design) -> dict[str, list[Row]]:
    """The tables of a design by file name, each with a line of headings; none where nothing can be counted."""
    counted = numbers(design)
    if counted is None:
        return {}
    lines: list[Row] = [("what", "value", "unit", "note")]
    lines += [(f"metal {m.metal}", f"{m.grams:g}", "g", m.alloy) for m in counted.metals]
    lines += [(m.name, f"{m.mm:g}", "mm", m.note) for m in counted.measures]
    if counted.stones:
        lines.append(("stones together", f"{counted.carats:g}", "ct", "estimated"))
    if counted.pitch_mm:
        lines.append(("one pixel of the master", f"{counted.pitch_mm:g}", "mm", "from the known length"))
    gems: list[Row] = [("gem", "cut", "length_mm", "width_mm", "count", "carats")]
    gems += [
        (s.gem, s.cut, f"{s.length_mm:g}", f"{s.width_mm:g}", str(s.count), f"{s.carats:g}")
        for s in counted.stones
    ]
    return {"numbers.csv": lines, "gems.csv": gems} if counted.stones else {"numbers.csv": lines}


@lru_cache(maxsize=16)
def _counted(origin: str) -> Numbers | None:
    """Build the piece of a spec and count it: a second or two, and once for each."""
    from pipeline.atelier.measures import figures

    try:
        spec = Spec.model_validate_json(origin)
    except ValidationError:
        return None
    known = figures(spec)
    return Numbers(
        metals=tuple(
            Metal(metal=w.metal, alloy=w.alloy, volume_mm3=round(w.volume_mm3, 2), grams=round(w.grams, 3))
            for w in known.weights
        ),
        stones=tuple(
            Stones(
                gem=s.gem, cut=s.cut, length_mm=round(s.length_mm, 3), width_mm=round(s.width_mm, 3),
                count=s.count, carats=round(s.carats, 3),
            )
            for s in known.gems
        ),
        measures=tuple(Measure(name=d.name, mm=round(d.value_mm, 3), note=d.note) for d in known.dimensions),
    )  # fmt: skip
