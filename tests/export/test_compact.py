"""The compact archive: the same design in fewer bytes, on any machine, and no way for a stranger to bend it."""

import io
import json
import random
import zipfile
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from pipeline import images
from pipeline.errors import BadArchive, LoupeError
from pipeline.export import archive, compact, foresight
from pipeline.export.verify import verify
from pipeline.records import Design
from pipeline.store import Store
from tests.export.test_archive import _mutated, pack, resealed


@pytest.fixture(scope="module")
def packed(shelf: Store, finished: Design) -> bytes:
    """The finished design as a .loupe file."""
    return archive.write(shelf, finished)


@pytest.fixture(scope="module")
def small(packed: bytes) -> bytes:
    """The same, made smaller."""
    return compact.shrunk(packed)


@pytest.fixture(scope="module")
def members(small: bytes) -> dict[str, bytes]:
    """The entries of the smaller one."""
    return _entries(small)


def _entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _otherwise(pixels: images.Pixels, *, recipe: dict) -> bytes:
    """A PNG as a system with another zlib packs it."""
    out, told = io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("loupe-recipe", json.dumps(recipe))
    Image.fromarray(pixels).save(out, "PNG", compress_level=9, pnginfo=told)
    return out.getvalue()


def test_it_opens_as_what_it_was_made_of(small: bytes, packed: bytes) -> None:
    """Every entry has its bytes, and the pictures took fewer."""
    with archive.opened(small) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == _entries(packed)
    assert len(small) < 0.8 * len(packed)
    assert {name for name in _entries(small) if name.startswith("closeups/")} == {
        name.replace(".png", ".webp") for name in _entries(packed) if name.startswith("closeups/")
    }


def test_the_design_comes_in(small: bytes, packed: bytes, finished: Design, empty: Store, tmp_path) -> None:
    """By the same door as any other, and it is checked like any other."""
    assert archive.read(empty, small) == finished
    assert archive.write(empty, finished) == packed
    file = tmp_path / "small.loupe"
    file.write_bytes(small)
    assert verify(file).ok


def test_where_a_png_is_packed_otherwise(
    small: bytes, finished: Design, shelf: Store, empty: Store, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture has the same pixels, the name its new bytes have, and is the parent of what was made from it."""
    monkeypatch.setattr(images, "encode_png", _otherwise)
    design = archive.read(empty, small)
    assert design != finished
    named = {asset.id for asset in design.assets()}
    for new, old in zip(design.assets(), finished.assets(), strict=True):
        data = empty.read(new)
        assert (new.id, new.size_bytes) == (images.content_id(data), len(data))
        if old.media_type == "image/png":
            np.testing.assert_array_equal(empty.pixels(new), shelf.pixels(old))
        held = [
            parent for parent in old.recipe.parents if any(parent == asset.id for asset in finished.assets())
        ]
        assert len(named & set(new.recipe.parents)) == len(held)
    file = tmp_path / "again.loupe"
    file.write_bytes(archive.write(empty, design))
    assert verify(file).ok


def test_an_archive_without_pictures_to_restore_is_opened_as_it_is(packed: bytes) -> None:
    """As all were written until now."""
    with zipfile.ZipFile(io.BytesIO(packed)) as whole:
        assert compact.grown(whole, most_bytes=0) is whole


@pytest.mark.parametrize("what", ["no picture", "another size", "both", "none"])
def test_a_bent_picture_is_refused(what: str, members: dict[str, bytes], empty: Store) -> None:
    """In one sentence, and nothing is kept."""
    name = next(name for name in members if name.startswith("closeups/"))
    out = io.BytesIO()
    Image.new("RGB", (9, 7)).save(out, "WEBP", lossless=True)
    bent = dict(members)
    match what:
        case "no picture":
            bent[name] = b"RIFF\0\0\0\0WEBPVP8L"
        case "another size":
            bent[name] = out.getvalue()
        case "both":
            bent[name.replace(".webp", ".png")] = members[name]
        case "none":
            del bent[name]
    with pytest.raises(BadArchive):
        archive.read(empty, pack(bent))
    assert not empty.designs()


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_what_is_foreseen_never_changes(factor: int) -> None:
    """By no processor, no order of sums and no edition of ours: old archives would come back with other pixels."""
    rng = np.random.default_rng(3)
    crop = rng.integers(0, 256, (150, 40, 3), dtype=np.uint8)
    answer = rng.integers(0, 256, (150 * factor, 40 * factor, 3), dtype=np.uint8)
    digest = images.content_id(foresight.foreseen(crop, answer).tobytes())
    assert (
        digest[:16]
        == {2: "fa555cd48f29e49d", 3: images.content_id(answer.tobytes())[:16], 4: "3e622df3add97968"}[factor]
    )


@pytest.mark.parametrize("factor", [2, 4])
def test_no_rounding_touches_what_is_foreseen(factor: int) -> None:
    """Every number on the way is the fraction that exact arithmetic gives: here by Python's own."""
    rng = np.random.default_rng(4)
    small = rng.integers(-1024 * 255, 1024 * 255, (7, 6, 3)) / 1024
    stretched = foresight._stretched(small, factor)
    for row, column in ((0, 0), (9, 5), (13, 11)):
        exact = sum(
            _weight(row, n, factor, 7) * _weight(column, k, factor, 6) * Fraction(float(small[n, k, 1]))
            for n in range(7)
            for k in range(6)
        )
        assert Fraction(float(stretched[row, column, 1])) == exact


def _weight(place: int, source: int, factor: int, count: int) -> Fraction:
    """Of one sample in a cubic interpolation (Keys 1981, a = -3/4) whose edges repeat."""
    at = Fraction(2 * place + 1, 2 * factor) - Fraction(1, 2)
    first, a = at.numerator // at.denominator, Fraction(-3, 4)
    total = Fraction(0)
    for tap in range(first - 1, first + 3):
        away = abs(at - tap)
        near = (a + 2) * away**3 - (a + 3) * away**2 + 1
        far = a * away**3 - 5 * a * away**2 + 8 * a * away - 4 * a
        if min(max(tap, 0), count - 1) == source:
            total += near if away <= 1 else far
    return total


def test_it_never_grows_past_what_is_allowed(small: bytes) -> None:
    """Judged by the sizes it claims, before anything is decoded."""
    with zipfile.ZipFile(io.BytesIO(small)) as opened, pytest.raises(BadArchive, match="unpacks to far more"):
        compact.grown(opened, most_bytes=1000)


def test_pictures_made_from_one_another_in_a_circle(members: dict[str, bytes], empty: Store) -> None:
    """A stranger's manifest may say so; it is refused or read, and ends."""

    def circle(body: dict) -> None:
        branch = body["design"]["branches"][0]
        for close_up in branch["close_ups"]:
            close_up["registered"] = close_up["locked"]

    with pytest.raises(BadArchive):
        archive.read(empty, resealed(members, circle))
    assert not empty.designs()


def test_mutations(small: bytes, finished: Design, empty: Store) -> None:
    """A mutated one is refused, or imported whole with the pixels it had."""
    rng = random.Random(5)
    for _ in range(60):
        try:
            design = archive.read(empty, _mutated(small, rng))
        except LoupeError:
            assert not empty.designs()
            continue
        assert design == finished
        empty.delete(design.id)
