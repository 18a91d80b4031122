"""What a piece of jewelry is, in millimetres: one frozen, validated model that every later step reads.

Groups that do not belong to the kind of piece are absent; what else a piece cannot show is named by ``Spec.idle``.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["ring", "necklace", "earrings", "bracelet", "brooch"]
Called = Literal["ring", "necklace", "earrings", "bracelet", "brooch", "tiara"]
"""What a piece is called and chosen as; a tiara is built as bracelets are, of a band around a part of the body."""
Metal = Literal["yellow_gold", "white_gold", "rose_gold", "platinum", "silver", "blackened_silver"]
Substance = Literal[
    "palladium", "steel", "titanium", "tungsten", "cobalt", "brass", "bronze", "copper", "ceramic"
]
"""What pieces are made of besides precious metals, each with a look and a density of its own."""
Finish = Literal["polished", "satin", "brushed", "hammered", "sandblasted"]
Wear = Literal["new", "worn"]
Joints = Literal["sharp", "filleted"]
Shadow = Literal["grey", "tinted"]
Aperture = Literal["f/8", "f/11", "f/16"]
Gem = Literal[
    "diamond", "ruby", "sapphire", "emerald", "amethyst", "aquamarine", "topaz", "morganite", "citrine", "garnet",
    "peridot", "onyx", "opal", "pearl", "turquoise", "moissanite", "cubic_zirconia", "black_diamond", "spinel",
    "tanzanite", "tourmaline", "alexandrite", "moonstone", "labradorite", "lapis_lazuli", "malachite", "jade", "coral",
    "mother_of_pearl", "tigers_eye", "star_sapphire", "star_ruby", "cats_eye", "iolite", "zircon",
]  # fmt: skip
Cut = Literal[
    "round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "cabochon", "pearl", "heart", "trillion",
    "baguette", "asscher", "radiant", "rose", "old_european", "old_mine", "hexagon", "kite",
]  # fmt: skip
SideCut = Literal[
    "round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "trillion", "baguette", "asscher",
    "radiant", "old_european", "old_mine", "hexagon", "kite", "heart",
]  # fmt: skip
Setting = Literal["prong", "bezel", "flush"]
Clarity = Literal["eye_clean", "included"]
Tips = Literal["round", "claw"]
AccentSetting = Literal["pave", "channel"]
RingStyle = Literal["solitaire", "three_stone", "eternity", "signet", "band", "motif", "toi_et_moi"]
Shank = Literal["closed", "split", "bypass", "open"]
Profile = Literal["d_shape", "flat", "knife", "round"]
ChainStyle = Literal[
    "cable", "curb", "figaro", "rope", "box", "snake", "ball", "pearl", "bead", "cord", "tennis"
]  # fmt: skip
Cord = Literal["leather", "brown_leather", "cotton", "silk"]
Lay = Literal["loop", "lariat"]
Clasp = Literal["lobster", "spring_ring", "toggle"]
Form = Literal["round", "bar", "heart", "teardrop", "initial", "locket", "cross", "stone", "motif"]
Framing = Literal["whole", "pendant"]
EarringStyle = Literal["stud", "hoop", "drop", "huggie", "cuff", "climber", "nose_stud", "nose_ring"]
Hung = Literal["single", "double", "chandelier", "tassel", "jhumka"]
BraceletStyle = Literal["chain", "tennis", "bangle", "cuff", "tiara"]
Worn = Literal["wrist", "ankle"]
BroochStyle = Literal["circle", "flower", "bar", "motif", "cufflinks", "tie_bar"]
MotifName = Literal[
    "flower", "daisy", "rose", "lotus", "leaf", "branch", "tree", "palm", "clover", "cherry", "mushroom",
    "star", "north_star", "moon", "moon_and_star", "sun", "snowflake", "cloud", "lightning", "planet",
    "heart", "infinity", "bow", "knot", "trinity", "star_of_david", "cross", "celtic_cross", "orthodox_cross",
    "maltese_cross", "ankh", "om", "yin_yang", "peace", "evil_eye", "nazar", "hamsa", "fleur_de_lis",
    "key", "padlock", "anchor", "crown", "arrow", "sword", "horseshoe", "music_note", "wave", "mountain", "skull",
    "feather", "wing", "wings", "horn",
    "butterfly", "dragonfly", "bee", "ladybug", "bird", "swan", "owl", "cat", "dog", "paw", "fox", "lion", "elephant",
    "horse", "rabbit", "deer", "fish", "dolphin", "whale_tail", "seahorse", "turtle", "snake", "shell", "starfish",
    "scarab", "aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra", "scorpio", "sagittarius", "capricorn",
    "aquarius", "pisces", "text", "path",
]  # fmt: skip
"""Motifs, drawn in ``geometry.motifs``; "text" is a word in type, "path" an outline of the user's own."""
Relief = Literal["flat", "domed"]
Mount = Literal["hung", "station"]
Enamel = Literal[
    "own", "red", "blue", "light_blue", "turquoise", "green", "black", "white", "pink", "purple", "yellow", "orange",
]  # fmt: skip
Construction = Literal["hollow", "solid"]
LETTERS = (
    r"\x20-\x7e\u00a1-\u0113\u0116-\u012b\u012e-\u0131\u0134-\u0137"
    r"\u0139-\u013e\u0141-\u0148\u014a-\u014d\u0150-\u017e"
)
"""Letters of the typeface, as a pattern's set."""

