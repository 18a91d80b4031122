"""The piece in numbers: fields of the manifest and CSV, the same as the drawing's title block."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.atelier.measures import figures
from pipeline.atelier.spec import Spec
from pipeline.export import archive, folder, manifest, numbers
from pipeline.export.verify import verify
from pipeline.store import Store

SAMPLE = Path(__file__).parents[2] / "samples" / "rose-gold-solitaire.loupe"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A rendered ring of the samples."""
    store = Store(tmp_path_factory.mktemp("numbers"))
    return store, archive.read(store, SAMPLE.read_bytes(), ours=True)


def test_the_manifest_carries_numbers(sample, tmp_path):
    """Grams, carats and millimetres are numbers in a folder's manifest, as the atelier measures them."""
    store, design = sample
    assert design.branch is not None
    design = design.with_branch(design.branch.model_copy(update={"close_ups": (), "sketches": ()}))
    folder.write(store, design, tmp_path)
    read = json.loads((tmp_path / "manifest.json").read_bytes())["numbers"]
    known = figures(Spec.model_validate_json(design.branch.master.recipe.origin))
    assert [m["grams"] for m in read["metals"]] == [round(w.grams, 3) for w in known.weights]
    assert sum(s["carats"] for s in read["stones"]) == pytest.approx(
        sum(s.carats for s in known.gems), abs=1e-2
    )
    assert {m["name"]: m["mm"] for m in read["measures"]}["inner diameter"] > 10
    assert manifest.decode((tmp_path / "manifest.json").read_bytes()).numbers is not None
    assert (tmp_path / "gems.csv").is_file()
    assert verify(tmp_path).ok


def test_the_command_line_writes_files_for_bench_and_caster(tmp_path):
    """Sheets, metal, model and figures of a .loupe file, and nothing of it stays in the data folder."""
    out = tmp_path / "files"
    answer = CliRunner().invoke(app, ["files", str(SAMPLE), "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    names = {path.name for path in out.iterdir()}
    assert {"metal.stl", "model.usdz", "sheets.pdf", "numbers.csv", "gems.csv"} <= names
    assert any(name.endswith(".svg") for name in names)
    rows = list(csv.DictReader((out / "gems.csv").read_text("utf-8-sig").splitlines()))
    assert float(rows[0]["carats"]) > 0
    assert int(rows[0]["count"]) >= 1


def test_what_cannot_be_counted_has_no_numbers(tmp_path):
    """Of a design without a master nothing is claimed, and a wrong id is one sentence."""
    store = Store(tmp_path)
    assert numbers.numbers(store.create("Bare")) is None
    answer = CliRunner().invoke(app, ["files", "nothinghere", "--out", str(tmp_path / "x")])
    assert answer.exit_code in {1, 2}
    assert "Traceback" not in answer.output
