"""A pair of earrings as they are photographed: upright, side by side, faces toward the camera at -y."""

import numpy as np

from pipeline.atelier.geometry import gemstones, solid
from pipeline.atelier.geometry.assembly import metal_part, moved, on_side, shifted
from pipeline.atelier.geometry.mesh import (
    Mesh,
    about,
    ball,
    join,
    revolve,
    rounded,
    spline,
    sweep,
    torus,
    tube,
)
from pipeline.atelier.piece import Part, PartRole, Side
from pipeline.atelier.pieces import hollow, hung, least, motif, mounting, pave, piercing, two_tone
from pipeline.atelier.pieces.hung import FACE
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.pendant import face_plate, hangable
from pipeline.atelier.pieces.setting import set_stone
from pipeline.atelier.pieces.shank import around, band, profile
from pipeline.atelier.spec import GAP, Accents, Earrings, Metal, Motif, Spec

POST, POST_LENGTH = 0.42, 10.0
"""Radius and length of an ear post, mm: 0.84 mm wire, the trade's usual size."""

HOOP_TURN = -22.0
"""Hoops are turned this far out of the picture plane, in degrees, so that their roundness shows."""


def build_earrings(spec: Spec) -> list[Part]:
    """Both earrings, named "left ..." and "right ...", hanging from z = 0 downward; the caller sets them down."""
    assert spec.earrings is not None  # noqa: S101 -- the spec's own validation guarantees it
    if spec.earrings.style in SINGLE:
        return _single(spec, spec.earrings)
    if spec.earrings.style == "climber":
        return _pair(_climber(spec, spec.earrings, -1.0), _climber(spec, spec.earrings, 1.0))
    one = {"stud": _stud, "hoop": _hoop, "drop": _drop, "huggie": _huggie, "cuff": _cuff}[
        spec.earrings.style
    ](spec, spec.earrings)
    turned = HOOP_TURN if spec.earrings.style in ("hoop", "huggie", "cuff") else 0.0
    return _pair(one, one, turned)


SINGLE = frozenset({"nose_stud", "nose_ring"})
"""Styles of which one is made, and no pair."""


def _pair(left: list[Part], right: list[Part], turned: float = 0.0) -> list[Part]:
    """Two earrings side by side, each turned so many degrees about the vertical."""
    low = np.min([part.vertices.min(0) for part in left], axis=0)
    high = np.max([part.vertices.max(0) for part in left], axis=0)
    apart = 0.5 * float(high[0] - low[0]) + max(0.14 * float(high[0] - low[0]), 1.5)
    sides: tuple[tuple[Side, float, list[Part]], ...] = (("left", -1.0, left), ("right", 1.0, right))
    pair = []
    for side, hand, parts in sides:
        ends = [part.vertices[:, 0] for part in parts]
        middle = np.array([(min(x.min() for x in ends) + max(x.max() for x in ends)) / 2, 0.0, 0.0])
        for part in parts:
            placed = moved(shifted(part, -middle), about("z", turned), np.array([hand * apart, 0.0, 0.0]))
            pair.append(on_side(placed, side))
    return pair


def _single(spec: Spec, worn: Earrings) -> list[Part]:
    if worn.style == "nose_ring":
        turn = about("z", HOOP_TURN)
        return [moved(part, turn, np.zeros(3)) for part in piercing.nose_ring(spec, worn)]
    turn = about("z", NOSE_TURN)
    return [moved(part, turn, np.zeros(3)) for part in piercing.nose_stud(spec, _face(spec, worn))]


NOSE_TURN = 24.0
"""A nose stud is turned so far that the wire behind it shows, degrees."""


def _cuff(spec: Spec, worn: Earrings) -> list[Part]:
    body, parts, radius = piercing.ear_cuff(spec, worn)
    if spec.accents is not None:
        body, row = _front_row(spec, body, radius, spec.accents)
        parts += row
    return [metal_part("cuff", body, spec.metal, spec.finish), *parts]


def _climber(spec: Spec, worn: Earrings, hand: float) -> list[Part]:
    front, (x, z) = piercing.climber(spec, worn, hand)
    back = float(np.max(np.vstack([part.vertices for part in front])[:, 1]))
    return [*front, *(shifted(part, [x, back, z]) for part in _post(spec.metal))]


def _stud(spec: Spec, worn: Earrings) -> list[Part]:
    front = _face(spec, worn)
    back = float(np.max(np.vstack([part.vertices for part in front])[:, 1]))
    grip = np.vstack([part.vertices for part in front])
    place = [0.0, float(grip[:, 2].max() + grip[:, 2].min()) / 2]
    if worn.form == "motif" and spec.motif is not None:
        # The post stands where there is most metal.
        cut = motif.sheet(spec.motif, height=worn.height_mm)
        x, y = motif.widest(cut.outline)[0]
        place = [float(x) - motif.hanging_point(cut)[0], float(y)]
    return [*front, *(shifted(part, [place[0], back, place[1]]) for part in _post(spec.metal))]


