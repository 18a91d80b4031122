"""The command line: the pipeline headless, one sentence for whatever is wrong, exit codes that scripts can read."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.images import Pixels, decode, dimensions, encode_png, resize
from pipeline.stages.generate import named_kind


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def master(tmp_path: Path, ring_png: bytes) -> Path:
    path = tmp_path / "master.png"
    path.write_bytes(ring_png)
    return path


def test_a_photograph_becomes_the_whole_set_and_verifies(
    tmp_path: Path, master: Path, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Master, five close-ups, six sheets, model, manifest; a second run hands them out at once, a third adds views."""
    first, second = tmp_path / "first", tmp_path / "second"
    told = ask("run", "--image", str(master), "--kind", "ring", "--factor", "2", "--out", str(first))
    assert told.exit_code == 0, told.output
    assert "1 master, 5 close-ups (5 the same piece" in told.output
    assert (decode((first / "master.png").read_bytes()) == ring_pixels).all()
    assert len(list((first / "closeups").glob("*.png"))) == 5
    assert len(list((first / "sketches").glob("*.png"))) == 6
    assert (first / "model.glb").read_bytes()[:4] == b"glTF"
    assert json.loads((first / "manifest.json").read_text())["design"]["name"] == "master"
    # A picture in the prompt's place is taken as one.
    assert ask("run", str(master), "--kind", "ring", "--factor", "2", "--out", str(second)).exit_code == 0
    for name in ("master.png", "model.glb", "closeups/01-stone.png", "sketches/01-general-view.png"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert ask("verify", str(first)).exit_code == 0
    for name, small in (("STILL_PX", 64), ("FRAME_PX", 48), ("FRAMES", 4)):
        monkeypatch.setattr(f"pipeline.stages.angles.{name}", small)
    whole = (
        "run",
        "--image",
        str(master),
        "--kind",
        "ring",
        "--factor",
        "2",
        "--views",
        "--out",
        str(second),
    )
    assert ask(*whole).exit_code == 0
    assert len(list((second / "views").glob("*.png"))) == 6
    assert {"turntable.webp", "turntable.webm", "model-over-master.png"} <= {f.name for f in second.iterdir()}
    assert (second / "model.glb").read_bytes() == (first / "model.glb").read_bytes()
    assert ask("verify", str(second)).exit_code == 0
    tampered = next((first / "closeups").glob("*.png"))
    data = bytearray(tampered.read_bytes())
    data[len(data) // 2] ^= 1
    tampered.write_bytes(data)
    assert ask("verify", str(first)).exit_code == 1


def test_check_measures_the_master(master: Path) -> None:
    """Six checks, each with its figure."""
    rows = json.loads(ask("check", str(master), "--json").stdout)
    assert len(rows) == 6
    assert {"name", "ok", "figure", "value"} <= set(rows[0])
    assert any(row["figure"] == "640 x 640 px" for row in rows)


def test_check_knows_that_a_chain_may_leave_by_the_top(tmp_path: Path) -> None:
    """A pendant seen close is cut for a ring and whole for a necklace."""
    picture = np.full((640, 640, 3), 255, np.uint8)
    picture[300:480, 240:400] = picture[:300, 315:325] = (170, 120, 40)
    path = tmp_path / "close.png"
    Image.fromarray(picture).save(path)
    said = {}
    for kind in ("ring", "necklace"):
        rows = json.loads(ask("check", str(path), "--kind", kind, "--json").stdout)
        said[kind] = next(row["figure"] for row in rows if row["label"] == "Whole piece inside the frame")
    assert "cut" in said["ring"]
    assert "the chain leaves by the top" in said["necklace"]


@pytest.mark.parametrize("kind", ["ring", "necklace", "earrings", "bracelet", "brooch"])
def test_suggest_gives_five_boxes_inside(master: Path, kind: str) -> None:
    """Five labelled boxes in whole pixels, all of them on the master."""
    rows = json.loads(ask("suggest", str(master), "--kind", kind, "--json").stdout)
    assert len({row["label"] for row in rows}) == 5
    for row in rows:
        assert set(row) == {"label", "x", "y", "width", "height"}
        assert 0 <= row["x"] < row["x"] + row["width"] <= 640
        assert 0 <= row["y"] < row["y"] + row["height"] <= 640


def test_compare_tells_the_same_piece_from_another(tmp_path: Path, ring_pixels: Pixels) -> None:
    """Exit 0 for an honest enlargement, 3 for another picture; the JSON carries the figures."""
    crop = ring_pixels[40:300, 180:460]
    (tmp_path / "crop.png").write_bytes(encode_png(np.ascontiguousarray(crop)))
    honest = resize(np.ascontiguousarray(crop), crop.shape[1] * 2, crop.shape[0] * 2)
    (tmp_path / "honest.png").write_bytes(encode_png(honest))
    other = np.random.default_rng(3).integers(0, 255, honest.shape, np.uint8)
    (tmp_path / "other.png").write_bytes(encode_png(other))
    heatmap = tmp_path / "heat.png"
    told = ask(
        "compare",
        str(tmp_path / "crop.png"),
        str(tmp_path / "honest.png"),
        "--json",
        "--heatmap",
        str(heatmap),
    )
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert figures["verdict"] == "pass"
    assert figures["raw"]["lr_psnr_db"] > 35
    assert {"raw_verdict", "drift", "reasons", "locked", "transform", "seconds"} <= set(figures)
    assert dimensions(heatmap.read_bytes()) == (crop.shape[1], crop.shape[0])
    drifted = ask("compare", str(tmp_path / "crop.png"), str(tmp_path / "other.png"), "--json")
    assert drifted.exit_code == 3
    assert json.loads(drifted.stdout)["raw_verdict"] == "fail"
    locked = tmp_path / "locked.png"
    assert (
        ask("lock", str(tmp_path / "crop.png"), str(tmp_path / "honest.png"), "--out", str(locked)).exit_code
        == 0
    )
    assert decode(locked.read_bytes()).shape == honest.shape


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", ""], "prompt is empty"),
        (["run", "ring " * 5000], "shorten it"),
        (["run", "--image", "{nothing}"], "cannot be read"),
        (["run", "--image", "{text}"], "not a picture"),
        (["run", "a ring", "--provider", "nobody"], "There is no provider"),
        (["check", "{text}"], "not a picture"),
        (["compare", "{text}", "{text}"], "not a picture"),
        (["compare", "{large}", "{small}"], "."),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit code other than 0, one line on stderr, no traceback."""
    (tmp_path / "text.png").write_text("hello")
    for name, side in (("large", 300), ("small", 40)):
        out = io.BytesIO()
        Image.effect_noise((side, side), 60).convert("RGB").save(out, "PNG")
        (tmp_path / f"{name}.png").write_bytes(out.getvalue())
    places = {name: str(tmp_path / f"{name}.png") for name in ("nothing", "text", "large", "small")}
    told = ask(
        *(argument.format(**places) for argument in arguments),
        *(["--out", str(tmp_path / "out")] if arguments[0] == "run" else []),
    )
    assert told.exit_code in (1, 2)
    last = told.stderr.strip().splitlines()[-1]
    assert said in last
    assert "Traceback" not in told.output


def test_providers_lists_the_table() -> None:
    """Every row with status, roles and prices."""
    rows = json.loads(ask("providers", "--json").stdout)
    assert [row["id"] for row in rows][:2] == ["atelier", "local"]
    assert all(set(row) == {"id", "name", "status", "roles", "models", "close_ups", "prices"} for row in rows)
    assert set(rows[0]["roles"]) == {"generate", "enhance", "sketch", "model"}
    by_id = {row["id"]: row for row in rows}
    assert by_id["seedream"]["close_ups"] == "redrawn by a generative model"
    assert by_id["fal-seedvr"]["close_ups"] == "added by super-resolution"
    assert "guess" in by_id["tripo"]["prices"]
    lines = {line.split()[0]: line for line in ask("providers").stdout.splitlines()}
    assert "needs LOUPE_ARK_API_KEY" in lines["seedream"]
    assert "enhance $0.040" in lines["seedream"]
    assert "redrawn by a generative model" in lines["seedream"]


def test_a_photograph_is_of_the_kind_its_name_says() -> None:
    """The labels of the close-ups follow the kind, so a bracelet's picture must not be cut as a ring."""
    assert named_kind("gold_Bracelet 2") == "bracelet"
    assert named_kind("IMG_2231") is None


def test_enlarge_agrees_with_its_picture(
    tmp_path: Path, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture enlarged whole is the picture again when it is reduced; too small and too large are told."""
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    small = tmp_path / "small.png"
    small.write_bytes(encode_png(resize(ring_pixels, 72, 64)))
    enlarged = ask("enlarge", str(small), "--factor", "3", "--out", str(tmp_path / "large.png"))
    assert enlarged.exit_code == 0, enlarged.output
    large = decode((tmp_path / "large.png").read_bytes())
    assert large.shape == (192, 216, 3)
    back = large.reshape(64, 3, 72, 3, 3).mean(axis=(1, 3))
    assert np.sqrt(np.mean((back - decode(small.read_bytes())) ** 2)) < 1.0
    for size, words in (((63, 80), "begins at 64 px"), ((3000, 2000), "would have 96 megapixels")):
        small.write_bytes(encode_png(np.zeros((size[1], size[0], 3), np.uint8)))
        refused = ask("enlarge", str(small), "--out", str(tmp_path / "no.png"))
        assert refused.exit_code == 2
        assert words in refused.output


def test_bench_views_of_a_photograph_are_refused_in_words(tmp_path: Path, master: Path) -> None:
    """`run --bench` draws from known geometry: a photograph has none, and that is said before anything is made."""
    answer = ask("run", "--image", str(master), "--kind", "ring", "--bench", "--out", str(tmp_path / "out"))
    assert answer.exit_code == 2
    assert "Bench views need a piece of the atelier" in answer.output
    assert not (tmp_path / "out").exists()


def test_a_set_is_made_of_words_and_of_a_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of words every piece, of a design the others only, each in a folder of its kind; a plain band has none."""
    made: list[tuple[str, Path]] = []
    monkeypatch.setattr("pipeline.__main__._make", lambda spec, out, _, **__: made.append((spec.kind, out)))
    assert ask("set", "white gold studs with rubies", "--out", str(tmp_path)).exit_code == 0
    assert made == [(kind, tmp_path / kind) for kind in ("earrings", "necklace", "ring", "bracelet")]
    made.clear()
    sample = Path(__file__).parents[1] / "samples" / "ruby-pendant.loupe"
    assert ask("set", str(sample), "--out", str(tmp_path)).exit_code == 0
    assert [kind for kind, _ in made] == ["earrings", "ring", "bracelet"]
    refused = ask("set", "plain gold band")
    assert refused.exit_code == 2
    assert "nothing that another kind of piece could carry" in refused.output


def test_a_piece_is_thickened_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What grew is printed and the thicker piece made; what can be cast already is said and not made again."""
    made: list[float | None] = []
    monkeypatch.setattr("pipeline.__main__._make", lambda spec, *_, **__: made.append(spec.least_wall_mm))
    told = ask("thicken", "2 mm gold band with milgrain edges", "--out", str(tmp_path))
    assert told.exit_code == 0, told.output
    assert "milgrain 0.26 → 0.32 mm." in told.output
    assert made == [0.8]
    assert "nothing is thickened" in ask("thicken", "2 mm plain gold band").output
    assert made == [0.8]
