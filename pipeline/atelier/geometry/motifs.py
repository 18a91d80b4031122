"""The motifs of the catalogue as we draw them: outlines, lines engraved into them, and cells that enamel fills.

Each is drawn about the origin in a box of roughly 100 by 100, y up; ``drawing`` brings it to its height in mm. To add
one, write a function here under ``@motif`` and its name in ``spec.MotifName``; words for it go into the lexicon.
"""
# ruff: noqa: E501 -- an outline's points stand together

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry.mesh import Floats
from pipeline.atelier.geometry.silhouette import (
    Shape,
    blob,
    both,
    disc,
    fan,
    framed,
    inset,
    of_path,
    oval,
    petal,
    poly,
    ring,
    scaled,
    shape,
    stroke,
    tied,
    together,
)

TIE = 9.0
"""Width of the bars that join islands of a drawing, in its own units."""


@dataclass(frozen=True)
class Drawing:
    """What a motif is cut from. ``lines`` are engraved into its face; ``cells`` are the fields that enamel fills."""

    outline: Shape
    lines: Shape | None = None
    cells: tuple[tuple[str, Shape], ...] = ()


_DRAWN: dict[str, Callable[[], Drawing | Shape]] = {}


def motif(draw: Callable[[], Drawing | Shape]) -> Callable[[], Drawing | Shape]:
    """Register a drawing under its function's name."""
    _DRAWN[draw.__name__.strip("_")] = draw
    return draw


def names() -> tuple[str, ...]:
    """Every motif that is drawn here."""
    return tuple(_DRAWN)


def drawing(name: str, height: float, *, text: str = "", path: str = "") -> Drawing:
    """A motif ``height`` mm tall about the origin: one drawn here, "text" set in type, or "path", an SVG outline.

    Raises BadInput where the path is none.
    """
    drawn = _drawing(name, text, path)
    low_x, low_y, high_x, high_y = drawn.outline.bounds()
    size, middle = height / (high_y - low_y), (-(low_x + high_x) / 2, -(low_y + high_y) / 2)

    def placed(part: Shape) -> Shape:
        return part.translate(middle).scale((size, size))

    return Drawing(
        placed(drawn.outline),
        placed(drawn.lines) if drawn.lines is not None else None,
        tuple((colour, placed(cell)) for colour, cell in drawn.cells),
    )


FINE = 0.04
"""Points of a drawing that lie no further than this off the line between others are left out, in its own units."""


@lru_cache(maxsize=128)
def _drawing(name: str, text: str, path: str) -> Drawing:
    if name == "path":
        drawn: Drawing | Shape = tied(scaled(of_path(path), 100.0), TIE)
    else:
        drawn = _word(text) if name == "text" else _DRAWN[name]()
    whole = drawn if isinstance(drawn, Drawing) else Drawing(drawn)
    return Drawing(
        whole.outline.simplify(FINE),
        whole.lines.simplify(FINE) if whole.lines is not None else None,
        tuple((colour, cell.simplify(FINE)) for colour, cell in whole.cells),
    )


def _word(text: str) -> Shape:
    """A word as one body: its letters close together, on a bar where they would not hold together."""
    from pipeline.atelier.geometry import letters

    drawn, x = None, 0.0
    for letter in " ".join(text.split()):
        outlines = letters.raised(letter)
        if not outlines:
            x += 0.30
            continue
        glyph = inset(shape_of(outlines), 0.02)
        low, _, high, _ = glyph.bounds()
        # Neighbours overlap by a hair, as the letters of a name plate do.
        glyph = glyph.translate((x - low, 0.0))
        x += high - low - 0.02
        drawn = glyph if drawn is None else drawn + glyph
    if drawn is None:
        drawn = shape([np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)])
    low, bottom, high, _ = drawn.bounds()
    if len(drawn.decompose()) > 1:
        base = 0.0 if bottom > -0.1 else bottom + 0.06
        drawn = drawn + stroke(np.array([[low + 0.05, base + 0.03], [high - 0.05, base + 0.03]]), 0.1)
    return tied(drawn.scale((100.0, 100.0)), TIE)


def shape_of(outlines: list[Floats]) -> Shape:
    """A shape whose holes run clockwise."""
    import manifold3d

    return manifold3d.CrossSection(outlines, manifold3d.FillRule.EvenOdd)


# --- plants


def _bloom(count: int, one: Shape, heart: float) -> Drawing:
    outline = fan(count, one) + disc(0, 0, heart)
    seams = fan(count, stroke(f"0,{heart} 0,{heart + 16}", 2.5), turn=0)
    return Drawing(outline, ring(0, 0, heart + 1.5, heart - 1.5) + seams, (("", inset(outline, -4)),))


@motif
def _flower() -> Drawing:
    return _bloom(5, oval(0, 29, 18, 21), 11)


@motif
def _daisy() -> Drawing:
    return _bloom(12, oval(0, 31, 8.5, 19), 15)


@motif
def _rose() -> Drawing:
    outline = fan(7, oval(0, 32, 19, 18)) + disc(0, 0, 34)
    t = np.linspace(0.6, 5.2 * np.pi, 160)
    spiral = np.column_stack([2.3 * t * np.cos(t), 2.3 * t * np.sin(t)])
    return Drawing(outline, stroke(spiral, 3, bent=False))