USUAL_RATIO: dict[str, float] = {
    "emerald": 1.4, "oval": 1.35, "pear": 1.5, "marquise": 1.9, "cushion": 1.0, "princess": 1.0,
    "cabochon": 1.0, "round": 1.0, "pearl": 1.0, "heart": 1.0, "trillion": 1.0, "baguette": 1.75, "asscher": 1.0,
    "radiant": 1.1, "rose": 1.0, "old_european": 1.0, "old_mine": 1.0, "hexagon": 1.155, "kite": 1.5,
}  # fmt: skip
"""Length over width as cutters usually proportion each cut."""

ROUND_CUTS: tuple[str, ...] = ("round", "old_european", "pearl")
"""Cuts as wide as they are long."""

CORNERS: dict[str, int] = {"trillion": 3, "kite": 4}
"""Cuts that prongs always hold at every corner, and how many they have."""

OPAQUE_GEMS: tuple[str, ...] = (
    "onyx", "opal", "turquoise", "moonstone", "labradorite", "lapis_lazuli", "malachite", "jade", "coral",
    "mother_of_pearl", "tigers_eye", "star_sapphire", "star_ruby", "cats_eye",
)  # fmt: skip
"""Gems that are cut as cabochons, since facets show nothing in them."""

UNSEEN_INSIDE: tuple[str, ...] = (*OPAQUE_GEMS, "pearl", "black_diamond")
"""Gems that nothing inside can be seen of."""

SMALLEST_SIDE_MM = 1.2
"""Width of the smallest side stone that prongs of their own can hold."""

GAP = 0.06
"""Air between the stones of a row, in diameters."""

LARGEST_SHARE = 0.62
"""Longest stone that a pendant's plate can carry, over the plate's height."""

GROUPS: dict[str, tuple[str, ...]] = {
    "ring": ("ring",),
    "necklace": ("chain",),
    "earrings": ("earrings",),
    "bracelet": ("bracelet",),
    "brooch": ("brooch",),
}
"""The groups a kind cannot do without; ``stone``, ``accents`` and ``pendant`` are optional."""

