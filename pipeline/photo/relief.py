"""A photograph as a solid relief: the outline inflated, the surface refined by its shading, the back closed.

The front is what the picture shows; depth and back are inferred and have to be labelled so wherever they appear.
"""

from collections.abc import Mapping
from typing import Any

import cv2
import manifold3d
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import cg

from pipeline import images, metadata
from pipeline.errors import BadImage
from pipeline.photo.foreground import Field, Mask, Rgb
from pipeline.photo.glb import Indices, Points, pack

EXTENT_M = 0.03
"""Longest side of a piece of unknown size."""

GRID_SIDE = 640
"""Most grid steps along the longest side; a chain 2 px wide on a 1024 px picture still has an inside."""

GRID_NODES = 50_000
"""Most grid nodes inside the outline, before simplification."""

MAX_TRIANGLES = 58_000

HALF_DEPTH = 0.05
"""Half thickness of wide parts as a share of the longest side; wires narrower than that become round."""

SHADING_DEPTH = 0.30
"""How much of the local thickness the shading may add or take away."""

TEXTURE_SIDE_PX = 2048

LONGEST_PIECE_PX = 3 * TEXTURE_SIDE_PX // 2
"""Longest side of a piece that is worked on: its texture holds no more, and planes of 50 megapixels a gigabyte."""

RIM_SHARE = 0.0015
"""Width of the seam of mixed pixels along the outline that is recoloured from the inside, of the longest side."""

MATERIAL = {"metallicFactor": 0.25, "roughnessFactor": 0.42}
"""The photograph carries its own reflections: enough gloss to move in the light, too little to double them."""


def relief(
    rgb: Rgb, mask: Mask, *, extent_m: float = EXTENT_M, extras: Mapping[str, Any] | None = None
) -> bytes:
    """Return a GLB: one watertight mesh per part of the mask, openings left open, at most 60,000 triangles.

    `rgb` uint8 (h, w, 3) and `mask` bool (h, w), true on the piece. In metres, the longest side `extent_m`, y up,
    centred on the origin, the picture facing +z; node "relief", the photograph as base colour. `extras` is
    written to `asset.extras`. Raises BadImage where the mask holds nothing to raise.
    """
    rgb, mask = _bounded(rgb, mask)
    outline, window = _outline(mask)
    height_map = _inflate(outline > 0)
    front = height_map * (1 + SHADING_DEPTH * _shading(rgb, window, outline))
    positions, triangles = _solid(outline, front, height_map)
    positions, triangles = _simplify(positions, triangles)
    low, high = positions.min(axis=0), positions.max(axis=0)
    middle, metre = (low + high) / 2, extent_m / float((high - low)[:2].max())
    metres = (positions - middle) * metre
    uvs = positions[:, :2] * [1, -1] / [outline.shape[1] - 1, outline.shape[0] - 1]
    return pack(
        metres.astype(np.float32),
        _normals(positions, triangles),
        np.clip(uvs, 0, 1).astype(np.float32),
        triangles,
        name="relief",
        texture_jpeg=_texture(rgb, mask, window),
        material=MATERIAL,
        film=_film(rgb.shape[1], rgb.shape[0], window, outline.shape[1], middle, metre),
        extras=extras,
    )


def _bounded(rgb: Rgb, mask: Mask) -> tuple[Rgb, Mask]:
    """A picture and its mask, reduced by area where the piece is longer than a relief can show."""
    left, top, right, bottom = _bounds(mask)
    scale = LONGEST_PIECE_PX / max(right - left, bottom - top)
    if scale >= 1:
        return rgb, mask
    size = tuple(round(side * scale) for side in mask.shape[::-1])
    shares = cv2.resize(mask.astype(np.uint8) * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8), shares > 127


def _bounds(mask: Mask) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the piece, pixels, the last two past it. Raises BadImage where there is none."""
    if int(mask.sum()) < 64:
        raise BadImage(
            "No piece stands out from the backdrop, so there is nothing to raise into a relief; "
            "use a picture on a plain backdrop of another colour."
        )
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


Window = tuple[float, float, float, float]
"""Left, top, right, bottom in picture pixels (continuous, pixel centres at .5); may reach beyond the picture."""


def _film(
    width: int, height: int, window: Window, across: int, middle: NDArray[np.float64], metre: float
) -> tuple[float, float, float, float, float]:
    """Where the picture's film stands before the relief, metres: its middle (x, y, z), half its width and height."""
    left, top, right, _ = window
    step = (right - left) / (across - 1)
    x = ((width / 2 - left) / step - middle[0]) * metre
    y = (-(height / 2 - top) / step - middle[1]) * metre
    return x, y, max(width, height) / step * metre, width / 2 / step * metre, height / 2 / step * metre