@motif
def _lotus() -> Drawing:
    petals = [petal(78, 34).translate((0, -30))]
    petals += [
        petal(length, 30).rotate(turn).translate((0, -30))
        for length, turn in ((74, 28), (74, -28), (66, 56), (66, -56))
    ]
    petals += [petal(56, 22).rotate(turn).translate((0, -28)) for turn in (78, -78)]
    outline = together([*petals, oval(0, -28, 26, 10)])
    seams, above = framed(petals[0], 2.5), petals[0]
    for one in petals[1:]:
        seams, above = seams + (framed(one, 2.5) - above), above + one
    return Drawing(outline, (seams - oval(0, -30, 16, 13)) ^ inset(outline, -6))


@motif
def _leaf() -> Drawing:
    blade = petal(84, 46, tip=1.15).translate((0, -34))
    veins = [
        stroke(f"{s * 1},{y} {s * 16},{y + 13}", 2.5, bent=False) for y in (-18, -4, 10, 24) for s in (1, -1)
    ]
    return Drawing(
        blade + stroke("0,-52 1,-42 0,-28", 6.5),
        together([stroke("0,-32 0,40", 3), *veins]) ^ inset(blade, -3),
        (("", inset(blade, -4)),),
    )


@motif
def _branch() -> Drawing:
    stem = stroke("-6,-50 2,-18 -1,14 4,40", 6)
    leaves = [
        petal(28, 15).rotate(turn).translate(place)
        for turn, place in (
            (-48, (-2, -32)), (50, (1, -24)), (-52, (1, -8)), (48, (-1, 2)), (-46, (0, 18)), (44, (2, 26)),
            (-8, (3, 30)),
        )
    ]  # fmt: skip
    return Drawing(together([stem, *leaves]))


@motif
def _tree() -> Drawing:
    sides = (-1, 1)
    limbs = [stroke(f"0,-20 {4 * s},-8 {20 * s},-3 {46 * s},-6", 4.6) for s in sides]
    limbs += [stroke(f"0,-6 {4 * s},12 {17 * s},27 {29 * s},37", 4.6) for s in sides]
    roots = [stroke(f"{2 * s},-26 {9 * s},-36 {28 * s},-38", 5) for s in sides]
    trunk = poly("-5,-28 -4,0 4,0 5,-28 10,-42 -10,-42")
    places = ((27, 4, 60), (25, 25, -15), (10, 29, 115))
    leaves = [oval(s * x, y, 7.2, 4.2, s * turn) for x, y, turn in places for s in sides]
    return Drawing(together([ring(0, 0, 50, 44.4), trunk, *limbs, *roots, *leaves]))


@motif
def _palm() -> Drawing:
    fronds = [
        blob("0,0 0,0 12,12 30,10 44,-6 44,-6 28,0 14,0").rotate(turn).translate((4, 24))
        for turn in (-12, 20, 52)
    ]
    fronds += [
        blob("0,0 0,0 -12,12 -30,10 -44,-6 -44,-6 -28,0 -14,0").rotate(turn).translate((4, 24))
        for turn in (12, -20, -52)
    ]
    trunk = blob("-14,-50 -14,-50 -6,-20 0,10 2,26 8,26 7,8 2,-20 -2,-50 -2,-50")
    return Drawing(together([*fronds, trunk]))


@motif
def _clover() -> Drawing:
    lobe = blob("0,0 0,0 -21,18 -23,34 -11,43 0,37 0,37 11,43 23,34 21,18")
    outline = fan(4, lobe, turn=45) + stroke("0,0 4,-26 14,-50", 6.5)
    veins = fan(4, stroke("0,6 0,30", 2.5), turn=45)
    return Drawing(outline, veins, (("", inset(fan(4, lobe, turn=45), -4)),))


@motif
def _cherry() -> Drawing:
    fruit = both(disc(24, -26, 21))
    stems = stroke("-22,-10 -14,22 4,46", 6) + stroke("22,-10 18,20 4,46", 6)
    return Drawing(
        fruit + stems + petal(34, 18).rotate(-74).translate((4, 42)), None, (("red", inset(fruit, -4)),)
    )


@motif
def _mushroom() -> Drawing:
    cap = blob("-46,2 -46,2 -40,30 -18,48 18,48 40,30 46,2 46,2 20,-4 -20,-4")
    spots = together([disc(-20, 22, 7), disc(4, 34, 6), disc(23, 16, 8)])
    stem = blob("-11,2 -12,-30 -17,-48 0,-52 17,-48 12,-30 11,2")
    return Drawing(cap + stem, framed(spots, 2.5), (("red", inset(cap, -4) - spots), ("white", spots)))


# --- the sky


def _points(points: int, outer: float, inner: float) -> Shape:
    angle = np.pi / 2 + np.pi * np.arange(2 * points) / points
    radius = np.where(np.arange(2 * points) % 2, inner, outer)
    return shape([np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])])


@motif
def _star() -> Drawing:
    drawn = _points(5, 52, 24)
    return Drawing(drawn, None, (("", inset(drawn, -5)),))


