"""Brooches lying face up, with hinge, pin stem and catch on their backs."""

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved, on_side, shifted
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    about,
    ball,
    pillow,
    resample,
    revolve,
    rounded,
    sweep,
    tube,
    unit,
)
from pipeline.atelier.piece import Part, PartRole, Side
from pipeline.atelier.pieces import least, motif, pave, plates
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.pendant import face_plate
from pipeline.atelier.pieces.setting import engraved, set_stone
from pipeline.atelier.spec import GAP, Accents, Brooch, Spec


def build_brooch(spec: Spec) -> list[Part]:
    """Parts of a brooch, its back at z = 0 and its fittings below."""
    assert spec.brooch is not None  # noqa: S101 -- the spec's own validation guarantees it
    if spec.brooch.style == "motif":
        return _motif(spec, spec.brooch)
    if spec.brooch.style == "cufflinks":
        return _cufflinks(spec, spec.brooch)
    if spec.brooch.style == "tie_bar":
        return [*_bar(spec, spec.brooch), *_clip(spec, spec.brooch)]
    front = {"circle": _circle, "flower": _flower, "bar": _bar}[spec.brooch.style](spec, spec.brooch)
    level = {"circle": 0.0, "flower": 0.3, "bar": 0.0}[spec.brooch.style]
    y = {"circle": 0.24 * spec.brooch.width_mm, "flower": 0.1 * spec.brooch.width_mm, "bar": 0.0}[
        spec.brooch.style
    ]
    reach = {"circle": 0.40, "flower": 0.30, "bar": 0.42}[spec.brooch.style] * spec.brooch.width_mm
    return [*front, *(shifted(part, [0, y, level]) for part in _pin(spec, reach))]


def _motif(spec: Spec, brooch: Brooch) -> list[Part]:
    """A motif as wide as the brooch, its pin behind the longest stretch of metal."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    cut = motif.sheet(spec.motif, longest=brooch.width_mm)
    cut = motif.sheet(spec.motif, longest=brooch.width_mm / cut.size[0] * max(cut.size))
    if cut.size[1] > MOST_TALL * brooch.width_mm:
        cut = motif.sheet(spec.motif, height=MOST_TALL * brooch.width_mm)
    front = motif.motif_parts(spec, cut, name="brooch")
    left, right = motif.pin_places(cut)
    middle, half = (left + right) / 2, float(right[0] - left[0]) / 2
    # The pin's tip passes its catch, and stays behind the metal.
    reach = max(half - TIP_MM, 0.6 * half)
    return [*front, *(shifted(part, [*middle, 0.0]) for part in _pin(spec, reach))]


TIP_MM = 1.6
"""How far a pin's tip passes its catch."""
MOST_TALL = 2.0
"""Height of a brooch over its width, at most: an arrow is as long as that and no longer."""


def _circle(spec: Spec, brooch: Brooch) -> list[Part]:
    """An open circle: a rounded ring, with a row of stones where asked, and a set stone at its foot."""
    outer = brooch.width_mm / 2
    wide = max(0.13 * brooch.width_mm, (spec.accents.across_mm + 1.0) if spec.accents else 0.0)
    thick = max(0.45 * wide, (0.55 * spec.accents.diameter_mm + 0.7) if spec.accents else 1.4)
    section = rounded(
        [(outer - wide, 0), (outer, 0), (outer, 0.55 * thick), (outer - 0.22 * wide, thick),
         (outer - 0.78 * wide, thick), (outer - wide, 0.55 * thick)],
        [0.2, 0.2, 0.3 * thick, 0.4 * thick, 0.4 * thick, 0.3 * thick], steps=6,
    )  # fmt: skip
    ring = revolve(section, 288)
    parts: list[Part] = []
    middle = outer - wide / 2
    if spec.accents is not None:
        ring, parts = _ring_row(spec, ring, middle, thick, spec.accents)
    if spec.stone is not None:
        held = set_stone(spec)
        low = min(float(part.vertices[:, 2].min()) for part in held)
        parts += [shifted(part, [0, -middle, thick - low - 0.45 * (thick - low)]) for part in held]
        reach = float(np.ptp(gemstones.cut_stone(spec.stone).outline[:, 0])) / 2 + 0.3
        hole = revolve([(0, -1), (reach, -1), (reach, thick + 1), (0, thick + 1)], 96)
        if least.least().wall_mm:
            # Cut straight: beside a round hole the ring's ends run out into horns.
            sides = np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)]) * [reach, wide]
            hole = solid.extrude([sides], thick + 2).moved([0, 0, -1])
        ring = solid.subtract(ring, hole.moved([0, -middle, 0]))
    return [metal_part("circle", ring, spec.metal, spec.finish), *parts]


