"""What the gate hands back and a close-up keeps: frozen models, every number finite and in its range."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipeline.records.words import Box, Dial, RawVerdict, Verdict

ReasonName = Literal[
    "geometry bent",
    "element removed",
    "stone missing",
    "prong missing",
    "element added",
    "recoloured",
    "lost profile",
    "squeezed",
    "thickness changed",
    "texture invented",
    "edges tinted",
    "texture smoothed away",
    "texture painted in",
    "other piece",
    "not registrable",
]

PERFECT_DB = 100.0
"""Identical pictures have no finite PSNR; they are reported as this."""
Decibel = Annotated[float, Field(le=PERFECT_DB)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]


class Record(BaseModel):
    """Base of everything stored: immutable, a misspelt field is an error, every number is finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The fields' own schema, also where a serializer leaves some out: by what it returns nothing were known."""
        return handler(_without_serializer(core_schema))


def _without_serializer(core_schema: CoreSchema) -> CoreSchema:
    bare: dict[str, Any] = {name: part for name, part in core_schema.items() if name != "serialization"}
    if str(bare["type"]).startswith("function-"):  # a validator stands around the model
        bare["schema"] = _without_serializer(bare["schema"])
    return cast("CoreSchema", bare)


def misspelt(value: object) -> Iterator[str]:
    """Names of fields that `model_copy` put into records and that no record has, at any depth."""
    if isinstance(value, Record):
        yield from vars(value).keys() - type(value).model_fields.keys()
        for part in vars(value).values():
            yield from misspelt(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from misspelt(part)


class Sparse(Record):
    """A record that leaves out, when written, what it was not told: an older one is written as it was read."""

    @model_serializer(mode="wrap")
    def _only_set(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = write(self)
        return {name: value for name, value in plain.items() if name in self.model_fields_set}


@dataclass(frozen=True)
class Thresholds:
    """Scores from which an answer is shown amber and red. `origin` says which measurement set them."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)
    warn: float
    fail: float
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.warn < self.fail:
            raise ValueError("the warning threshold must lie below the failing one")


class Judgement(Sparse):
    """What has to be known to judge again."""

    gate: str = Field(max_length=80)
    """The gate's edition, see `pipeline.fidelity.gate_version`."""
    thresholds: Thresholds | None = None
    """Those in force, where they were not the standard ones."""


class Reason(Sparse):
    """One thing that is different, where, and how much."""

    name: ReasonName
    severity: Share
    """0 (at the edge of what enhancers do harmlessly) to 1."""
    box: Box | None = None
    """(x, y, width, height) in crop pixels; None where it concerns the whole picture."""


class Figures(Record):
    """Agreement with the crop, after area-averaging the answer down to the crop's pixels."""

    lr_psnr_db: Decibel
    """PSNR over all pixels and channels, 8-bit peak; at most 100."""
    worst_window_db: Decibel
    """The lowest PSNR of any 7 x 7 window."""
    delta_e_max: NotNegative
    """The largest CIEDE2000 between the two pictures' 7 x 7 window means."""


class Transform(Record):
    """How the answer lay over the crop, already undone in the registered picture."""

    layout: Literal["stretch", "fit", "cover"]
    """Same frame; letterboxed into another aspect; or cut to another aspect."""
    factor: int
    """Whole enlargement of the registered picture over the crop."""
    scale: float
    """Remaining zoom, 1.0 when there is none."""
    rotation_deg: float
    """Counter-clockwise as seen."""
    shift_px: tuple[float, float]
    """(x, y) in crop pixels, at the picture's centre."""
    overlap: float
    """Share of the crop the answer covers, 0..1."""


class Photometry(Record):
    """The global change of light the provider made: discounted for structure, judged for colour."""

    brightness: float
    """Gain of mid grey, 1.0 when unchanged."""
    gamma: float
    """Exponent of the tone curve between shadow and light, 1.0 when unchanged."""
    white_balance: tuple[float, float, float]
    """Gains of R, G, B relative to their mean."""
    delta_e: float
    """Mean CIEDE2000 the change makes on the coloured parts of the piece at equal lightness."""


PlaceKind = Literal["stone", "prong"]


@dataclass(frozen=True)
class Place:
    """A stone or a prong that a crop shows: its middle and the radius of a disc of its size, in crop pixels."""

    kind: PlaceKind
    x: float
    y: float
    radius: float
    stretch: float = 1.0
    """Half the long axis of the ellipse of this size that it fills, over the radius, at least 1: seen aslant, a disc
    would reach over what holds it."""
    turn: float = 0.0
    """Angle of the long axis, radians from the x axis towards y."""
    detected: bool = False
    """Found in a picture, not known: it is told as missing only where the answer differs there by other evidence."""


class Counts(Record):
    """Stones and prongs large enough to be told apart: how many the crop shows, and how many of them the answer."""

    stones: int = Field(ge=0)
    stones_shown: int = Field(ge=0)
    prongs: int = Field(ge=0)
    prongs_shown: int = Field(ge=0)

    def words(self) -> str:
        """As reports print them: "12 of 12 stones, 6 of 6 prongs"; empty where there are none."""
        of = (("stone", self.stones_shown, self.stones), ("prong", self.prongs_shown, self.prongs))
        return ", ".join(f"{n} of {all_} {name}{'s' * (all_ != 1)}" for name, n, all_ in of if all_)


class Straightened(Record):
    """A bend of the answer that was undone in the picture delivered, measured where the crop has structure."""

    mean_px: NotNegative
    """Crop pixels."""
    worst_px: NotNegative
    """Crop pixels."""

    def words(self) -> str:
        """As reports print it."""
        return f"straightened by {self.mean_px:.1f} px of the master on average, {self.worst_px:.1f} at most"


class Surface(Record):
    """What averaging to the crop's pixels hides: figures at the answer's own scale, the worst place of each."""

    tint: NotNegative
    """Distance in CIELAB's a* b* between the mean colours of thin parts and edges, as shown and as in the crop."""
    texture_left: Share
    """Of the crop's texture, where it has any."""
    texture_painted: NotNegative
    """Detail over what the crop lets expect: 1 is as much as honest enlargers add."""


class Fidelity(Sparse):
    """Everything measured between a crop and its close-up.

    The gate tells every field but `judged_by`; None is what a record of an earlier gate did not tell.
    """

    verdict: Verdict
    raw_verdict: RawVerdict
    drift: Share
    """0 (nothing but enhancement) to 1; warns from 0.5, fails from 0.7."""
    score: float | None = None
    """The fitted model's log-odds before the thresholds: what calibration works on."""
    reasons: tuple[Reason, ...]
    raw: Figures
    locked: Figures
    transform: Transform | None = None
    photometry: Photometry | None = None
    noise: NotNegative | None = None
    """The crop's own noise, grey levels (standard deviation)."""
    tolerance: NotNegative | None = None
    """Grey levels within which the lock lets the answer differ from a noisy crop; 0 on a clean one."""
    restored: Share | None = None
    """Share of the picture that the lock took from the crop because the answer drifted there, 0..1."""
    straightened: Straightened | None = None
    """None where the answer was not bent, too, or a straight one would have agreed no better."""
    sharpness: NotNegative | None = None
    """Fine detail of the result over that of a plain enlargement of the crop, on the piece: 1 gained nothing."""
    surface: Surface | None = None
    """None where the answer could not be laid over its crop, too."""
    counts: Counts | None = None
    """None where nobody knows where stones are: without geometry, in a picture that does not tell them apart."""
    dial: Dial | None = None
    seconds: NotNegative | None = None
    judged_by: Judgement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, rounded to what is meaningful."""
        plain: dict[str, Any] = _rounded(self.model_dump(mode="json"))
        return plain

    def recorded(self, judged_by: Mapping[str, Any]) -> "Fidelity":
        """The report as a close-up keeps it: rounded, with what is needed to judge again."""
        return Fidelity.model_validate({**self.to_dict(), "judged_by": judged_by})


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