View = Literal["raised", "front", "three-quarter", "side", "top"]
"""Sides of ``pipeline.views`` that a master may be taken from instead of its own."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stone(_Frozen):
    """The centre stone and how it is held."""

    gem: Gem = "diamond"
    cut: Cut = "round"
    length_mm: float = Field(default=6.5, ge=1.0, le=20.0, description="Longest side or diameter, mm")
    ratio: float = Field(default=1.0, ge=1.0, le=2.5, description="Length over width")
    setting: Setting = "prong"
    prongs: Literal[4, 6] = Field(default=4, description="Prongs that hold the stone, when prong set")
    tips: Tips = Field(
        default="round", description="Ends of prongs: round as the wire is, or filed to slender claws"
    )
    halo: bool = Field(
        default=False,
        description="A circle of small stones around the centre stone, and around each of a three-stone ring's",
    )
    double_halo: bool = Field(default=False, description="A second circle of small stones around its halo")
    hidden_halo: bool = Field(
        default=False, description="A circle of small stones under the girdle, seen from the side"
    )
    cluster: bool = Field(
        default=False, description="A rosette of stones around this one, each in prongs of its own"
    )
    east_west: bool = Field(
        default=False, description="Set across: on a solitaire ring its length lies along the band"
    )
    clarity: Clarity = Field(
        default="eye_clean",
        description="Whether veils and fingerprints show in a clear stone: an emerald's garden",
    )

    @property
    def width_mm(self) -> float:
        """Shorter side, mm."""
        return self.length_mm / self.ratio

    @property
    def ringed(self) -> bool:
        """Whether small stones stand around it or under its girdle."""
        return self.halo or self.hidden_halo or self.cluster

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """A pearl is a pearl, an opaque gem a cabochon; the ratio follows the cut where none is given."""
        if not isinstance(data, dict):
            return data
        stone = dict(data)
        gem = stone.get("gem", "diamond")
        if gem == "pearl":
            stone.setdefault("cut", "pearl")
        elif gem in OPAQUE_GEMS:
            stone.setdefault("cut", "cabochon")
        stone.setdefault("ratio", USUAL_RATIO.get(stone.get("cut", "round"), 1.0))
        return stone

    @model_validator(mode="after")
    def _agree(self) -> "Stone":
        if (self.gem == "pearl") != (self.cut == "pearl"):
            msg = "A pearl is always cut 'pearl', and nothing else is."
            raise ValueError(msg)
        if self.gem in OPAQUE_GEMS and self.cut != "cabochon":
            msg = f"{self.gem.capitalize().replace('_', ' ')} is opaque: it is cut as a cabochon."
            raise ValueError(msg)
        if self.cut in ROUND_CUTS and self.ratio != 1.0:
            msg = f"A {self.cut.replace('_', ' ')} stone is as wide as it is long: its ratio is 1."
            raise ValueError(msg)
        return self


class Accents(_Frozen):
    """Small stones: pave on a shank, the row of an eternity ring or tennis bracelet, a halo; or two side stones."""

    gem: Gem = "diamond"
    cut: SideCut = Field(
        default="round",
        description="Cut of side stones, of a rosette's petals, or of a row; halos and a motif's stones are round",
    )
    lengthwise: bool = Field(
        default=False, description="A row's long stones lie along it, end to end, and not side by side"
    )
    diameter_mm: float = Field(
        default=1.5, ge=0.8, le=5.0, description="Diameter or longest side of each accent stone, mm"
    )
    count: int | None = Field(default=None, ge=1, le=120, description="How many; none means as many as fit")
    setting: AccentSetting = "pave"

    @property
    def width_mm(self) -> float:
        """Shorter side, mm."""
        return self.diameter_mm / USUAL_RATIO[self.cut]

    @property
    def along_mm(self) -> float:
        """Extent of each stone along its row, mm."""
        return self.diameter_mm if self.lengthwise else self.width_mm

    @property
    def across_mm(self) -> float:
        """Extent of each stone across its row, mm."""
        return self.width_mm if self.lengthwise else self.diameter_mm

    @model_validator(mode="after")
    def _agree(self) -> "Accents":
        if self.gem in (*OPAQUE_GEMS, "pearl"):
            msg = f"Accents are faceted stones; {self.gem.replace('_', ' ')} is not faceted."
            raise ValueError(msg)
        return self


class Ring(_Frozen):
    """The shank of a finger ring and its type."""

    style: RingStyle = "solitaire"
    inner_diameter_mm: float = Field(
        default=17.2, ge=13.0, le=24.0, description="Inside diameter, mm (EU 41 to 75)"
    )
    width_mm: float = Field(default=2.0, ge=1.2, le=12.0, description="Width of the band at the bottom, mm")
    thickness_mm: float = Field(default=1.6, ge=1.1, le=3.5, description="Thickness of the band, mm")
    taper: float = Field(
        default=0.85, ge=0.5, le=1.0, description="Width at the head over width at the bottom"
    )
    profile: Profile = "d_shape"
    shank: Shank = Field(
        default="closed",
        description="Whole, parted toward the head, its ends passing each other at the top, or open at the bottom",
    )
    cathedral: bool = Field(default=False, description="Arches that rise from the shank to the head")
    pave: bool = Field(default=False, description="Accent stones along the shank as well as in a halo")


class Chain(_Frozen):
    """A chain and its clasp."""

    style: ChainStyle = "cable"
    length_mm: float = Field(default=400.0, ge=140.0, le=900.0, description="Length with the clasp, mm")
    gauge_mm: float = Field(default=1.8, ge=0.9, le=9.0, description="Width across the chain, mm")
    clasp: Clasp = "lobster"
    metal: Metal | None = Field(
        default=None, description="Metal of the chain, where it is not the piece's own"
    )
    gem: Gem = Field(default="onyx", description="What the beads of a strand of beads are")
    cord: Cord = Field(default="leather", description="What a cord is")
    strands: int = Field(
        default=1, ge=1, le=4, description="Chains worn in layers, each longer than the one above"
    )
    lay: Lay = Field(default="loop", description="Closed, or drawn through a ring with its end hanging")


class Pendant(_Frozen):
    """What hangs from the chain."""

    form: Form = "round"
    height_mm: float = Field(default=15.0, ge=5.0, le=50.0, description="Height without the bail, mm")
    letter: str = Field(default="A", pattern=r"^[A-Z]$", description="The letter of an initial pendant")
    framing: Framing = Field(
        default="whole",
        description="What the picture shows: the whole necklace, or the pendant with its chain running off",
    )


class Earrings(_Frozen):
    """A pair of earrings."""

    style: EarringStyle = "stud"
    diameter_mm: float = Field(
        default=20.0, ge=8.0, le=70.0, description="Outside diameter of a hoop or huggie, mm"
    )
    wire_mm: float = Field(default=2.0, ge=0.8, le=7.0, description="Thickness of a hoop's tube, mm")
    form: Form = Field(default="round", description="Shape of a stud or drop that carries no stone")
    height_mm: float = Field(
        default=8.0, ge=3.0, le=50.0, description="Height of a stud or drop without a stone, mm"
    )
    letter: str = Field(default="A", pattern=r"^[A-Z]$", description="The letter of initial earrings")
    hung: Hung = Field(default="single", description="What hangs from a drop's hook")


class Bracelet(_Frozen):
    """What goes around a wrist."""

    style: BraceletStyle = "chain"
    length_mm: float = Field(
        default=185.0, ge=140.0, le=300.0, description="Length, or inner circumference, mm"
    )
    worn: Worn = Field(default="wrist", description="An anklet is worn on the ankle")
    width_mm: float = Field(
        default=4.0,
        ge=1.5,
        le=40.0,
        description="Width of a bangle or cuff, height of a tiara in the middle, mm",
    )
    thickness_mm: float = Field(
        default=2.0, ge=1.0, le=5.0, description="Thickness of a bangle, cuff or tiara's band, mm"
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """A tiara is as long and as high as tiaras are, where nothing is said."""
        if isinstance(data, dict) and data.get("style") == "tiara":
            return {"length_mm": TIARA_LENGTH_MM, "width_mm": TIARA_HEIGHT_MM} | data
        return data

    @model_validator(mode="after")
    def _agree(self) -> "Bracelet":
        if self.style == "tiara" and (
            self.length_mm < TIARA_LEAST_MM[0] or self.width_mm < TIARA_LEAST_MM[1]
        ):
            msg = f"A tiara is at least {TIARA_LEAST_MM[0]:g} mm long and {TIARA_LEAST_MM[1]:g} mm high."
            raise ValueError(msg)
        return self


TIARA_LENGTH_MM, TIARA_HEIGHT_MM = 280.0, 34.0
"""Usual length of a tiara's band and height in the middle, mm."""
TIARA_LEAST_MM = (180.0, 14.0)
"""Length and height of the smallest tiara, mm."""