def _face(spec: Spec, worn: Earrings, *, hung: bool = False) -> list[Part]:
    """The front of a stud or drop: a set stone, or a form in metal, facing -y."""
    if spec.stone is not None and worn.form != "motif":
        lying = set_stone(spec)
    else:
        form = "round" if worn.form in ("stone", "locket") else worn.form
        lying = face_plate(spec, form, worn.height_mm, worn.letter, name="face")
        lying = hangable(lying, spec.metal, form) if hung else lying
    return [moved(part, FACE, np.zeros(3)) for part in lying]


def _post(metal: Metal) -> list[Part]:
    """A post along +y with its friction notch, and a butterfly back."""
    notch = POST_LENGTH - 1.6
    stations = [(0, POST), (notch - 0.35, POST), (notch - 0.15, 0.72 * POST), (notch + 0.15, 0.72 * POST),
                (notch + 0.35, POST), (POST_LENGTH - 0.3, POST), (POST_LENGTH, 0.55 * POST)]  # fmt: skip
    rod = revolve([(0, -0.4), (POST, -0.4), *((r, z) for z, r in stations[1:]), (0, POST_LENGTH)], 32)
    lay = about("x", -90.0)
    plate = solid.subtract(
        revolve([(0, 0), (2.3, 0), (2.45, 0.12), (2.3, 0.25), (0, 0.25)], 64),
        revolve([(0, -1), (POST + 0.03, -1), (POST + 0.03, 1), (0, 1)], 32),
    )
    scrolls = []
    for hand in (-1.0, 1.0):
        angle = np.linspace(np.radians(-75), np.radians(235), 48)
        curl = np.column_stack(
            [hand * (1.22 + 0.78 * np.cos(angle)), np.zeros(48), 1.05 + 0.78 * np.sin(angle)]
        )
        strip = np.array([(-0.11, -0.85), (0.11, -0.85), (0.11, 0.85), (-0.11, 0.85)])
        tangent = np.gradient(curl, axis=0)
        side = np.cross([0.0, 1.0, 0.0], tangent)
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        scrolls.append(sweep(curl, strip, closed=False, across=side, up=np.tile([0.0, 1.0, 0.0], (48, 1))))
    back = join([plate, *scrolls])
    return [
        metal_part("post", rod.turned(lay), metal, role=PartRole.FITTING),
        metal_part("back", back.turned(lay).moved([0, 6.2, 0]), metal, role=PartRole.FITTING),
    ]


def _hoop(spec: Spec, worn: Earrings) -> list[Part]:
    """A round tube that opens at the top: hinged at one end, a fine wire closing into the other."""
    wire = worn.wire_mm / 2
    radius = worn.diameter_mm / 2 - wire
    gap = np.degrees(min(max(3.2 * wire + 1.8, 3.0) / radius, 0.9))
    angle = np.radians(np.linspace(90 + gap / 2, 450 - gap / 2, 240))
    path = np.stack([radius * np.cos(angle), np.zeros(240), radius * np.sin(angle)], 1)
    body = tube(path, wire, 40)
    thick = hollow.wall(spec)
    if thick is not None:
        body = hollow.hoop(body, path, wire, thick)
    parts: list[Part] = []
    if spec.accents is not None:
        if _bends_away(spec.accents, wire):
            body = solid.unite([body, _rail(spec.accents, radius + wire)])
        body, parts = _front_row(spec, body, radius + wire, spec.accents)
    closing = np.radians(np.linspace(90 - gap / 2 - 2, 90 + gap / 2 + 2, 40))
    pin = tube(np.stack([radius * np.cos(closing), np.zeros(40), radius * np.sin(closing)], 1), 0.40, 20)
    hinge_at, barrel = path[0], np.array([0.0, 0.9 * wire + 0.2, 0.0])
    hinge = tube([hinge_at - barrel, hinge_at + barrel], 0.42 * wire + 0.18, 24)
    parts += [
        metal_part("wire", pin, spec.metal, role=PartRole.FITTING),
        metal_part("hinge", hinge, spec.metal, role=PartRole.FITTING),
    ]
    if spec.stone is not None and spec.stone.cut == "pearl":
        parts += _hanging_pearl(spec, -radius - wire)
    elif worn.form == "motif" and spec.motif is not None:
        parts += _hanging_charm(spec, spec.motif, -radius - wire, 2 * wire)
    return [*two_tone.striped("hoop", body, worn.wire_mm, spec, axis=1, role=PartRole.BODY), *parts]


