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


def cmyk_profile(press="", grid=11):
    """An ICC v2 profile of a table from four inks to CIELAB (lut16Type): of plain filters, or of a press of paper."""
    axes = np.stack(np.meshgrid(*[np.linspace(0, 1, grid)] * 4, indexing="ij"), axis=-1)
    if press:
        lab = to_lab(pressed(axes, press) / pressed(np.zeros(4), press))
    else:
        lab, _ = printed(axes)
    coded = np.stack([lab[..., 0] * 652.80, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], axis=-1)
    clut = np.clip(np.rint(coded), 0, 65535).astype(">u2").tobytes()
    identity = b"".join(s15(v) for v in np.eye(3).ravel())
    straight = struct.pack(">2H", 0, 65535)
    table = b"mft2\0\0\0\0" + bytes([4, 3, grid, 0]) + identity + struct.pack(">2H", 2, 2)
    table += straight * 4 + clut + straight * 3
    return profile(b"prtr", b"CMYK", b"Lab ", b"case inks", [(b"A2B0", table), (b"A2B1", table)])


PRESSES = {
    "coated": ({"": (95, 0, -2), "C": (55, -37, -50), "M": (48, 74, -3), "Y": (89, -5, 93), "K": (16, 0, 0),
                "MY": (47, 68, 48), "CY": (50, -65, 27), "CM": (24, 22, -46), "CMY": (23, 0, 0)}, 0.08, 1.6),
    "web": ({"": (89, 0, 3), "C": (55, -36, -41), "M": (47, 71, -3), "Y": (83, -5, 84), "K": (18, 1, 0),
             "MY": (47, 65, 45), "CY": (50, -61, 27), "CM": (26, 20, -42), "CMY": (23, 0, -1)}, 0.10, 1.7),
    "uncoated": ({"": (92, 1, -5), "C": (60, -26, -44), "M": (56, 61, -1), "Y": (89, -4, 78), "K": (31, 1, 1),
                  "MY": (54, 55, 26), "CY": (54, -44, 14), "CM": (38, 8, -31), "CMY": (33, 1, 0)}, 0.12, 1.8),
}  # fmt: skip
"""CIELAB (D50) of paper, inks and their overprints as ISO 12647-2 has them for three papers; the dots' own growth at
one half; Yule and Nielsen's n, for the light that paper spreads beneath them."""


def from_lab(lab):
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    return np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))


def to_lab(xyz):
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(np.maximum(xyz, 0)), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    )


def pressed(inks, press):
    """XYZ over D50 of ink shares (..., 4): Neugebauer's sixteen, as Yule and Nielsen mix them."""
    known, growth, n = PRESSES[press]
    shares = inks + 4 * growth * inks * (1 - inks)
    paper, black = (from_lab(np.array(known[key], float)) for key in ("", "K"))
    total = 0.0
    for bits in range(16):
        on = [bool(bits >> place & 1) for place in range(4)]
        cover = np.prod([shares[..., i] if on[i] else 1 - shares[..., i] for i in range(4)], axis=0)
        solid = from_lab(np.array(known["".join(k for k, o in zip("CMY", on, strict=False) if o)], float))
        solid = solid * black / paper if on[3] else solid
        total = total + cover[..., None] * solid ** (1 / n)
    return total**n


class Separation:
    """A picture as a press's inks, and those inks as they look: relative colorimetric, black point compensated."""

    def __init__(self, press, replaced=0.6, steps=25):
        from scipy.spatial import cKDTree

        self.press, self.replaced = press, replaced
        self.paper = pressed(np.zeros((1, 4)), press)[0]
        self.black = float((pressed(self._four(np.ones((1, 3))), press)[0] / self.paper)[1])
        axis = np.linspace(0, 1, steps)
        self.nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
        light = np.clip(self._light(self._four(self.nodes)), 0, None)
        self.near = cKDTree(to_lab(light @ to_xyz(*SRGB[:2]).T / D50))

    def _four(self, three):
        """Part of their grey as black (grey component replacement)."""
        grey = three.min(axis=-1, keepdims=True)
        black = self.replaced * np.clip((grey - 0.2) / 0.8, 0, 1) ** 1.3
        return np.concatenate([np.clip((three - 0.9 * black) / (1 - 0.9 * black), 0, 1), black], axis=-1)

    def _light(self, inks):
        relative = (pressed(inks, self.press) / self.paper - self.black) / (1 - self.black)
        return (relative * D50) @ np.linalg.inv(to_xyz(*SRGB[:2])).T

    def inks(self, pixels):
        """Ink shares (h, w, 4) of an sRGB picture (h, w, 3)."""
        colours, place = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
        lab = to_lab(light_of(colours / 255.0, None) @ to_xyz(*SRGB[:2]).T / D50)
        away, nodes = self.near.query(lab, k=8)
        weight = 1 / (away + 0.3) ** 2
        three = (self.nodes[nodes] * (weight / weight.sum(axis=1, keepdims=True))[..., None]).sum(axis=1)
        return self._four(three)[place.ravel()].reshape(*pixels.shape[:2], 4)

    def shown(self, inks):
        """SRGB levels of a print."""
        return np.rint(255 * value_of(self._light(inks), None)).astype(np.uint8)


def bare(inks):
    """SRGB levels of inks whose profile is lost, as every viewer shows them."""
    return np.rint(255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])).astype(np.uint8)


def tint_of(light, gain):
    """The tint (0..1, white is 1) that shows a light once its dots have grown: a grey profile "dot gain"."""
    slope = 1 + 4 * gain
    return 1 - (slope - np.sqrt(slope**2 - 16 * gain * (1 - light))) / (8 * gain)


def ink(side):
    """Ink levels (side, side, 4) and, roughly, what they look like in sRGB."""
    y, x = np.mgrid[:side, :side] / (side - 1)
    inks = np.stack([x, y, 0.5 + 0.5 * np.sin(5 * x - 3 * y), 0.3 * (1 - x)], axis=-1)
    levels = np.rint(255 * inks).astype(np.uint8)
    _, light = printed(levels / 255.0)
    return levels, np.rint(255 * value_of(light / 0.95, None)).astype(np.uint8)