def _outline(mask: Mask) -> tuple[Field, Window]:
    """Sample the mask on the relief's grid: positive inside, zero on the outline, the outermost nodes outside.

    Node (r, c) lies at left + c * step, top + r * step of the window.
    """
    left, top, right, bottom = _bounds(mask)
    extent = max(bottom - top, right - left)
    step = max(1.0, extent / GRID_SIDE, float(np.sqrt(mask.sum() / GRID_NODES)))
    # Blurred by half a step so that a grid coarser than the picture sees every pixel once.
    whole = cv2.copyMakeBorder(mask.astype(np.uint8), 8, 8, 8, 8, cv2.BORDER_CONSTANT)
    soft: Field = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), max(0.8, 0.5 * step))
    pad = 2 * step
    across = int(np.ceil((right - left + 2 * pad) / step)) + 1
    down = int(np.ceil((bottom - top + 2 * pad) / step)) + 1
    x = (left - pad + step * np.arange(across)).astype(np.float32)
    y = (top - pad + step * np.arange(down)).astype(np.float32)
    map_x, map_y = np.meshgrid(x + 7.5, y + 7.5)
    level = cv2.remap(soft, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT) - 0.5
    level[0], level[-1], level[:, 0], level[:, -1] = -0.5, -0.5, -0.5, -0.5
    # A node exactly on the outline would make triangles of no area.
    level = np.where(np.abs(level) < 0.02, np.where(level >= 0, 0.02, -0.02), level).astype(np.float32)
    _, parts, sizes, _ = cv2.connectedComponentsWithStats((level > 0).astype(np.uint8), connectivity=8)
    specks = sizes[:, cv2.CC_STAT_AREA] < 6
    specks[0] = False
    level[specks[parts]] = -0.5
    if not (level > 0).any():
        raise BadImage("What stands out from the backdrop is too small to be raised into a relief.")
    return level, (float(x[0]), float(y[0]), float(x[-1]), float(y[-1]))


def _inflate(inside: Mask) -> Field:
    """Half thickness in grid steps, from the screened Poisson equation laplace(u) - u / k^2 = -1, u = 0 outside.

    sqrt(2 u) of a strip is its half circle, so wires come out round; the screening flattens what is wider
    than about twice `HALF_DEPTH` into a plate with a rounded edge.
    """
    number = np.full(inside.shape, -1, np.int64)
    count = int(inside.sum())
    number[inside] = np.arange(count)
    reach = HALF_DEPTH * max(inside.shape) / np.sqrt(2)
    links = []
    for one, other in ((number[:, :-1], number[:, 1:]), (number[:-1], number[1:])):
        both = (one >= 0) & (other >= 0)
        links.append(np.stack([one[both], other[both]]))
    first, second = np.concatenate(links, axis=1)
    ones = np.ones(len(first))
    neighbours = coo_matrix((ones, (first, second)), shape=(count, count))
    matrix = (diags(np.full(count, 4 + 1 / reach**2)) - neighbours - neighbours.T).tocsr()
    solution, _ = cg(matrix, np.ones(count), rtol=1e-4, maxiter=600)
    height_map = np.zeros(inside.shape, np.float32)
    height_map[inside] = np.sqrt(2 * np.maximum(solution, 0))
    return height_map