@motif
def _north_star() -> Drawing:
    outline = _points(4, 52, 14) + _points(4, 34, 12).rotate(45)
    return Drawing(outline, fan(4, stroke("0,0 0,34", 2)))


@motif
def _moon() -> Drawing:
    drawn = disc(0, 0, 50) - disc(19, 5, 40)
    return Drawing(drawn, None, (("", inset(drawn, -4.5)),))


@motif
def _moon_and_star() -> Drawing:
    return Drawing((disc(0, 0, 50) - disc(17, 4, 39)) + _points(5, 22, 10).translate((-3, 3)))


@motif
def _sun() -> Drawing:
    rays = fan(8, poly("-9,22 0,52 9,22")) + fan(8, poly("-7,22 0,40 7,22"), turn=22.5)
    return Drawing(disc(0, 0, 27) + rays, ring(0, 0, 22.5, 20), (("", disc(0, 0, 22)),))


@motif
def _snowflake() -> Drawing:
    arm = together([
        stroke("0,0 0,48", 6.5), stroke("-15,40 0,27 15,40", 5.5, bent=False), stroke("-12,26 0,15 12,26", 5.5, bent=False),
    ])  # fmt: skip
    return Drawing(fan(6, arm) + disc(0, 0, 9))


@motif
def _cloud() -> Drawing:
    drawn = together([disc(-26, -6, 20), disc(0, 10, 26), disc(27, -4, 21), oval(0, -16, 38, 10)])
    return Drawing(drawn, None, (("", inset(drawn, -4)),))


@motif
def _lightning() -> Drawing:
    drawn = poly("8,52 -22,-4 -4,-4 -14,-52 24,10 4,10 22,52")
    return Drawing(drawn, None, (("", inset(drawn, -4)),))


@motif
def _planet() -> Drawing:
    return Drawing(
        disc(0, 0, 30) + framed(oval(0, 0, 52, 17, 20), 6), ring(0, 0, 30, 27) - oval(0, 0, 56, 20, 20)
    )


# --- signs


@motif
def _heart() -> Drawing:
    t = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    drawn = shape([np.column_stack([x, y]) * 3])
    return Drawing(drawn, None, (("", inset(drawn, -5)),))


@motif
def _infinity() -> Shape:
    t = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    line = np.column_stack([np.cos(t), 1.15 * np.sin(t) * np.cos(t)]) / (1 + np.sin(t) ** 2)[:, None]
    return stroke(line * 62, 12, closed=True, bent=False)


@motif
def _bow() -> Drawing:
    loop = blob("2,3 2,3 18,22 42,32 50,18 48,-6 40,-20 18,-12 2,-3 2,-3") - blob(
        "20,4 34,16 40,8 38,-6 26,-4"
    )
    tail = poly("2,-4 12,-2 34,-44 24,-42 18,-50 -2,-10")
    return Drawing(
        both(loop) + both(tail) + oval(0, 0, 10, 12),
        framed(oval(0, 0, 10, 12), 2.5) + both(stroke("10,4 22,12", 2.5)),
    )


@motif
def _knot() -> Drawing:
    t = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    line = 16.5 * np.column_stack([np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t)])
    return Drawing(stroke(line, 10.5, closed=True, bent=False), _under(line, np.sin(3 * t), 10.5))