def _hanging_pearl(spec: Spec, bottom: float) -> list[Part]:
    """A pearl on a cap and a jump ring that runs round the hoop's lowest point."""
    assert spec.stone is not None and spec.earrings is not None  # noqa: S101, PT018 -- told apart by the caller
    wire = spec.earrings.wire_mm
    ring = torus(wire / 2 + 0.55, 0.3, around=48, sides=16).turned(about("y", 90))
    centre = bottom + wire / 2
    low = centre - wire / 2 - 0.85
    pearl = gemstones.cut_stone(spec.stone)
    eye_wire = least.wire(0.22)
    eye = (
        torus(0.28 + eye_wire, eye_wire, around=40, sides=14).turned(about("x", 90)).moved([0, 0, low - 0.62])
    )
    top = low - 0.86 - 2 * eye_wire
    cup = [shape.mesh.turned(about("x", 180)) for shape in mounting.pearl_cup(pearl, -pearl.depth - 0.6)]
    place = [0, 0, top - pearl.depth - 0.3]
    return [
        metal_part("jump ring", ring.moved([0, 0, centre]), spec.metal, role=PartRole.JUMP_RING),
        metal_part("eye", eye, spec.metal, role=PartRole.EYE),
        metal_part("cap", solid.unite(cup).moved(place), spec.metal, role=PartRole.CAP),
        mounting.stone_part(pearl, spec.stone, place),
    ]


def _hanging_charm(spec: Spec, ornament: Motif, bottom: float, across: float) -> list[Part]:
    """A motif on a jump ring that runs round a hoop's lowest point, ``across`` mm thick there."""
    cut = motif.sheet(ornament, longest=ornament.size_mm)
    x, top = motif.hanging_point(cut)
    radius, wire = across / 2 + 0.45, 0.3
    ring = torus(radius, wire, around=48, sides=16).turned(about("y", 90))
    centre = bottom + across / 2
    eye_z = centre - radius + wire - 0.05 - motif.EYE_HOLE
    lying = motif.motif_parts(spec.model_copy(update={"accents": None}), cut, name="charm")
    eye_wire = least.wire(motif.EYE_WIRE)
    drop = eye_z - motif.EYE_HOLE - 0.6 * eye_wire - top
    upright = [moved(shifted(part, [-x, 0, 0]), FACE, np.array([0.0, 0.4, drop])) for part in lying]
    eye = torus(motif.EYE_HOLE + eye_wire, eye_wire, around=40, sides=14).turned(about("x", 90))
    return [
        *upright,
        metal_part("jump ring", ring.moved([0, 0, centre]), spec.metal, role=PartRole.JUMP_RING),
        metal_part("eye", eye.moved([0, 0, eye_z]), spec.metal, role=PartRole.EYE),
    ]


def _huggie(spec: Spec, worn: Earrings) -> list[Part]:
    """A small wide hoop: a D-shaped band, parted where hinge and catch sit, often pave set in front."""
    width = max(worn.wire_mm, 2.0 if spec.accents is None else spec.accents.across_mm + 0.6)
    thick = max(0.62 * worn.wire_mm, 1.2 if spec.accents is None else 0.55 * spec.accents.diameter_mm + 0.6)
    inner = worn.diameter_mm / 2 - thick
    count = around(inner + thick, 288)
    body = band(inner, np.full(count, width), np.full(count, thick), profile("d_shape"))
    # The parting line of the catch: a hair's breadth through the top of the band.
    wall = np.array([(0.06, -20.0), (0.06, 20.0), (-0.06, 20.0), (-0.06, -20.0)])
    body = solid.subtract(body, solid.extrude([wall], 40.0))
    hinge = tube(
        [[inner + 0.5 * thick, -0.55 * width, 0.0], [inner + 0.5 * thick, 0.55 * width, 0.0]],
        0.36 * thick,
        24,
    )
    parts = [metal_part("hinge", hinge.turned(about("y", -150)), spec.metal, role=PartRole.FITTING)]
    if spec.accents is not None:
        body, row = _front_row(spec, body, inner + thick, spec.accents)
        parts += row
    if spec.stone is not None and spec.stone.cut == "pearl":
        parts += _hanging_pearl(spec, -inner - thick)
    elif worn.form == "motif" and spec.motif is not None:
        parts += _hanging_charm(spec, spec.motif, -inner - thick, max(thick, width))
    return [metal_part("hoop", body, spec.metal, spec.finish), *parts]


def _bends_away(accents: Accents, wire: float) -> bool:
    """Whether a tube of radius ``wire`` falls away under the grains of a row, which then hang in the air."""
    reach = min(pave.beside(accents), wire)
    return bool(wire - np.sqrt(wire**2 - reach**2) > FALL * accents.width_mm)