def _shading(rgb: Rgb, window: Window, outline: Field) -> Field:
    """Surface detail from -1 (dark, taken as deep) to 1 (bright, taken as raised), on the grid.

    Band-passed lightness, normalised inside the outline so that the backdrop does not bleed in; edge-preserving
    smoothing first, or grain would become gravel.
    """
    down, across = outline.shape
    left, top, right, bottom = window
    luma = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    step = (right - left) / (across - 1)
    if step > 1:
        luma = cv2.GaussianBlur(luma, (0, 0), 0.5 * step)
    x = np.linspace(left, right, across, dtype=np.float32) - 0.5
    y = np.linspace(top, bottom, down, dtype=np.float32) - 0.5
    map_x, map_y = np.meshgrid(x, y)
    sampled = cv2.remap(luma, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    level = cv2.bilateralFilter(sampled, 7, 20, 3).astype(np.float32)
    inside = (outline > 0).astype(np.float32)

    def smooth(sigma: float) -> Field:
        weight = cv2.GaussianBlur(inside, (0, 0), sigma)
        return np.asarray(cv2.GaussianBlur(level * inside, (0, 0), sigma) / np.maximum(weight, 1e-3))

    band = smooth(1.0) - smooth(max(4.0, 0.03 * max(outline.shape)))
    return np.asarray(np.tanh(band / 40) * inside, dtype=np.float32)


CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Nodes of a grid cell (row, column), clockwise as the picture is seen; edge i runs from corner i to i + 1."""


def _polygons(case: int) -> list[list[tuple[str, int]]]:
    """Marching squares: the part of a cell inside the outline, as fans of nodes ("n") and crossings ("e")."""
    inside = [bool(case >> i & 1) for i in range(4)]
    ring: list[tuple[str, int]] = []
    for i in range(4):
        if inside[i]:
            ring.append(("n", i))
        if inside[i] != inside[(i + 1) % 4]:
            ring.append(("e", i))
    if len(ring) < 3:
        return []
    # Fanned from a node, never from a crossing: a triangle wholly on the outline would have no thickness.
    start = next(i for i, (kind, _) in enumerate(ring) if kind == "n")
    ring = ring[start:] + ring[:start]
    return [[ring[0], ring[i], ring[i + 1]] for i in range(1, len(ring) - 1)]


def _solid(outline: Field, front: Field, back: Field) -> tuple[NDArray[np.float64], Indices]:
    """Triangulate front and back over the same outline; they share its vertices, so the solid is closed.

    Positions in grid steps: x right, y up (negative rows), z towards the viewer.
    """
    rows, columns = np.nonzero(outline > 0)
    count = len(rows)
    node = np.full(outline.shape, -1, np.int64)
    node[rows, columns] = np.arange(count)
    nodes = np.stack([columns, -rows, front[rows, columns]], axis=1)
    behind = np.stack([columns, -rows, -back[rows, columns]], axis=1)
    # Crossings of the outline with the grid lines, horizontal ones first.
    crossing, places = [], []
    total = 2 * count
    for axis, (dy, dx) in enumerate(((0, 1), (1, 0))):
        one = outline[:, :-1] if axis == 0 else outline[:-1]
        other = outline[:, 1:] if axis == 0 else outline[1:]
        cut = (one > 0) != (other > 0)
        r, c = np.nonzero(cut)
        share = one[cut] / (one[cut] - other[cut])
        ids = np.full(cut.shape, -1, np.int64)
        ids[r, c] = total + np.arange(len(r))
        total += len(r)
        crossing.append(ids)
        places.append(np.stack([c + dx * share, -(r + dy * share), np.zeros(len(r))], axis=1))
    level, upright = crossing
    edge = [level[:-1], upright[:, 1:], level[1:], upright[:, :-1]]
    down, across = outline.shape
    corner = [node[dy : down - 1 + dy, dx : across - 1 + dx] for dy, dx in CORNERS]
    case = np.zeros(corner[0].shape, np.int64)
    for i in range(4):
        case |= (corner[i] >= 0).astype(np.int64) << i
    faces = [
        np.stack([(corner if kind == "n" else edge)[i][case == index] for kind, i in triangle], axis=1)
        for index in range(1, 16)
        for triangle in _polygons(index)
    ]
    # The ring of a cell runs clockwise on screen; turned over, the front faces the viewer.
    faces_front = np.concatenate(faces)[:, ::-1]
    faces_back = np.where(faces_front < count, faces_front + count, faces_front)[:, ::-1]
    positions = np.concatenate([nodes, behind, *places]).astype(np.float64)
    return positions, np.concatenate([faces_front, faces_back]).astype(np.uint32)


def _simplify(positions: NDArray[np.float64], triangles: Indices) -> tuple[NDArray[np.float64], Indices]:
    """Remove vertices the shape does not need, until the budget is kept; closed stays closed."""
    solid = manifold3d.Manifold(
        manifold3d.Mesh64(
            vert_properties=np.ascontiguousarray(positions), tri_verts=triangles.astype(np.uint64)
        )
    )
    tolerance = 0.06
    solid = solid.simplify(tolerance)
    while solid.num_tri() > MAX_TRIANGLES:
        tolerance *= 1.5
        solid = solid.simplify(tolerance)
    mesh = solid.to_mesh64()
    return np.asarray(mesh.vert_properties)[:, :3], np.asarray(mesh.tri_verts).astype(np.uint32)


def _normals(positions: NDArray[np.float64], triangles: Indices) -> Points:
    """Vertex normals, weighted by the area of the faces around."""
    a, b, c = (positions[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(positions)
    for i in range(3):
        np.add.at(normals, triangles[:, i], face)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    flat = length[:, 0] < 1e-12
    normals[flat], length[flat] = (0, 0, 1), 1
    return np.asarray(normals / length, dtype=np.float32)


def _texture(rgb: Rgb, mask: Mask, window: Window) -> bytes:
    """The window of the photograph as JPEG, the colours of the piece carried out over its outline.

    Without that the mixed pixels along the outline would line the relief with backdrop.
    """
    left, top, right, bottom = window
    scale = min(1.0, TEXTURE_SIDE_PX / max(right - left, bottom - top))
    size = (max(4, round((right - left) * scale)), max(4, round((bottom - top) * scale)))
    whole = mask.astype(np.uint8)
    rim = max(1, round(RIM_SHARE * max(mask.shape)))
    core = cv2.erode(whole, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1)))
    # Strands too thin to lose their rim keep it.
    core = np.where(cv2.dilate(core, np.ones((4 * rim + 3, 4 * rim + 3), np.uint8)) > 0, core, whole)
    _, nearest = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colour_of = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colour_of[nearest[core > 0]] = rgb[core > 0]
    filled = colour_of[nearest]
    x = ((np.arange(size[0], dtype=np.float32) + 0.5) / size[0]) * (right - left) + left - 0.5
    y = ((np.arange(size[1], dtype=np.float32) + 0.5) / size[1]) * (bottom - top) + top - 0.5
    if scale < 1:
        filled = cv2.GaussianBlur(filled, (0, 0), 0.4 / scale)
    map_x, map_y = np.meshgrid(x, y)
    texture = cv2.remap(filled, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return images.encode_jpeg(np.asarray(texture, np.uint8), 90, xmp=metadata.packet(metadata.ENHANCED))