def _under(line: Floats, level: Floats, width: float) -> Shape:
    """The two edges of the strand that lies over, wherever a closed line crosses itself."""
    marks = []
    count = len(line)
    apart = np.linalg.norm(line[:, None] - line[None], axis=2)
    steps = np.abs(np.arange(count)[:, None] - np.arange(count)[None])
    apart[np.minimum(steps, count - steps) < count // 10] = np.inf
    for k in np.flatnonzero(apart.min(1) < 1.2):
        if level[k] > level[int(np.argmin(apart[k]))]:
            run = line[np.arange(k - 6, k + 7) % count]
            side = np.gradient(run, axis=0)
            side = np.column_stack([-side[:, 1], side[:, 0]]) / np.linalg.norm(side, axis=1)[:, None]
            marks += [stroke(run + hand * width / 2 * side, 2.2, bent=False) for hand in (1, -1)]
    return together(marks)


@motif
def _trinity() -> Drawing:
    lenses = []
    for k in range(3):
        one, other = (np.radians(90 + 120 * (k + step)) for step in (0, 1))
        lenses.append(
            disc(30 * np.cos(one), 30 * np.sin(one), 52) ^ disc(30 * np.cos(other), 30 * np.sin(other), 52)
        )
    drawn = together(framed(lens, 8) for lens in lenses)
    seams = together(
        framed(lens, 1.6) ^ framed(other, 8.5) for lens in lenses for other in lenses if other is not lens
    )
    return Drawing(drawn.rotate(180), seams.rotate(180))


@motif
def _star_of_david() -> Drawing:
    triangle = _points(3, 54, 27)
    frames = [framed(triangle.rotate(turn), 8.5) for turn in (0, 180)]
    return Drawing(together(frames))


@motif
def _cross() -> Drawing:
    drawn = poly("-8,-52 8,-52 8,10 34,10 34,26 8,26 8,52 -8,52 -8,26 -34,26 -34,10 -8,10")
    return Drawing(drawn, None, (("", inset(drawn, -3.5)),))


@motif
def _celtic_cross() -> Drawing:
    arms = poly("-11,-52 11,-52 7,6 38,1 38,27 7,22 10,52 -10,52 -7,22 -38,27 -38,1 -7,6")
    return Drawing(arms + ring(0, 14, 27, 19), ring(0, 14, 8, 5.5) + stroke("0,-44 0,2", 2.5))


@motif
def _orthodox_cross() -> Shape:
    return together([
        stroke("0,-50 0,50", 10), stroke("-18,32 18,32", 10), stroke("-34,12 34,12", 10), stroke("-19,-16 19,-28", 10),
    ])  # fmt: skip


@motif
def _maltese_cross() -> Drawing:
    arm = poly("-5,4 -26,52 0,43 26,52 5,4")
    return Drawing(fan(4, arm) + disc(0, 0, 9), None, (("", inset(fan(4, arm), -4)),))


@motif
def _ankh() -> Shape:
    return together([framed(oval(0, 26, 20, 26), 9), stroke("0,4 0,-50", 10), stroke("-30,-2 30,-2", 10)])


@motif
def _om() -> Shape:
    return tied(
        together([
            stroke("-40,26 -24,38 -8,30 -10,12 -26,6", 9), stroke("-26,6 -6,2 -2,-20 -18,-38 -38,-28 -42,-14", 9),
            stroke("-6,0 14,2 26,14 40,6 42,-14 30,-26 20,-18", 9), stroke("10,36 22,28 36,36", 7), disc(24, 47, 6),
        ]), 6,
    )  # fmt: skip


@motif
def _yin_yang() -> Drawing:
    dark = ((disc(0, 0, 44) ^ poly("0,60 60,60 60,-60 0,-60")) + disc(0, 22, 22)) - disc(0, -22, 22)
    dark = dark - disc(0, 22, 7) + disc(0, -22, 7)
    return Drawing(disc(0, 0, 50), framed(dark, 2.5), (("black", dark), ("white", disc(0, 0, 44) - dark)))


@motif
def _peace() -> Shape:
    lines = [stroke("0,46 0,-46", 8), stroke("0,0 33,-33", 8), stroke("0,0 -33,-33", 8)]
    return together([ring(0, 0, 50, 42), *lines])


@motif
def _evil_eye() -> Drawing:
    lens = disc(0, -25, 58) ^ disc(0, 25, 58)
    iris = disc(0, 0, 24)
    white = inset(lens, -5) - inset(iris, 2)
    return Drawing(
        lens, ring(0, 0, 24, 21.5) + framed(inset(lens, -5), 2.5),
        (("white", white), ("blue", iris - disc(0, 0, 14)), ("light_blue", disc(0, 0, 14) - disc(0, 0, 7)), ("black", disc(0, 0, 7))),
    )  # fmt: skip


@motif
def _nazar() -> Drawing:
    rings = [disc(0, 0, r) for r in (44, 28, 18, 9)]
    return Drawing(
        disc(0, 0, 50), ring(0, 0, 30, 27.5) + ring(0, 0, 19, 16.5),
        (("blue", rings[0] - rings[1]), ("white", rings[1] - rings[2]), ("light_blue", rings[2] - rings[3]), ("black", rings[3])),
    )  # fmt: skip


@motif
def _hamsa() -> Drawing:
    fingers = together([oval(0, 26, 9.5, 27), both(oval(18.5, 20, 9, 25))])
    thumb = blob("20,-20 30,-2 36,12 44,18 50,10 50,-4 42,-22 26,-38")
    outline = together([blob("-28,4 -28,-18 -18,-42 0,-52 18,-42 28,-18 28,4 0,10"), fingers, both(thumb)])
    eye = disc(0, -31, 22) ^ disc(0, -5, 22)
    seams = both(stroke("9.5,0 9.5,34", 2.2))
    return Drawing(
        outline, together([framed(eye, 2.5), ring(0, -18, 7, 4.5), seams]),
        (("white", eye - disc(0, -18, 7.5)), ("blue", disc(0, -18, 6.5))),
    )  # fmt: skip


@motif
def _fleur_de_lis() -> Shape:
    side = blob("5,-12 5,-12 14,12 30,20 42,10 40,-8 30,-10 28,0 22,4 14,-4 8,-14")
    foot = blob("2,-16 2,-16 12,-26 20,-40 12,-44 6,-34 0,-50 0,-50 0,-16")
    return together(
        [
            blob("0,52 0,52 -13,30 -12,10 -5,-14 5,-14 12,10 13,30"),
            both(side),
            both(foot),
            stroke("-18,-15 18,-15", 8),
        ]
    )


# --- things


@motif
def _key() -> Shape:
    bow_ = fan(3, ring(0, 15, 13, 6.5)).translate((0, 28)) + ring(0, 28, 10, 4)
    return together(
        [bow_, stroke("0,20 0,-48", 8), poly("0,-50 20,-50 20,-42 12,-42 12,-36 18,-36 18,-28 0,-28")]
    )


@motif
def _padlock() -> Drawing:
    body = blob("-28,6 -28,6 28,6 28,6 30,-20 24,-44 -24,-44 -30,-20")
    hasp = framed(oval(0, 14, 22, 34), 9) - poly("-40,-60 40,-60 40,0 -40,0")
    return Drawing((body + hasp) - (disc(0, -12, 6) + poly("-3,-12 3,-12 5,-28 -5,-28")))


@motif
def _anchor() -> Shape:
    fluke = poly("50,4 48,-22 30,-8").translate((-3, -8))
    return together([
        ring(0, 40, 12, 5.5), stroke("0,30 0,-44", 9), stroke("-22,20 22,20", 8), stroke("-40,-16 -26,-38 0,-46 26,-38 40,-16", 9),
        both(fluke),
    ])  # fmt: skip


@motif
def _crown() -> Drawing:
    points = poly("-40,-30 -48,26 -26,0 0,40 26,0 48,26 40,-30")
    return Drawing(
        points + stroke("-38,-30 38,-30", 12) + both(disc(48, 28, 6)) + disc(0, 42, 7),
        stroke("-38,-24 38,-24", 2.5) + stroke("-38,-35 38,-35", 2.5),
    )


@motif
def _arrow() -> Shape:
    fletch = together(
        [stroke(f"0,{y} {s * 14},{y - 14}", 5.5, bent=False) for y in (-24, -32, -40) for s in (1, -1)]
    )
    return together([stroke("0,-48 0,40", 6.5), poly("0,52 -17,24 0,31 17,24"), fletch])


@motif
def _sword() -> Drawing:
    return Drawing(
        together(
            [
                poly("-7,-8 0,-56 7,-8 7,18 -7,18"),
                stroke("-22,18 22,18", 9),
                stroke("0,18 0,44", 8),
                disc(0, 48, 8),
            ]
        ),
        stroke("0,-40 0,12", 2.5),
    )


@motif
def _horseshoe() -> Drawing:
    line = np.array(
        [(26, -46), (37, -18), (38, 12), (24, 34), (0, 42), (-24, 34), (-38, 12), (-37, -18), (-26, -46)],
        float,
    )
    nails = together(both(disc(x, y, 2.6)) for x, y in ((36, -8), (36, 12), (24, 31)))
    return Drawing(stroke(line, 15), nails)


@motif
def _music_note() -> Shape:
    return together(
        [
            oval(-26, -36, 15, 11, 20),
            oval(24, -26, 15, 11, 20),
            stroke("-14,-34 -14,32", 6),
            stroke("36,-24 36,42", 6),
            stroke("-14,34 36,44", 13),
        ]
    )


@motif
def _wave() -> Shape:
    return blob(
        "-50,-26 -50,-26 -34,-16 -20,6 -2,30 24,36 44,20 46,2 38,-8 28,-8 24,2 30,8 22,16 8,12 2,-2 10,-18 28,-24 50,-26 50,-26 50,-34 50,-34 -50,-34 -50,-34"
    )


@motif
def _mountain() -> Drawing:
    return Drawing(poly("-52,-32 -18,30 -2,4 10,20 52,-32"), stroke("-30,8 -22,14 -16,6 -8,12", 2.5))


@motif
def _skull() -> Drawing:
    dome = blob(
        "0,50 30,44 42,20 38,-4 26,-16 24,-28 24,-28 20,-46 20,-46 -20,-46 -20,-46 -24,-28 -24,-28 -26,-16 -38,-4 -42,20 -30,44"
    )
    holes = both(oval(17, 8, 10, 11, -12)) + poly("0,-4 -6,-16 6,-16")
    teeth = together(stroke(f"{x},-30 {x},-44", 2.5) for x in (-10, 0, 10))
    return Drawing(dome - holes, teeth)


@motif
def _feather() -> Drawing:
    vane = blob("4,52 4,52 -12,34 -19,8 -15,-18 -4,-30 -4,-30 10,-20 19,4 16,32")
    barbs = [
        stroke(f"0,{y} {s * 12},{y + 13}", 2.2, bent=False) for y in (-18, -6, 6, 18, 30) for s in (1, -1)
    ]
    cuts = poly("20,10 4,2 20,4") + poly("-20,-4 -5,-12 -18,-11")
    return Drawing(
        (vane - cuts) + stroke("2,40 0,0 -6,-52", 5),
        together([stroke("2,46 0,0 -3,-28", 2.5), *barbs]) ^ inset(vane, -3),
    )


def _quills() -> Drawing:
    quills = together(
        petal(length, 17, tip=0.8).rotate(turn).translate(place)
        for length, turn, place in (
            (70, -18, (2, -4)), (70, -36, (1, -4)), (64, -55, (0, -5)), (54, -75, (-1, -6)), (42, -96, (-1, -8)), (28, -120, (0, -10)),
        )
    )  # fmt: skip
    seams = together(stroke(f"{x},{y} {tx},{ty}", 2.4) for x, y, tx, ty in (
        (8, 14, 22, 42), (14, 10, 36, 32), (17, 3, 42, 16), (16, -5, 38, -2)))  # fmt: skip
    return Drawing(quills + blob("-4,-16 -8,4 4,26 16,22 18,2 8,-16"), seams)


@motif
def _wing() -> Drawing:
    return _quills()


@motif
def _wings() -> Drawing:
    one = _quills()
    return Drawing(both(one.outline.translate((5, 0))), both(one.lines.translate((5, 0))))  # type: ignore[union-attr]


@motif
def _horn() -> Drawing:
    return Drawing(
        blob("-8,46 -8,46 10,48 10,48 16,24 14,0 4,-26 -16,-52 -16,-52 -6,-22 -8,4 -10,26"),
        stroke("-9,36 12,38", 2.5),
    )


# --- animals


@motif
def _butterfly() -> Drawing:
    upper = blob("3,4 3,4 10,26 26,44 46,46 52,34 46,14 30,2")
    lower = blob("3,-2 3,-2 28,-4 40,-14 38,-32 26,-44 14,-34 6,-18")
    body = oval(0, -2, 4.5, 26)
    feelers = stroke("1,22 5,36 14,46", 3.6)
    cells = both(inset(upper, -4.5)) + both(inset(lower, -4.5))
    veins = both(
        stroke("8,6 22,22 38,36", 2.4) + stroke("8,3 26,12 42,20", 2.4) + stroke("8,-6 22,-18 26,-34", 2.4)
    )
    return Drawing(together([both(upper), both(lower), body, both(feelers)]), veins, (("", cells),))


@motif
def _dragonfly() -> Drawing:
    wings_ = both(oval(28, 18, 26, 8, 16) + oval(26, 2, 24, 7.5, -12))
    body = together([oval(0, 16, 6.5, 12), disc(0, 31, 7.5), stroke("0,10 0,-48", 6)])
    return Drawing(
        wings_ + body, both(stroke("8,13 44,23", 2.2) + stroke("8,6 42,-1", 2.2)), (("", inset(wings_, -3)),)
    )


@motif
def _bee() -> Drawing:
    body = oval(0, -8, 18, 30) + disc(0, 28, 12)
    wings_ = both(oval(28, 14, 24, 12, 24) + oval(24, -4, 18, 9, -10))
    bands = together(oval(0, -8, 18, 30) ^ stroke(f"-24,{y} 24,{y}", 6) for y in (6, -8, -22))
    feelers = both(stroke("3,36 8,48 14,50", 3.6))
    return Drawing(together([body, wings_, feelers]), bands, (("black", bands),))


@motif
def _ladybug() -> Drawing:
    back = disc(0, -6, 34)
    spots = together([both(disc(16, 4, 6)), both(disc(18, -18, 6))])
    feelers = both(stroke("6,36 12,46 18,48", 3.6))
    return Drawing(
        together([back, oval(0, 26, 18, 14), feelers]),
        stroke("0,22 0,-36", 2.5) + framed(spots, 2.2),
        (("red", inset(back, -3.5) - spots - stroke("0,30 0,-45", 3)), ("black", spots)),
    )


@motif
def _bird() -> Drawing:
    body = blob(
        "-46,6 -36,12 -28,12 -10,0 14,-14 30,-18 52,-34 52,-34 34,-34 48,-46 48,-46 20,-36 -2,-30 -24,-14 -34,0 -46,6"
    )
    wings_ = blob("-20,4 -20,4 -6,26 18,50 18,50 16,26 20,-12 0,-16") + blob(
        "-22,0 -22,0 -36,-26 -30,-50 -30,-50 -16,-36 6,-16"
    )
    return Drawing(body + wings_, stroke("-6,4 6,20 14,36", 2.4) + stroke("4,-4 12,10 16,24", 2.4))


@motif
def _swan() -> Drawing:
    neck = stroke("-4,-16 -22,-6 -28,14 -18,32 -28,42 -34,36", 10)
    body = blob("-26,-18 -8,-36 22,-36 42,-22 52,6 52,6 32,-2 20,4 0,-2")
    return Drawing(neck + body + poly("-33,42 -48,28 -32,30"), stroke("4,-16 24,-14 40,-4", 2.5))


@motif
def _owl() -> Drawing:
    body = blob(
        "-34,48 -34,48 -18,40 0,38 18,40 34,48 34,48 36,14 32,-24 16,-46 0,-50 -16,-46 -32,-24 -36,14"
    )
    eyes = both(disc(14, 20, 12))
    return Drawing(
        body,
        together(
            [
                framed(eyes, 2.5),
                both(disc(14, 20, 4)),
                poly("0,12 -5,4 0,-4 5,4"),
                stroke("-14,-18 -7,-24 0,-18 7,-24 14,-18", 2.5),
                stroke("-10,-30 -5,-35 0,-30 5,-35 10,-30", 2.5),
            ]
        ),
    )


@motif
def _cat() -> Shape:
    sitting = blob(
        "-2,-50 -26,-48 -26,-20 -20,0 -20,14 -24,22 -24,48 -24,48 -12,36 2,36 14,48 14,48 14,22 10,12 14,-6 22,-26 20,-46"
    )
    return sitting + stroke("14,-44 34,-44 42,-30 36,-16 42,-4", 8)


@motif
def _dog() -> Shape:
    return blob(
        "-50,14 -52,6 -40,2 -30,0 -26,-14 -26,-46 -26,-46 -14,-46 -14,-46 -12,-22 14,-20 16,-46 16,-46 28,-46 28,-46 30,-18 "
        "34,2 50,22 46,28 30,14 10,12 -10,12 -16,22 -20,34 -28,24 -38,24"
    )


@motif
def _paw() -> Drawing:
    pad = blob("0,2 18,-6 30,-24 26,-40 12,-40 0,-36 -12,-40 -26,-40 -30,-24 -18,-6")
    toes = both(oval(12.5, 27, 11, 16, -6) + oval(36, 5, 10, 15, -24))
    return Drawing(tied(pad + toes, 8), None, (("", inset(pad, -4) + inset(toes, -4)),))


@motif
def _fox() -> Drawing:
    head = blob("0,-48 0,-48 -26,-14 -44,0 -44,0 -40,46 -40,46 -16,26 16,26 40,46 40,46 44,0 44,0 26,-14")
    return Drawing(head, both(stroke("42,0 20,-4 6,-30", 2.5) + oval(16, 4, 5, 3, 20)) + disc(0, -40, 4))


@motif
def _lion() -> Drawing:
    mane = fan(14, oval(0, 34, 12, 17)) + disc(0, 0, 36)
    face = blob("0,-32 16,-26 22,-4 24,18 12,26 -12,26 -24,18 -22,-4 -16,-26")
    return Drawing(
        mane,
        together(
            [
                framed(face, 2.6),
                both(oval(10, 8, 4.5, 3)),
                poly("-8,-8 8,-8 0,-16"),
                stroke("0,-16 0,-21", 2.4),
                both(stroke("0,-21 6,-24 11,-21", 2.4)),
            ]
        ),
    )


@motif
def _elephant() -> Drawing:
    body = blob(
        "-50,-26 -52,-40 -44,-42 -40,-24 -36,-8 -28,-14 -26,-46 -26,-46 -12,-46 -12,-46 -10,-24 14,-24 16,-46 16,-46 30,-46 30,-46 "
        "32,-20 40,-8 44,-22 48,-20 46,4 36,24 12,32 -8,26 -24,34 -42,26 -48,4"
    )
    return Drawing(body, stroke("-20,26 -10,16 -8,-2 -20,-6 -28,2", 2.6) + disc(-36, 12, 2.6))


@motif
def _horse() -> Drawing:
    head = blob(
        "-10,50 -10,50 -2,40 14,32 28,10 32,-20 30,-50 30,-50 -14,-50 -14,-50 -4,-26 -6,-14 -20,-12 -30,-24 -42,-22 -46,-10 -34,8 -24,26 -16,38"
    )
    return Drawing(head, stroke("0,34 14,14 18,-10 16,-36", 2.6) + disc(-18, 18, 2.8))


@motif
def _rabbit() -> Shape:
    ears = both(petal(52, 20, tip=0.7).rotate(-10).translate((9, 4)))
    return together([ears, oval(0, -2, 21, 19), oval(0, -32, 26, 20), both(oval(20, -46, 12, 7))])


@motif
def _deer() -> Shape:
    antler = stroke("8,10 18,26 14,50", 5.5) + stroke("16,24 32,34 34,48", 5) + stroke("17,36 24,44", 5)
    return together(
        [
            both(antler),
            blob("0,-50 10,-44 12,-22 20,0 14,12 -14,12 -20,0 -12,-22 -10,-44"),
            both(petal(24, 11).rotate(-72).translate((14, 4))),
        ]
    )


@motif
def _fish() -> Drawing:
    body = blob("-50,0 -32,18 -4,24 24,8 34,2 34,-2 24,-8 -4,-24 -32,-18")
    tail = blob("28,0 28,0 50,24 50,24 44,0 50,-24 50,-24")
    return Drawing(
        body + tail,
        stroke("-26,17 -20,0 -26,-17", 2.6) + disc(-36, 5, 3),
        (("", (inset(body, -4)) - stroke("-26,30 -20,0 -26,-30", 5)),),
    )


@motif
def _dolphin() -> Drawing:
    drawn = blob(
        "-52,-4 -40,6 -30,18 -8,30 2,44 2,44 10,30 28,18 40,-4 42,-22 52,-36 52,-36 38,-34 26,-42 26,-42 32,-24 22,-4 4,6 -8,6 -18,-14 -18,-14 -22,4 -40,0"
    )
    return Drawing(drawn, disc(-32, 9, 2.6))


@motif
def _whale_tail() -> Drawing:
    drawn = both(blob("0,20 0,20 10,30 30,40 52,34 52,34 44,18 24,4 10,-8 8,-50 8,-50 0,-50 0,-50"))
    return Drawing(drawn, both(stroke("4,0 20,16 40,28", 2.6)))


@motif
def _seahorse() -> Drawing:
    return Drawing(
        blob("-28,28 -16,32 -10,44 4,50 16,44 16,28 24,10 20,-8 8,-20 6,-34 14,-40 18,-34 24,-40 18,-50 4,-50 -8,-40 -8,-22 -4,-10 -14,4 -10,18 -16,24"),
        disc(2, 36, 3) + together(stroke(f"-6,{y} 14,{y + 3}", 2.4) for y in (8, -2, -12)),
    )  # fmt: skip


@motif
def _turtle() -> Drawing:
    shell_ = oval(0, -2, 28, 32)
    limbs = both(blob("16,18 30,36 44,34 46,20 26,8") + blob("18,-20 30,-38 42,-36 38,-24 24,-12"))
    plates = framed(_points(6, 13, 11.3), 2.4) + fan(6, stroke("0,12 0,34", 2.4)) ^ inset(shell_, -3)
    return Drawing(
        together([shell_, limbs, oval(0, 38, 10, 13), poly("-5,-30 5,-30 0,-48")]),
        plates,
        (("", inset(shell_, -4)),),
    )


@motif
def _snake() -> Drawing:
    line = np.array(
        [(-34, -42), (-8, -48), (18, -40), (14, -20), (-12, -6), (-16, 14), (8, 20), (22, 30), (8, 42)], float
    )
    head = oval(-2, 44, 14, 9, 12)
    return Drawing(stroke(line, 10.5) + head, disc(-3, 47, 2.4))


@motif
def _shell() -> Drawing:
    ribs = fan(1, disc(0, 0, 1))
    lobes = together(petal(74, 22, tip=0.6).rotate(turn) for turn in (-52, -35, -17, 0, 17, 35, 52))
    outline = (lobes + both(poly("2,0 22,-2 16,14"))).translate((0, -30)) + ribs.translate((0, -26))
    seams = together(stroke("0,6 0,62", 2.4).rotate(turn) for turn in (-43, -26, -9, 9, 26, 43))
    return Drawing(outline, seams.translate((0, -30)))


@motif
def _starfish() -> Drawing:
    arm = blob("-10,4 -10,4 -7,30 0,52 7,30 10,4 10,4")
    return Drawing(inset(inset(fan(5, arm) + disc(0, 0, 17), 4), -4), fan(5, stroke("0,8 0,38", 2.6)))


@motif
def _scarab() -> Drawing:
    body = oval(0, -10, 24, 34) + oval(0, 28, 16, 13)
    legs = both(stroke("18,12 36,22 40,36", 5) + stroke("22,-6 44,-8", 5) + stroke("20,-24 38,-36 38,-48", 5))
    return Drawing(
        body + legs, stroke("0,16 0,-40", 2.5) + (stroke("-24,16 24,16", 2.5) ^ oval(0, -10, 30, 38))
    )


# --- the zodiac


_ZODIAC: dict[str, Callable[[], Shape]] = {
    "aries": lambda: both(stroke("0,-48 3,-6 14,34 30,42 40,30 36,16", 10)),
    "taurus": lambda: ring(0, -20, 29, 19.5) + both(stroke("0,10 20,18 30,44", 10)),
    "gemini": lambda: together([both(stroke("15,-36 15,36", 10)), stroke("-34,44 0,36 34,44", 10), stroke("-34,-44 0,-36 34,-44", 10)]),
    "cancer": lambda: together(
        [(ring(-26, 12, 16, 7) + stroke("-38,20 -20,38 12,40 40,30", 9)).rotate(turn) for turn in (0, 180)]
    ) + stroke("-12,8 12,-8", 8),
    "leo": lambda: ring(-22, -4, 16, 7) + stroke("-14,8 -20,32 0,46 22,34 18,8 8,-22 18,-44 36,-36", 10),
    "virgo": lambda: together([
        stroke("-44,38 -34,32 -34,-40", 9), stroke("-34,28 -24,40 -14,28 -14,-40", 9), stroke("-14,28 -4,40 6,28 6,-26 22,-46", 9),
        stroke("6,10 22,22 32,8 20,-16 -2,-40", 8),
    ]),
    "libra": lambda: tied(together([stroke("-44,-38 44,-38", 10), stroke("-44,-14 -14,-14 -24,14 -14,36 0,42 14,36 24,14 14,-14 44,-14", 10)]), 9),
    "scorpio": lambda: together([
        stroke("-46,38 -36,32 -36,-40", 9), stroke("-36,28 -26,40 -16,28 -16,-40", 9), stroke("-16,28 -6,40 4,28 4,-30 14,-40 34,-34", 9),
        poly("46,-22 24,-24 36,-46"),
    ]),
    "sagittarius": lambda: together([stroke("-40,-42 36,36", 10, bent=False), stroke("0,42 42,42 42,0", 10, bent=False), stroke("-34,-2 4,-38", 9)]),
    "capricorn": lambda: together([
        stroke("-44,36 -32,30 -28,-12", 9), stroke("-28,12 -16,38 -4,26 -4,-20 -16,-46 -28,-48", 9), ring(16, -14, 19, 10),
    ]),
    "aquarius": lambda: tied(together(stroke(f"-48,{y - 8} -30,{y + 10} -14,{y - 6} 4,{y + 10} 20,{y - 6} 36,{y + 10} 48,{y - 2}", 9, bent=False) for y in (17, -17)), 7),
    "pisces": lambda: both(stroke("36,46 18,20 18,-20 36,-46", 10)) + stroke("-32,0 32,0", 9),
}  # fmt: skip
_DRAWN.update(_ZODIAC)