class Brooch(_Frozen):
    """A brooch with its pin."""

    style: BroochStyle = "circle"
    width_mm: float = Field(default=34.0, ge=15.0, le=70.0, description="Overall width, mm")


class Motif(_Frozen):
    """An ornament cut from an outline. As a pendant, stud or drop it has that one's height, as a brooch its width."""

    name: MotifName = "flower"
    text: str = Field(
        default="", max_length=16, pattern=f"^[{LETTERS}]*$", description='The word of a "text"'
    )
    path: str = Field(
        default="",
        max_length=20_000,
        description='An outline of your own: choose the name "path" and paste the d of an SVG path here',
    )
    size_mm: float = Field(
        default=10.0, ge=3.0, le=40.0, description="Longer side on a ring, bracelet, station or hoop, mm"
    )
    thickness_mm: float | None = Field(
        default=None, ge=0.8, le=6.0, description="Thickness of its sheet, mm; none means usual"
    )
    relief: Relief = "flat"
    openwork: bool = Field(default=False, description="Only the rim of the outline, its inside cut out")
    enamel: Enamel | None = Field(
        default=None, description='Colour that fills its cells; "own" means the motif\'s own colours'
    )
    mount: Mount = Field(
        default="hung", description="Hung as a pendant or charm, or held in the chain on both sides"
    )
    count: int = Field(default=1, ge=1, le=9, description="How many charms hang from a bracelet")

    @model_validator(mode="after")
    def _agree(self) -> "Motif":
        if self.name == "text" and not self.text.strip():
            msg = "A word as a motif needs its letters (text)."
            raise ValueError(msg)
        if self.name == "path" and not self.path.strip():
            msg = "A motif from an outline of your own needs its SVG path (path)."
            raise ValueError(msg)
        return self