def _ring_row(
    spec: Spec, ring: Mesh, radius: float, level: float, accents: Accents
) -> tuple[Mesh, list[Part]]:
    """Stones around the ring's crest, leaving room for a stone at its foot."""
    size = accents.along_mm
    spared = 0.0 if spec.stone is None else (spec.stone.width_mm + 1.6 + size) / radius
    if spec.stone is not None and spec.stone.halo:
        spared += (2 * size + 0.8) / radius
    room = (2 * np.pi - spared) * radius
    closed = spared == 0.0
    count = pave.fit(room, accents, closed=closed)
    step = 2 * np.pi / count if closed else size * (1 + GAP) / radius
    angle = np.pi / 2 + step * (np.arange(count) - (count - 1) / 2)
    flat = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(count, level)], 1)
    along = np.stack([-np.sin(angle), np.cos(angle), np.zeros(count)], 1)
    row = Row(flat, along, np.tile([0.0, 0.0, 1.0], (count, 1)))
    return pave.set_row(ring, row, accents, spec.settings_metal, name="stones", closed=closed)


def _flower(spec: Spec, brooch: Brooch) -> list[Part]:
    """Five petals with raised rims and a vein, overlapping at the heart, and a stone or a bead in the middle."""
    size = brooch.width_mm / 2
    parts: list[Part] = []
    for k in range(5):
        petal = _petal(size).turned(about("x", 9.0 + 3.0 * (k % 2)))
        turn = about("z", 72.0 * k)
        place = np.array([0.0, 0.0, 0.5 + 0.22 * (k % 2)])
        parts.append(moved(metal_part(f"petal {k + 1}", petal, spec.metal, spec.finish), turn, place))
    base = revolve([(0, 0.2), (0.2 * size, 0.2), (0.24 * size, 0.6), (0.2 * size, 1.6), (0, 1.9)], 96)
    if spec.stone is None:
        heart = ball(0.17 * size, around=64).moved([0, 0, 1.9 + 0.06 * size])
        return [
            *parts,
            metal_part("calyx", base, spec.metal),
            metal_part("heart", heart, spec.settings_metal),
        ]
    held = set_stone(spec)
    low = min(float(part.vertices[:, 2].min()) for part in held)
    parts.append(metal_part("calyx", base, spec.metal))
    return [*parts, *(shifted(part, [0, 0, 1.7 - low]) for part in held)]


