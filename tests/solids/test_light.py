"""The light box that lights the 3D view."""

import numpy as np

from pipeline.solids.light import HEIGHT, WIDTH, studio_light


def decode(content):
    """Read flat RGBE back to linear RGB, independently of the writer."""
    head, size, pixels = content.split(b"\n", 3)[0], content.split(b"\n", 4)[3], content.split(b"\n", 4)[4]
    assert head == b"#?RADIANCE"
    assert size == f"-Y {HEIGHT} +X {WIDTH}".encode()
    rgbe = np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, 4).astype(float)
    return rgbe[..., :3] / 256 * 2.0 ** (rgbe[..., 3:] - 128)


def test_it_has_the_contrast_metal_needs():
    """The brightest light is more than fifty times the darkest card, and the ceiling outshines the table."""
    light = decode(studio_light()).mean(-1)
    assert light.min() > 0
    assert light.max() / light.min() > 50
    assert light[:16].mean() > light[-16:].mean()


def test_it_is_one_smooth_surround():
    """Left and right edge meet: a turning model shows no seam."""
    light = decode(studio_light()).mean(-1)
    seam = np.abs(light[:, 0] - light[:, -1]).max()
    assert seam <= np.abs(np.diff(light, axis=1)).max()
    assert seam < 0.05


def test_no_scanline_looks_compressed():
    """A flat line that began with 2, 2 would be read as run-length coded."""
    pixels = np.frombuffer(studio_light().split(b"\n", 4)[4], np.uint8).reshape(HEIGHT, WIDTH, 4)
    assert not ((pixels[:, 0, 0] == 2) & (pixels[:, 0, 1] == 2)).any()