class Spec(_Frozen):
    """A whole piece. ``Spec(kind="ring")`` is a valid solitaire; other groups are filled in the same way."""

    kind: Kind = "ring"
    metal: Metal = "yellow_gold"
    second_metal: Metal | None = Field(
        default=None,
        description="Metal of settings and heads in a two-tone piece; without stones, of a part of its body",
    )
    fineness: int | None = Field(
        default=None,
        ge=333,
        le=999,
        description="Parts per thousand of gold, silver or platinum; none means usual",
    )
    substance: Substance | None = Field(
        default=None, description="What it is made of, where that is not the metal it looks like"
    )
    finish: Finish = "polished"
    wear: Wear = Field(
        default="new", description="New, or worn: hair scratches and a polish that has dulled here and there"
    )
    joints: Joints = Field(
        default="sharp",
        description="Where metal is soldered to metal: sharp, or rounded by the solder that flowed there, as new "
        "pieces are. Pieces from before keep theirs, and so their pictures",
    )
    shadow: Shadow = Field(
        default="grey",
        description="Under clear stones: grey, or the light that they let through, in their colour and gathered by "
        "their facets, as under new pieces. Pieces from before keep theirs, and so their pictures",
    )
    stone: Stone | None = None
    second_stone: Stone | None = Field(default=None, description="The other stone of a toi et moi ring")
    accents: Accents | None = None
    ring: Ring | None = None
    chain: Chain | None = None
    pendant: Pendant | None = None
    earrings: Earrings | None = None
    bracelet: Bracelet | None = None
    brooch: Brooch | None = None
    motif: Motif | None = None
    construction: Construction | None = Field(
        default=None,
        description="Whether a hoop's tube, a bangle, a chain's balls or links are hollow; none means as usual",
    )
    wall_mm: float | None = Field(
        default=None, ge=0.15, le=2.0, description="Wall of what is hollow, mm; none means usual"
    )
    least_wall_mm: float | None = Field(
        default=None,
        ge=0.5,
        le=1.5,
        description="No wall that is cast is thinner, mm, no prong than 0.7, no grain than 0.3; none means usual",
    )
    milgrain: bool = Field(default=False, description="A row of fine beads along the edges")
    view: View | None = Field(
        default=None, description="Side that the master shows; none means the usual one"
    )
    aperture: Aperture | None = Field(
        default=None,
        description="Lens of the angles and the turntable, sharp at the head and soft behind it; none means sharp "
        "throughout, as the master always is. What is soft is not measured",
    )
    engraving: str = Field(
        "", max_length=24, pattern=r"^[\x20-\x7e\u00a1-\u00ff]*$", description="Engraved text"
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        """Fill the groups the kind needs, so that a short description is a whole piece."""
        if not isinstance(data, dict):
            return data
        spec = dict(data)
        for group in GROUPS.get(spec.get("kind", "ring"), ()):
            if spec.get(group) is None:
                spec[group] = {}
        if spec.get("kind") == "bracelet":
            _share_length(spec)
        if _names_a_motif(spec) and spec.get("motif") is None:
            spec["motif"] = {}
        if _style_of(spec.get("ring")) == "toi_et_moi" and spec.get("second_stone") is None:
            spec["second_stone"] = {}
        return spec

    @model_validator(mode="after")
    def _agree(self) -> "Spec":
        allowed = {*GROUPS[self.kind], *({"pendant"} if self.kind == "necklace" else ())}
        if self.bracelet is not None and self.bracelet.style == "chain":
            allowed.add("chain")
        for group in ("ring", "chain", "pendant", "earrings", "bracelet", "brooch"):
            if getattr(self, group) is not None and group not in allowed:
                msg = f"A {self.kind} has no {group}."
                raise ValueError(msg)
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @property
    def settings_metal(self) -> Metal:
        """Metal of prongs, bezels, grains and heads: the second one of a two-tone piece."""
        return self.second_metal or self.metal

    @property
    def rowed(self) -> bool:
        """Whether stones run along a ring's shank: an eternity or pave band, or a pave shank beside a head."""
        if self.ring is None or self.accents is None or self.ring.style in _NEVER_ROWED:
            return False
        if self.stone is None or not (self.stone.halo or self.stone.cluster):
            return True
        return self.ring.pave and not self.stone.cluster

    def idle(self) -> dict[str, str]:
        """Fields that this piece has no place for, each with a sentence for the user."""
        places = {
            "motif": (shows_motif(self), "This piece has no place for a motif; it is left out."),
            "second_metal": (
                bool(self.stone or self.accents or _has_heart(self) or two_coloured(self)),
                "This piece has no settings for a second metal; it is made in one.",
            ),
            "second_stone": (
                self.ring is not None and self.ring.style == "toi_et_moi",
                "Only a toi et moi ring carries a second stone; it is left out.",
            ),
            "construction": (
                self.construction != "hollow" or can_be_hollow(self),
                "This piece has no part that can be hollow; it is made solid.",
            ),
            "wall_mm": (
                can_be_hollow(self) and self.construction != "solid",
                "This piece has no hollow part whose wall could be told; the wall is left out.",
            ),
            "engraving": (
                _has_face(self),
                "This piece has no plain face to engrave; the engraving is left out.",
            ),
            "milgrain": (_has_edge(self), "This piece has no edge for milgrain; it is left out."),
            "accents": (
                _has_row(self),
                "This piece has no place for a row of small stones; they are left out.",
            ),
            "stone": (_has_seat(self), "This piece has no place for a single stone; it is left out."),
        }
        return {
            field: sentence
            for field, (place, sentence) in places.items()
            if getattr(self, field) and not place
        }


def _style_of(group: Any) -> Any:
    return group.get("style") if isinstance(group, dict) else getattr(group, "style", None)


def _names_a_motif(spec: dict[str, Any]) -> bool:
    """Whether the form or style of some group is a motif."""
    groups = ((group, "form" if group in ("pendant", "earrings") else "style") for group in _HOSTS)
    return any(
        (held.get(field) if isinstance(held, dict) else getattr(held, field, None)) == "motif"
        for group, field in groups
        if (held := spec.get(group)) is not None
    )


_HOSTS = ("ring", "pendant", "earrings", "brooch")


def composed(spec: Spec) -> Spec:
    """A new piece as its first master shows it: a ring from above its head, any other from the usual side; its joints
    filleted, and light under its stones.

    It is said in the spec, so that pieces kept from before it was so are still drawn as they were.
    """
    side = {"view": "raised"} if spec.kind == "ring" and spec.view is None else {}
    return spec.model_copy(update={"joints": "filleted", "shadow": "tinted", **side})


def called(spec: Spec) -> Called:
    """The kind of piece as a wearer names it."""
    return "tiara" if is_tiara(spec) else spec.kind


def is_tiara(spec: Spec) -> bool:
    """Whether it is a tiara, whose crest carries a stone or motif many times."""
    return spec.bracelet is not None and spec.bracelet.style == "tiara"


def shows_motif(spec: Spec) -> bool:
    """Whether the piece has a place for a motif, and it is asked for there."""
    if spec.motif is None:
        return False
    if spec.ring is not None:
        return spec.ring.style == "motif"
    if spec.pendant is not None:
        return spec.pendant.form == "motif"
    if spec.earrings is not None:
        return spec.earrings.form == "motif" and spec.earrings.style not in BARE_EARRINGS
    if spec.bracelet is not None:
        return spec.bracelet.style in ("chain", "tiara")
    return spec.brooch is not None and spec.brooch.style in ("motif", "cufflinks")


BARE_EARRINGS: tuple[str, ...] = ("cuff", "climber", "nose_ring")
"""Earrings that carry no motif."""
_NEVER_ROWED = frozenset({"three_stone", "motif", "toi_et_moi"})
"""Styles of rings whose shank carries no stones."""


def two_coloured(spec: Spec) -> bool:
    """Whether a part of the body itself can be of the second metal, as it is where there are no stones to set.

    A band's or bangle's middle, a signet's face, every other link, the upper layer of a plate, the front of a hoop.
    """
    if spec.stone is not None or spec.accents is not None or shows_motif(spec):
        return False
    if spec.ring is not None:
        return (spec.ring.style, spec.ring.shank) in {("signet", "closed"), ("band", "closed")}
    if spec.earrings is not None:
        plated = spec.earrings.style in ("stud", "drop") and spec.earrings.form in LAYERED
        return spec.earrings.style == "hoop" or (plated and spec.earrings.hung == "single")
    if spec.bracelet is not None and spec.bracelet.style in ("bangle", "cuff"):
        return True
    if spec.pendant is not None:
        return spec.pendant.form in LAYERED
    return spec.chain is not None and spec.chain.style in ALTERNATING


LAYERED: tuple[str, ...] = ("round", "bar", "heart", "teardrop", "cross")
"""Forms that carry a smaller one of themselves in a second metal."""
ALTERNATING: tuple[str, ...] = ("cable", "curb", "figaro", "box", "ball")
"""Chains whose links can be of two metals by turns."""


def can_be_hollow(spec: Spec) -> bool:
    """Whether a part can be hollow.

    A plain hoop's tube, a bangle without stones or letters, a ball chain's balls, the links of a chain worn by itself.
    """
    if spec.accents is not None:
        return False
    if spec.earrings is not None and spec.earrings.style == "hoop":
        return True
    if spec.bracelet is not None and spec.bracelet.style == "bangle":
        return not spec.engraving
    if spec.chain is None:
        return False
    return spec.chain.style == "ball" or (spec.chain.style in ROLLED and spec.pendant is None)


ROLLED: tuple[str, ...] = ("rope", "curb", "figaro")
"""Chains that are also made of hollow links, rolled of thin sheet."""
HOLLOW_FROM_MM = 2.5
"""Thickness from which a plain hoop is made of tubing where nothing is said: a solid one would pull at the ear."""


def is_hollow(spec: Spec) -> bool:
    """Whether a part is hollow: asked for, or usual, as balls of a chain and thick plain hoops are."""
    if spec.construction is not None or not can_be_hollow(spec):
        return spec.construction == "hollow" and can_be_hollow(spec)
    if spec.chain is not None:
        return spec.chain.style == "ball"
    return spec.earrings is not None and spec.earrings.wire_mm >= HOLLOW_FROM_MM


def _has_edge(spec: Spec) -> bool:
    """Whether a row of beads has an edge to follow."""
    plate = spec.pendant is not None and spec.pendant.form not in ("stone", "motif")
    return plate or (spec.ring is not None and spec.ring.shank not in ("split", "bypass"))


def _has_face(spec: Spec) -> bool:
    """Whether a text can be engraved."""
    if shows_motif(spec):
        return spec.ring is not None and not spec.rowed
    if spec.ring is not None:
        return _ring_has_face(spec, spec.ring)
    if spec.pendant is not None:
        return spec.stone is None and spec.pendant.form in ("round", "heart", "teardrop", "locket", "bar")
    if spec.bracelet is not None:
        return spec.bracelet.style in ("bangle", "cuff") and spec.accents is None
    if spec.brooch is None or spec.stone or spec.accents:
        return False
    return spec.brooch.style in ("bar", "tie_bar", "cufflinks")


def _ring_has_face(spec: Spec, ring: Ring) -> bool:
    """Whether a signet's face is bare, or the inside of a shank is whole at the bottom and under no stones."""
    if ring.style == "signet":
        return spec.stone is None
    row = spec.accents is not None and ring.style in ("eternity", "band")
    flush = ring.style == "band" and spec.stone is not None
    return ring.shank != "open" and not (row or flush)


def _has_heart(spec: Spec) -> bool:
    """Whether a second metal has a place without stones: the bead in a flower's middle."""
    return spec.brooch is not None and spec.brooch.style == "flower"


def _has_row(spec: Spec) -> bool:
    """Whether small stones can be set."""
    if shows_motif(spec):
        return True
    if spec.stone is not None and spec.stone.ringed and _has_seat(spec):
        return True
    if spec.ring is not None:
        flush = spec.stone is not None and spec.stone.setting == "flush"
        return spec.ring.style not in ("signet", "toi_et_moi") and not flush
    if spec.earrings is not None:
        return spec.earrings.style in ("hoop", "huggie", "cuff", "climber")
    if spec.bracelet is not None:
        return spec.bracelet.style != "chain"
    if spec.chain is not None:
        return spec.chain.style == "tennis"
    return spec.brooch is not None and spec.brooch.style in ("circle", "bar", "tie_bar")


def _has_seat(spec: Spec) -> bool:
    """Whether a single stone can be set."""
    if shows_motif(spec):
        return spec.earrings is None or spec.earrings.style not in ("hoop", "huggie")
    if spec.bracelet is not None:
        return spec.bracelet.style == "tiara"
    if spec.chain is not None and spec.pendant is None:
        return False
    if spec.earrings is not None and spec.earrings.style in ("cuff", "climber", "nose_ring"):
        return False
    if spec.earrings is not None and spec.earrings.style in ("hoop", "huggie"):
        return spec.stone is not None and spec.stone.cut == "pearl"
    if spec.pendant is not None and spec.pendant.form == "initial":
        return False
    return spec.ring is None or spec.ring.style != "eternity"


def _share_length(spec: dict[str, Any]) -> None:
    """Give a chain bracelet its chain, as long as the bracelet."""
    bracelet = spec["bracelet"]
    style = bracelet.get("style", "chain") if isinstance(bracelet, dict) else bracelet.style
    if style != "chain":
        return
    length = bracelet.get("length_mm", 185.0) if isinstance(bracelet, dict) else bracelet.length_mm
    chain = spec.get("chain") or {}
    values = dict(chain) if isinstance(chain, dict) else chain.model_dump()
    spec["chain"] = {"gauge_mm": 3.0, **values, "length_mm": length}


def _problems(spec: Spec) -> list[str]:
    """Combinations no bench could make, each as a sentence."""
    problems = [*_stone_problems(spec), *_pendant_problems(spec)]
    if spec.ring is not None:
        problems += _ring_problems(spec, spec.ring)
    lined = (spec.bracelet is not None and spec.bracelet.style == "tennis") or (
        spec.chain is not None and spec.chain.style == "tennis"
    )
    if lined and spec.accents is None:
        problems.append(
            f"A {'tennis' if spec.bracelet else 'riviera'} {spec.kind} needs its row of stones (accents)."
        )
    if spec.chain is not None:
        problems += _chain_problems(spec, spec.chain)
    return problems


def _chain_problems(spec: Spec, chain: Chain) -> Iterator[str]:
    """Layers, lariats and lines of stones that cannot be laid out so."""
    single = chain.strands == 1 and spec.pendant is None
    if spec.bracelet is not None and (chain.strands, chain.lay, chain.style == "tennis") != (
        1,
        "loop",
        False,
    ):
        yield "A bracelet's chain is one closed loop of links; a line of stones is its tennis style."
    if chain.style == "tennis" and not (single and chain.lay == "loop"):
        yield "A riviera is one closed line of stones and carries no pendant."
    if chain.lay == "lariat" and not single:
        yield "A lariat is one chain that ends in a drop; it carries neither layers nor a pendant."
    if chain.lay == "lariat" and chain.style in ("pearl", "bead", "cord"):
        yield "A lariat is drawn through a ring of its own: it is made of links."
    if chain.strands > 1 and spec.motif is not None and spec.motif.mount == "station":
        yield "A motif held in the chain is worn on one chain."


def lies_across(spec: Spec) -> bool:
    """Whether the ring's stone can lie with its length along the band: a solitaire's, in prongs or a bezel."""
    return spec.ring is not None and spec.ring.style == "solitaire" and not spec.ring.cathedral


def _stone_problems(spec: Spec) -> Iterator[str]:
    """What a stone cannot be set into, and small stones that have no cut of their own."""
    if spec.stone is not None:
        yield from _setting_problems(spec, spec.stone)
    if spec.accents is not None and spec.accents.cut != "round" and not _cut_apart(spec):
        yield "Side stones, a rosette's petals and rows have a cut of their own; halos and shoulders are round."


def _setting_problems(spec: Spec, stone: Stone) -> Iterator[str]:
    if stone.double_halo and (not stone.halo or stone.cluster or _is_of_three(spec)):
        yield "A second halo surrounds the first one of a single stone; this stone has none."
    if stone.east_west and not lies_across(spec):
        yield "Only a solitaire ring without arches sets its stone across; choose that, or set it upright."
    if stone.setting == "flush":
        if stone.halo or stone.cluster:
            yield "A flush-set stone lies in the metal and can carry no halo."
        if not sinks(spec.ring, spec.pendant):
            yield "A flush-set stone needs a band or a plate to lie in; this piece has none."
    if stone.hidden_halo and not can_hide_a_halo(stone):
        yield f"A hidden halo runs between the prongs of a faceted stone of at least {HIDES_FROM_MM:g} mm."


def _is_of_three(spec: Spec) -> bool:
    return spec.ring is not None and spec.ring.style == "three_stone"


HIDES_FROM_MM = 4.5
"""Width of the smallest stone with room for a circle of stones under its girdle."""


def can_hide_a_halo(stone: Stone) -> bool:
    """Whether a circle of small stones finds room under the girdle: between prongs, of a stone that is large enough."""
    faceted = stone.cut not in ("pearl", "cabochon", "rose")
    return stone.setting == "prong" and faceted and stone.width_mm >= HIDES_FROM_MM


def _cut_apart(spec: Spec) -> bool:
    """Whether small stones have a cut of their own: beside a centre stone, as petals, or in a row of their own."""
    if spec.stone is not None and spec.stone.cluster:
        return True
    if spec.ring is not None:
        row = spec.ring.style in ("eternity", "band") and spec.stone is None
        return row or spec.ring.style == "three_stone"
    ringed = spec.stone is not None and spec.stone.ringed
    return not ringed and not shows_motif(spec) and _has_row(spec)


def _pendant_problems(spec: Spec) -> Iterator[str]:
    """A stone pendant without a stone, a plate too small for its stone."""
    if spec.pendant is None:
        return
    if spec.pendant.form == "stone":
        if spec.stone is None:
            yield "A stone pendant needs a stone."
    elif spec.stone is not None and spec.stone.length_mm > (room := LARGEST_SHARE * spec.pendant.height_mm):
        yield f"A stone of {spec.stone.length_mm:g} mm does not fit on this pendant; it holds {room:.1f} mm."


def _ring_problems(spec: Spec, ring: Ring) -> Iterator[str]:
    """Stones that a ring of this style lacks, and bands too slight for those it has."""
    if ring.style in ("solitaire", "three_stone", "toi_et_moi") and spec.stone is None:
        yield f"A {ring.style.replace('_', '-')} ring needs a stone."
    if ring.style == "eternity" and spec.accents is None:
        yield "An eternity ring needs its row of stones (accents)."
    if ring.style == "three_stone":
        least = side_least(spec.accents.cut if spec.accents else "round")
        if spec.accents is None or spec.accents.diameter_mm < least - 0.001:
            yield f"A three-stone ring needs side stones (accents) of at least {least:g} mm."
    if ring.style == "toi_et_moi" and (spec.second_stone is None or spec.second_stone.setting == "flush"):
        yield "A toi et moi ring needs its second stone, in prongs or a bezel."
    if ring.shank != "closed" and not _shank_fits(spec, ring):
        yield f"A shank that is {ring.shank} carries a head or stands bare; this ring needs a closed one."
    yield from _slight_bands(spec, ring)


def _shank_fits(spec: Spec, ring: Ring) -> bool:
    """Whether a shank other than a whole one carries what is asked for."""
    if ring.style in ("signet", "eternity") or (spec.stone is not None and spec.stone.setting == "flush"):
        return False
    return ring.shank == "open" or not (spec.rowed and spec.stone is None)


def _slight_bands(spec: Spec, ring: Ring) -> Iterator[str]:
    if spec.stone is not None and spec.stone.setting == "flush" and ring.style != "signet":
        wide, thick = flush_needs(spec.stone)
        if ring.width_mm < wide or ring.thickness_mm < thick:
            yield f"This flush-set stone needs a band {wide:g} mm wide and {thick:g} mm thick."
    if spec.rowed and spec.accents is not None:
        size = spec.accents.diameter_mm
        wide, thick = row_needs(spec.accents.across_mm)
        parted = ring.shank in ("split", "bypass")
        narrowest = rail_width(ring) if parted else ring.width_mm * ring.taper
        if narrowest < wide - 0.01 or ring.thickness_mm < thick - 0.01:
            where = "its rails part" if parted else "it is narrowest"
            yield (
                f"A row of {size:g} mm stones needs a band {wide:g} mm wide where {where}, "
                f"and {thick:g} mm thick."
            )


def sinks(ring: Ring | None, pendant: Pendant | None) -> bool:
    """Whether a stone can be sunk flush: into a plain band, a signet's face or a pendant's plate."""
    if ring is not None:
        return ring.style in ("band", "solitaire", "signet")
    return pendant is not None and pendant.form in ("round", "bar", "heart", "teardrop", "cross")


def side_least(cut: SideCut) -> float:
    """Least length in mm of a side stone of this cut, as wide as prongs of its own need it."""
    return round(SMALLEST_SIDE_MM * USUAL_RATIO[cut], 2)


def flush_needs(stone: Stone) -> tuple[float, float]:
    """Least width and thickness in mm of a band that takes a stone flush, its culet off the finger."""
    return round(stone.length_mm + 0.8, 2), round(max(0.47 * stone.width_mm + 0.3, 1.1), 2)


def rail_width(ring: Ring) -> float:
    """Width in mm of each rail of a split shank, and of a bypass shank's ends, beside the head."""
    return round(max(RAIL_SHARE * ring.width_mm, 0.9), 3)


RAIL_SHARE = 0.6
"""Width of a rail over that of its band."""


def row_needs(diameter_mm: float) -> tuple[float, float]:
    """Least width and thickness in mm of a band that holds a row of stones of this diameter."""
    return round(diameter_mm + 0.5, 2), round(max(0.55 * diameter_mm + 0.6, 1.1), 2)