def _petal(size: float) -> Mesh:
    """A broad petal pointing to +y, cupped, notched at its tip."""
    t = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    wide = 0.36 * size * np.sin(t) * (0.62 - 0.38 * np.cos(t)) / 0.8
    tall = (
        0.46 * size * (1 - np.cos(t)) * (1 - 0.05 * np.exp(-((np.abs(t - np.pi) / 0.22) ** 2))) + 0.08 * size
    )
    outline = resample(np.stack([wide, tall], 1)[::-1], 200)
    middle = np.array([0.0, 0.6 * size])
    thick, cup = 0.9, 0.10 * size
    # The middle dips, but stays well over the back.
    dip = min(0.06 * size, thick - 0.4)
    if least.least().wall_mm:
        thick = 1.25 * least.wall(0.0) + dip
    rows = [(s, -0.25 * s, 0.0) for s in np.linspace(0.02, 0.97, 10)]
    # Rounded in small steps: chamfers near the crease angle are shaded apart here and together there.
    turn = np.linspace(0, np.pi / 2, 7)
    rows += [(1.0, -0.25 * (1 - np.sin(a)), 0.28 * (1 - np.cos(a))) for a in turn]
    rows += [(1.0, -0.25 * (1 - np.sin(a)), thick - 0.28 * (1 - np.cos(a))) for a in turn[::-1]]
    rows += [(s, -0.25 * s, thick - dip * (1 - s**2)) for s in np.linspace(0.97, 0.02, 18)]
    mesh = pillow(outline, rows, centre=middle)
    vertices = mesh.vertices.copy()
    # The cup: the petal's edge rises with distance from its axis and toward the tip.
    vertices[:, 2] += cup * ((vertices[:, 0] / (0.36 * size)) ** 2 + 0.5 * (vertices[:, 1] / size) ** 2)
    return Mesh(vertices, mesh.faces)


def _bar(spec: Spec, brooch: Brooch) -> list[Part]:
    """A slender bar with softened edges; a set stone in the middle, a row of stones, or an engraving."""
    length, wide = (
        brooch.width_mm,
        max(0.12 * brooch.width_mm, (spec.accents.across_mm + 1.0) if spec.accents else 3.0),
    )
    thick = max(1.8, (0.55 * spec.accents.diameter_mm + 0.8) if spec.accents else 0.0)
    x, y = length / 2, wide / 2
    outline = rounded(np.array([(x, -y), (x, y), (-x, y), (-x, -y)]), 0.45 * wide, steps=14)
    body = plates.plate([outline], thick, min(0.5, 0.3 * thick))
    parts: list[Part] = []
    if spec.stone is not None:
        held = set_stone(spec)
        low = min(float(part.vertices[:, 2].min()) for part in held)
        parts += [shifted(part, [0, 0, -low]) for part in held]
        girdle = gemstones.cut_stone(spec.stone)
        drill = solid.extrude([girdle.outline * 0.9], 12.0).moved([0, 0, -1.0])
        body = (
            solid.subtract(body, drill)
            if spec.stone.width_mm * 0.9 < wide
            else solid.subtract(body, girdle.mesh.moved([0, 0, -low]))
        )
    if spec.accents is not None:
        step = spec.accents.along_mm * (1 + GAP)
        if spec.stone is None:
            count = pave.fit(1.84 * x, spec.accents, closed=False)
            rows = {"stones": step * (np.arange(count) - (count - 1) / 2)}
        else:
            spared = spec.stone.width_mm / 2 + 1.2 + (spec.accents.diameter_mm + 0.8) * spec.stone.halo
            count = pave.fit(0.92 * x - spared, spec.accents, closed=False)
            out = spared + step * (0.5 + np.arange(count))
            rows = {"stones left": -out, "stones right": out}
        for name, at in rows.items():
            run = np.tile([np.sign(at[-1] - at[0]) or 1.0, 0.0, 0.0], (len(at), 1))
            row = Row(np.stack([at, 0 * at, np.full(len(at), thick)], 1), run,
                      np.tile([0.0, 0.0, 1.0], (len(at), 1)))  # fmt: skip
            body, more = pave.set_row(body, row, spec.accents, spec.settings_metal, name=name, closed=False)
            parts += more
    elif spec.engraving and spec.stone is None:
        body, floor = plates.engrave(body, spec.engraving, (0.8 * length, 0.62 * wide))
        parts += engraved(floor, spec)
    return [metal_part("bar", body, spec.metal, spec.finish), *parts]