FALL = 0.09
"""How far a grain reaches below the surface, in widths of its stone."""


def _rail(accents: Accents, radius: float) -> Mesh:
    """A flat rail along the front of a round hoop, on which a row of wide stones and its grains sit."""
    count = pave.fit(radius * np.radians(170), accents, closed=False)
    half = 0.5 * np.degrees(accents.along_mm * (1 + GAP) / radius) * count + np.degrees(0.35 / radius)
    angle = np.radians(np.linspace(322 - half, 322 + half, 96))
    out = np.stack([np.cos(angle), np.zeros(96), np.sin(angle)], 1)
    side, deep = 0.5 * accents.across_mm + 0.3, 0.45 * accents.width_mm + 0.5
    edge = rounded([(-side, -deep), (side, -deep), (side, 0.0), (-side, 0.0)], 0.12, steps=4)
    return sweep(radius * out, edge, closed=False, across=np.tile([0.0, 1.0, 0.0], (96, 1)), up=out)


def _front_row(spec: Spec, body: Mesh, radius: float, accents: Accents) -> tuple[Mesh, list[Part]]:
    """Stones along the outside of a hoop, on the half that faces forward when worn."""
    count = pave.fit(radius * np.radians(170), accents, closed=False)
    step = np.degrees(accents.along_mm * (1 + GAP) / radius)
    angle = np.radians(322 + step * (np.arange(count) - (count - 1) / 2))
    out = np.stack([np.cos(angle), np.zeros(count), np.sin(angle)], 1)
    along = np.stack([-np.sin(angle), np.zeros(count), np.cos(angle)], 1)
    return pave.set_row(
        body,
        Row(radius * out, along, out),
        accents,
        spec.settings_metal,
        name="stones",
        closed=False,
    )


def _drop(spec: Spec, worn: Earrings) -> list[Part]:
    """A french wire, a jump ring, and a drop: a pearl under a cap, a set stone, or a form in metal."""
    # A short french wire: as high over its loop as it is deep, its end a little under the loop.
    stations = [
        (-0.2, 0),
        (0.4, 2.6),
        (1.9, 5.6),
        (4.1, 6.9),
        (6.2, 5.4),
        (6.9, 1.6),
        (7.0, -3.4),
        (6.5, -5.4),
    ]
    hook = spline([(0, y, z) for y, z in stations], 160)
    loop_angle = np.linspace(np.radians(60), np.radians(410), 40)
    loop = np.column_stack([np.zeros(40), 0.62 * np.cos(loop_angle) - 0.4, 0.62 * np.sin(loop_angle) - 0.75])
    wire = solid.unite(
        [tube(hook, 0.36, 20), tube(loop, 0.34, 18), ball(0.62, around=32).moved([0, 0.05, 1.5])]
    )
    ring = torus(0.95, 0.28, around=48, sides=16).turned(about("x", 90))
    parts = [
        metal_part("wire", wire, spec.metal, role=PartRole.FITTING),
        metal_part("jump ring", ring.moved([0, -0.4, -1.9]), spec.metal, role=PartRole.JUMP_RING),
    ]
    top = -2.95
    eye_wire = least.wire(0.26)
    reach = 0.36 + eye_wire
    eye = torus(reach, eye_wire, around=44, sides=16).turned(about("y", 90)).moved([0, -0.4, top - 0.05])
    parts.append(metal_part("eye", eye, spec.metal, role=PartRole.EYE))
    if spec.stone is not None and spec.stone.cut == "pearl":
        pearl = gemstones.cut_stone(spec.stone)
        place = [0, -0.4, top - reach - 0.13 - pearl.depth - 0.45]
        cup = [shape.mesh.turned(about("x", 180)) for shape in mounting.pearl_cup(pearl, -pearl.depth - 0.6)]
        parts.append(metal_part("cap", solid.unite(cup).moved(place), spec.metal, role=PartRole.CAP))
        return [*parts, mounting.stone_part(pearl, spec.stone, place)]
    face = _face(spec, worn if worn.hung == "single" else _smaller(worn), hung=True)
    points = np.vstack([part.vertices for part in face if part.smooth])
    over = points[np.abs(points[:, 0]) < 0.4]
    highest = over[int(np.argmax(over[:, 2]))]
    shift = np.array([0.0, -0.4 - highest[1], top - reach - 0.20 - highest[2]])
    face = [shifted(part, shift) for part in face]
    if worn.hung == "single":
        return [*parts, *face]
    strut, low = hung.strut(face, spec, up=False, name="face strut")
    return [*parts, *face, *strut, *hung.below(spec, worn, low)]


def _smaller(worn: Earrings) -> Earrings:
    """The first part of several is a small disc."""
    return worn.model_copy(update={"height_mm": max(0.3 * worn.height_mm, 4.0)})
