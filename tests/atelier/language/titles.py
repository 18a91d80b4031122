"""Titles in the manner of shops, trades and image-model users, and how a reading of one is judged.

A line of the table: kind | metal | stone | told | title. ``none`` as the kind: no bench of ours makes it, and the page
has to say so before anything is rendered; "brooch or none": either will do. ``*`` as the stone: any. ``told``: words
that have to stand in what the user is told, or be made as a motif, separated by semicolons, and measures such as
``stone.length_mm~5.2`` that have to be met within 6 %; ``grams`` is the weight that is ordered. Accents count for
nothing, as in what is told.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from pipeline.atelier.language.prompt import Reading, read
from pipeline.atelier.language.text import fold
from tests.atelier.language.test_prompt import stone_of

HERE = Path(__file__).parent

TABLES = (
    "titles_seen.txt", "titles_held_out.txt", "titles_catalogue_seen.txt", "titles_catalogue_held_out.txt",
    "titles_forms_seen.txt", "titles_forms_held_out.txt", "titles_manners_seen.txt", "titles_manners_held_out.txt",
    "titles_usage_seen.txt", "titles_usage_held_out.txt", "titles_later_seen.txt", "titles_later_held_out.txt",
    "titles_third_held_out.txt", "titles_trades_seen.txt", "titles_trades_held_out.txt",
    "titles_trades_third.txt", "titles_strangers_seen.txt", "titles_strangers_held_out.txt",
    "titles_strangers_third.txt", "titles_markets_seen.txt", "titles_markets_held_out.txt",
    "titles_markets_third.txt", "titles_dictated_seen.txt", "titles_wished_seen.txt",
    "titles_letters_seen.txt", "titles_letters_held_out.txt",
)  # fmt: skip
"""Halves of strangers' titles, of those for the catalogue, for later forms, of twelve manners of writing, and of what
people write beside the nouns: denials, choices, abbreviations, sizes and weights of many trades; of forms, dictations,
letters, valuations, captions and tags, and in four languages more; as marketplaces translate, museums describe,
retailers of India name and forums ask; as people dictate, mail and tag in twelve languages; as strangers write who had
not seen the grammar."""

NEAR: dict[str, tuple[str, ...]] = {
    "moissanite": ("diamond",), "zirconia": ("diamond",), "black diamond": ("onyx",),
    "tanzanite": ("sapphire", "amethyst"), "moonstone": ("opal",), "labradorite": ("opal",),
    "alexandrite": ("amethyst", "emerald", "garnet"), "mother of pearl": ("pearl", "opal"),
    "lapis": ("sapphire",), "jade": ("emerald", "peridot"), "malachite": ("emerald",), "coral": ("ruby", "garnet"),
    "tourmaline": ("morganite", "emerald"), "pink tourmaline": ("morganite",), "agate": ("garnet", "onyx"),
    "spinel": ("ruby",), "amber": ("citrine",), "rose quartz": ("morganite",), "tigers eye": ("citrine",),
    "smoky quartz": ("citrine", "onyx"), "carnelian": ("garnet", "citrine"), "crystal": ("diamond",),
    "green jade": ("emerald",), "kunzite": ("morganite",), "tsavorite": ("emerald",), "hematite": ("onyx",),
    "steel": ("silver", "platinum", "white_gold"), "titanium": ("silver", "platinum"),
    "tungsten": ("platinum", "silver", "blackened_silver"), "palladium": ("white_gold", "platinum"),
    "brass": ("yellow_gold",), "bronze": ("yellow_gold", "rose_gold"), "copper": ("rose_gold",),
    "black gold": ("blackened_silver",),
}  # fmt: skip
"""Materials the spec may not know, and those of about the same colour that may stand for them when it is told."""


@dataclass(frozen=True)
class Title:
    """A line of a table."""

    kind: str
    metal: str
    stone: str
    told: tuple[str, ...]
    text: str


def titles(name: str) -> Iterator[Title]:
    """The lines of one table."""
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, metal, stone, told, text = (cell.strip() for cell in line.split("|", 4))
            yield Title(
                kind,
                metal,
                stone,
                tuple(word.strip() for word in told.split(";") if word.strip() != "-"),
                text,
            )


def verdict(title: Title) -> str:
    """One of "right", "right with notice", "other but admitted", "silently other"; ", wrong kind" after it."""
    reading = read(title.text)
    said = _said(reading)
    words = [word for word in title.told if "~" not in word]
    shown = _shown(reading)
    spoken = all(fold(word) in said or fold(word) in shown for word in words)
    kinds = title.kind.split(" or ")
    declined = reading.refusal is not None
    if title.kind == "none" or (declined and "none" in kinds):
        if declined and spoken:
            return "right with notice"
        return "other but admitted, wrong kind" if spoken else "silently other, wrong kind"
    faults = list(_faults(title, reading))
    swapped = [asked for asked in (title.metal, title.stone) if _is_substituted(asked, reading)]
    spoken = spoken and all(_speaks(said, asked) for asked in swapped)
    if not faults:
        if not spoken:
            return "silently other"
        return "right with notice" if swapped or any(fold(word) not in shown for word in words) else "right"
    admitted = all(_speaks(said, fault) or any(fold(word) in said for word in words) for fault in faults)
    wrong_kind = ", wrong kind" if reading.spec.kind not in kinds else ""
    return ("other but admitted" if admitted else "silently other") + wrong_kind


def shares(name: str) -> Counter[str]:
    """How many titles of a table end in each verdict, and how many have a wrong kind."""
    counted: Counter[str] = Counter()
    for title in titles(name):
        judged, _, wrong_kind = verdict(title).partition(", ")
        counted[judged] += 1
        counted["wrong kind"] += bool(wrong_kind)
        counted["all"] += 1
    return counted


def _said(reading: Reading) -> str:
    """Everything the page tells, in lower case."""
    refusal = getattr(reading, "refusal", None)
    offered = (refusal.sentence,) if refusal is not None else ()
    return " ".join(map(fold, (*reading.assumed, *reading.unknown, *offered)))


def _shown(reading: Reading) -> str:
    """Words of the prompt that end as made, and the motif as the spec words it."""
    motif = reading.spec.motif
    made = [noun.text for noun in reading.nouns if noun.end == "made"]
    if motif is None:
        return fold(" ".join(made))
    return fold(" ".join((*made, motif.name.replace("_", " "), "enamel" if motif.enamel else "", motif.text)))


def _speaks(said: str, asked: str) -> bool:
    return any(fold(word) in said for word in (asked, asked.replace("_", " "), *asked.split()[-1:]))


ITSELF = {
    "zirconia": "cubic zirconia",
    "lapis": "lapis lazuli",
    "green jade": "jade",
    "pink tourmaline": "tourmaline",
}
"""Stones of the table whose name in the spec is another one."""


def _stone_is(asked: str, found: str) -> bool:
    return _is_itself(asked, found) or asked == "*" or found in NEAR.get(asked, ())


def _is_itself(asked: str, found: str) -> bool:
    return found.replace("_", " ") in (asked, ITSELF.get(asked))


def _is_substituted(asked: str, reading: Reading) -> bool:
    stone = stone_of(reading.spec)
    itself = asked in (reading.spec.metal, reading.spec.substance)
    return asked in NEAR and not itself and not _is_itself(asked, stone)


def _faults(title: Title, reading: Reading) -> Iterator[str]:
    """Words for each thing that is otherwise than asked."""
    spec = reading.spec
    if spec.kind not in title.kind.split(" or "):
        yield title.kind
    if title.metal not in ("*", spec.metal) and spec.metal not in NEAR.get(title.metal, ()):
        yield title.metal
    if not _stone_is(title.stone, stone_of(spec)):
        yield title.stone
    for check in title.told:
        path, _, wanted = check.partition("~")
        if wanted and not _met(reading, path, wanted):
            yield wanted


def _met(reading: Reading, path: str, wanted: str) -> bool:
    try:
        value = reading.grams if path == "grams" else attrgetter(path)(reading.spec)
    except AttributeError:
        return False
    if isinstance(value, float | int) and not isinstance(value, bool):
        return abs(value / float(wanted) - 1) < 0.06
    return str(value) == wanted


if __name__ == "__main__":
    for table in TABLES:
        counted = shares(table)
        lines = (f"{name}: {count} ({100 * count / counted['all']:.1f} %)" for name, count in counted.items())
        sys.stdout.write(f"{table}: {', '.join(lines)}\n")