def _pin(spec: Spec, reach: float) -> list[Part]:
    """The fittings: a hinge on the right, a stem that runs under the brooch, a C catch on the left."""
    hinge = solid.unite(
        [
            tube([[reach, -0.9, -0.9], [reach, 0.9, -0.9]], 0.75, 24),
            tube([[reach, 0, -0.6], [reach, 0, 0.35]], 0.6, 20),
        ]
    )
    stem = tube(
        [[reach, 0, -0.95], [0, 0, -1.35], [-reach - TIP_MM, 0, -1.15]], np.array([0.42, 0.40, 0.16]), 20
    )
    angle = np.radians(np.linspace(100, 400, 40))
    hook = np.column_stack([np.full(40, -reach), 0.95 * np.cos(angle), 0.95 * np.sin(angle) - 1.25])
    catch = solid.unite([tube(hook, 0.3, 16), tube([[-reach, 0, -0.4], [-reach, 0, 0.35]], 0.45, 16)])
    return [
        metal_part("pin hinge", hinge, spec.metal, role=PartRole.FITTING),
        metal_part("pin stem", stem, spec.metal, role=PartRole.FITTING),
        metal_part("pin catch", catch, spec.metal, role=PartRole.FITTING),
    ]


def _cufflinks(spec: Spec, brooch: Brooch) -> list[Part]:
    """Two faces side by side, each on a post with a bar that swivels through the cuff's holes."""
    face, firm = _link_face(spec, brooch.width_mm)
    swivel = _swivel(spec, float(min(part.vertices[:, 2].min() for part in face)))
    one = [*face, *(shifted(part, [*firm, 0.0]) for part in swivel)]
    apart = 0.5 * brooch.width_mm + max(0.14 * brooch.width_mm, 2.0)
    sides: tuple[tuple[Side, float], ...] = (("left", -1.0), ("right", 1.0))
    return [on_side(shifted(part, [hand * apart, 0, 0]), side) for side, hand in sides for part in one]


def _link_face(spec: Spec, width: float) -> tuple[list[Part], Floats]:
    """A motif, or a disc that is bare, engraved or set with a stone; and where (2,) metal carries its post."""
    if spec.motif is not None:
        cut = motif.sheet(spec.motif, longest=width)
        return motif.motif_parts(spec, cut, name="face"), motif.widest(cut.outline)[0]
    return face_plate(spec, "round", width, "A", name="face"), np.zeros(2)


def _swivel(spec: Spec, back: float) -> list[Part]:
    post = tube([[0, 0, back + 0.4], [0, 0, back - 8.0]], 1.1, 28)
    fork = ball(1.7, around=40).moved([0, 0, back - 8.0])
    bar = tube([[-7.5, 0, back - 8.0], [7.5, 0, back - 8.0]], np.array([1.9, 1.9]), 32)
    return [
        metal_part("post", solid.unite([post, fork]), spec.metal, role=PartRole.FITTING),
        metal_part("swivel bar", bar, spec.metal, role=PartRole.FITTING),
    ]


def _clip(spec: Spec, brooch: Brooch) -> list[Part]:
    """The spring of a tie bar: a tongue under the bar, joined to it by a bend at the right end."""
    reach = 0.5 * brooch.width_mm - 1.0
    turn = np.linspace(np.pi / 2, -np.pi / 2, 24)
    bend = np.column_stack([reach + 1.6 * np.cos(turn), np.zeros(24), -1.25 + 1.6 * np.sin(turn)])
    tongue = np.array([[-0.55 * reach, 0, -2.0], [-0.8 * reach, 0, -2.6]])
    path = np.vstack([bend, np.linspace([reach - 2.0, 0, -2.85], tongue[0], 40), tongue[1:]])
    strip = rounded(np.array([(1.4, -0.4), (1.4, 0.4), (-1.4, 0.4), (-1.4, -0.4)]), 0.2, steps=4)
    across = np.tile([0.0, 1.0, 0.0], (len(path), 1))
    along = unit(np.gradient(path, axis=0))
    body = sweep(path, strip, closed=False, across=across, up=np.cross(along, across))
    return [metal_part("clip", body, spec.metal, role=PartRole.FITTING)]
