"""ICC profiles made from their definitions, and pictures in them: the truth for tests of the colour door."""

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
D65_XY, D50_XY = (0.3127, 0.3290), (0.3457, 0.3585)
CORNERS = {
    "Display P3": (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65_XY, None),
    "Adobe RGB": (((0.640, 0.330), (0.210, 0.710), (0.150, 0.060)), D65_XY, 563 / 256),
    "ProPhoto": (((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), D50_XY, 1.8),
}
"""Corners, white, gamma (None: sRGB's curve)."""
SRGB = (((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)), D65_XY, None)


def to_xyz(corners, white):
    """Linear RGB to XYZ under D50."""

    def xyz(x, y):
        return np.array([x / y, 1, (1 - x - y) / y])

    towards = np.array([xyz(*corner) for corner in corners]).T
    matrix = towards * np.linalg.solve(towards, xyz(*white))
    return np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ xyz(*white))) @ BRADFORD @ matrix


def light_of(value, gamma):
    if gamma:
        return value**gamma
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def value_of(light, gamma):
    light = np.clip(light, 0, 1)
    if gamma:
        return light ** (1 / gamma)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def levels_in(pixels, space, most=255):
    """An sRGB picture's numbers in another space."""
    corners, white, gamma = CORNERS[space]
    light = light_of(pixels / 255.0, None) @ to_xyz(*SRGB[:2]).T
    inside = light @ np.linalg.inv(to_xyz(corners, white)).T
    return np.rint(most * value_of(inside, gamma)).astype(np.uint8 if most == 255 else np.uint16)


def s15(value):
    return struct.pack(">i", round(float(value) * 65536))


def profile(kind, colours, pcs, title, tags):
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(title) + 1) + title + bytes(79)), *tags]
    tags += [(b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", b"XYZ \0\0\0\0" + b"".join(map(s15, D50)))]
    offset, table, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags:
        table += name + struct.pack(">II", offset + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack(">I", 128 + len(table) + len(data)) + b"lcms" + bytes([2, 0x40, 0, 0])
    head += kind + colours + pcs + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(map(s15, D50))
    return head.ljust(128, b"\0") + table + data


def curve_of(gamma):
    t = np.linspace(0, 1, 1024)
    return (
        b"curv\0\0\0\0"
        + struct.pack(">I", 1024)
        + np.round(light_of(t, gamma) * 65535).astype(">u2").tobytes()
    )


def matrix_profile(space):
    """An ICC v2 profile of a matrix and curves; `grey 1.8` is a grey one."""
    if space == "grey 1.8":
        return profile(b"mntr", b"GRAY", b"XYZ ", b"grey", [(b"kTRC", curve_of(1.8))])
    corners, white, gamma = CORNERS[space]
    matrix = to_xyz(corners, white)
    tags = [
        (n, b"XYZ \0\0\0\0" + b"".join(map(s15, matrix[:, i])))
        for i, n in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
    ]
    tags += [(n, curve_of(gamma)) for n in (b"rTRC", b"gTRC", b"bTRC")]
    return profile(b"mntr", b"RGB ", b"XYZ ", space.encode(), tags)


def printed(inks):
    """CIELAB of ink shares (..., 4): each ink filters the paper's light."""
    filters = np.array([[0.15, 0.55, 0.75], [0.70, 0.15, 0.35], [0.90, 0.80, 0.12], [0.10, 0.10, 0.10]])
    light = np.prod(1 - inks[..., None] * (1 - filters), axis=-2) * 0.95
    xyz = light @ to_xyz(*SRGB[:2]).T / D50
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    ), light


def cmyk_profile(grid=11):
    """An ICC v2 profile of a table from four inks to CIELAB (lut16Type)."""
    axes = np.meshgrid(*[np.linspace(0, 1, grid)] * 4, indexing="ij")
    lab, _ = printed(np.stack(axes, axis=-1))
    coded = np.stack([lab[..., 0] * 652.80, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], axis=-1)
    clut = np.clip(np.rint(coded), 0, 65535).astype(">u2").tobytes()
    identity = b"".join(s15(v) for v in np.eye(3).ravel())
    straight = struct.pack(">2H", 0, 65535)
    table = b"mft2\0\0\0\0" + bytes([4, 3, grid, 0]) + identity + struct.pack(">2H", 2, 2)
    table += straight * 4 + clut + straight * 3
    return profile(b"prtr", b"CMYK", b"Lab ", b"case inks", [(b"A2B0", table), (b"A2B1", table)])


def ink(side):
    """Ink levels (side, side, 4) and, roughly, what they look like in sRGB."""
    y, x = np.mgrid[:side, :side] / (side - 1)
    inks = np.stack([x, y, 0.5 + 0.5 * np.sin(5 * x - 3 * y), 0.3 * (1 - x)], axis=-1)
    levels = np.rint(255 * inks).astype(np.uint8)
    _, light = printed(levels / 255.0)
    return levels, np.rint(255 * value_of(light / 0.95, None)).astype(np.uint8)
