"""Uploads in a process of their own: the same pixels as here, and a sentence when it is too much for it."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile
from PIL import Image

from pipeline import decoder, decoding, images
from pipeline.child import Child
from pipeline.errors import BadImage
from pipeline.stages import generate
from pipeline.store import Store
from tests.icc import levels_in, matrix_profile


def picture(side=600):
    y, x = np.mgrid[:side, :side] / side
    levels = np.rint(255 * np.stack([x, y, (x + y) / 2], axis=-1)).astype(np.uint8)
    levels[side // 3 : side // 2, side // 3 : side // 2] //= 2
    return levels


def saved(pixels, kind, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def test_it_gives_what_decoding_gives(tmp_path) -> None:
    """Pixels and what is said of them cross the process as they are; refusals arrive as themselves; others wait."""
    tagged = saved(levels_in(picture(), "Display P3"), "PNG", icc_profile=matrix_profile("Display P3"))
    with ThreadPoolExecutor(2) as pool:
        for here in pool.map(lambda _: decoder.decode_master(tagged, tmp_path), range(3)):
            wanted = decoding.master(tagged)
            assert np.array_equal(here.pixels, wanted.pixels)
            assert (here.notes, here.profile, here.outside) == (wanted.notes, wanted.profile, wanted.outside)
    with pytest.raises(BadImage, match="not a picture"):
        decoder.decode_master(b"%PDF-1.7", tmp_path)
    with pytest.raises(BadImage, match="at least 512 px"):
        decoder.decode_master(images.encode_png(picture(300)), tmp_path)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is watched by /proc")  # noqa: PTH110
def test_too_much_memory_is_a_sentence(tmp_path) -> None:
    """A picture past the ceiling is refused, and the next one is taken."""
    small = Child(
        "pipeline.decoder",
        "The decoder",
        tmp_path / "decoder.log",
        memory_ceiling_mb=400,
        idle_s=30,
        failed=BadImage,
        unavailable=BadImage,
    )
    large = saved(np.zeros((9000, 9000, 3), np.uint8), "PNG", compress_level=1)
    with pytest.raises(BadImage, match="memory"):
        small.ask({"op": "decode"}, [np.frombuffer(large, np.uint8)])
    header, arrays = small.ask({"op": "decode"}, [np.frombuffer(saved(picture(), "PNG"), np.uint8)])
    assert arrays[0].shape == (600, 600, 3)
    assert header["profile"] == ""
    small.close()


def test_an_upload_is_decoded_over_there_under_a_ceiling_that_leaves_room_for_others(
    tmp_path, monkeypatch
) -> None:
    """Not in the process that serves pages; with it and a renderer the decoder has to fit into 2.7 GB."""

    def here(*_: object) -> None:
        raise AssertionError("decoded in the process that serves pages")

    monkeypatch.setattr(decoding, "master", here)
    store = Store(tmp_path)
    design = generate.upload(store, store.create("A ring", kind="ring").id, saved(picture(), "PNG"))
    assert design.branch is not None
    assert str(decoder.MEMORY_CEILING_MB) in decoder._child(tmp_path)._command
    assert decoder.MEMORY_CEILING_MB <= 1200


def test_what_was_done_to_an_upload_stands_in_its_checklist(tmp_path) -> None:
    """A photograph in Display P3 with a second page: its colour space and the page are told, its colours are sRGB."""
    pixels = picture()
    deep = levels_in(pixels, "Display P3")
    deep[:100] = (255, 0, 0)
    first, second = Image.fromarray(deep), Image.new("RGB", (60, 60))
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], icc_profile=matrix_profile("Display P3"))
    store = Store(tmp_path)
    design = generate.upload(store, store.create("A ring", kind="ring").id, out.getvalue())
    assert design.branch is not None
    checks = {check.name: check for check in design.branch.checks}
    assert checks["profile"].figure.startswith("Display P3 to sRGB, 16.")
    assert not checks["profile"].ok
    assert checks["file"].advice == "The first of 2 pages was taken."
    master = store.pixels(design.branch.master)
    assert np.abs(master[200:].astype(int) - pixels[200:]).mean() < 0.5
    plain = generate.upload(store, store.create("Another", kind="ring").id, images.encode_png(pixels))
    assert plain.branch is not None
    assert not {"profile", "file"} & {check.name for check in plain.branch.checks}


def test_a_large_file_is_read_from_the_disk(tmp_path, monkeypatch) -> None:
    """The same picture either way, nothing stays behind, and what a killed process left goes."""
    monkeypatch.setattr(decoder, "LARGE_BYTES", 1000)
    left = tmp_path / "upload-killed"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    for data in (deep_tiff(), saved(picture(), "JPEG"), images.encode_png(picture())):
        here, wanted = decoder.decode_master(data, tmp_path, 512), decoding.master(data, 512)
        assert np.abs(here.pixels.astype(int) - wanted.pixels).max() <= 1
        assert here.notes == wanted.notes
    with pytest.raises(BadImage, match="not a picture"):
        decoder.decode_master(b"%PDF-1.7" * 200, tmp_path)
    assert not list(tmp_path.glob("upload-*"))


def deep_tiff(**options):
    out = io.BytesIO()
    tifffile.imwrite(out, picture(700).astype(np.uint16) * 257, photometric="rgb", **options)
    return out.getvalue()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"byteorder": ">"},
        {"rowsperstrip": 37},
        {"rowsperstrip": 37, "compression": "zlib", "predictor": True},
        {"tile": (128, 128)},
    ],
)
def test_a_deep_tiff_is_averaged_strip_by_strip(tmp_path, layout, orientation) -> None:
    """Rows that lie across two strips are whole; with alpha and in grey, too."""
    levels = np.random.default_rng(2).integers(0, 65_536, (700, 900, 3)).astype(np.uint16)
    alpha = np.tile(np.linspace(0, 65_535, 900).astype(np.uint16), (700, 1))
    tag = [(274, "H", 1, orientation, False)]
    for shown, kind in (
        (levels, {"photometric": "rgb"}),
        (np.dstack([levels, alpha]), {"photometric": "rgb", "extrasamples": ["unassalpha"]}),
        (levels[..., 0], {"photometric": "miniswhite"}),
    ):
        file = tmp_path / "deep.tif"
        tifffile.imwrite(file, shown, **kind, **layout, extratags=tag)
        for longest in (660, 899):
            strips, whole = decoding.master(file, longest), decoding.master(file.read_bytes(), longest)
            assert np.abs(strips.pixels.astype(int) - whole.pixels).max() <= 1
            assert (strips.notes, strips.profile) == (whole.notes, whole.profile)


def test_a_deep_tiff_that_is_cut_off_is_said_to_be(tmp_path) -> None:
    """Whichever way it is read."""
    file = tmp_path / "deep.tif"
    file.write_bytes(deep_tiff()[:-90_000])
    with pytest.raises(BadImage, match="cut off"):
        decoding.master(file, 600)


@pytest.mark.parametrize("packing", ["zlib", "lzma"])
def test_a_deep_tiff_whose_strips_are_damaged_is_said_to_be(tmp_path, packing) -> None:
    """What a packing's own library says of it is no sentence for anybody."""
    data = bytearray(deep_tiff(compression=packing, rowsperstrip=37))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    file = tmp_path / "deep.tif"
    file.write_bytes(data)
    for source in (file, bytes(data)):
        with pytest.raises(BadImage, match="cut off or damaged"):
            decoding.master(source, 600)
