"""Records: typed, read back before they are written, older ones led to today's form."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.errors import BadInput, Corrupt
from pipeline.export import archive, entries, manifest
from pipeline.records import Branch, Design, Recipe, Region
from pipeline.records.fidelity import Fidelity, Judgement
from pipeline.records.migration import migrated
from pipeline.store import Store

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "samples").glob("*.loupe"))
OLD = Path(__file__).parent / "older" / "old-pendant.loupe"
"""Written by the last edition whose records kept the gate's report as a plain dictionary."""
FIGURES = {"lr_psnr_db": 50.0, "worst_window_db": 40.0, "delta_e_max": 1.0}
REPORT = {
    "verdict": "pass",
    "raw_verdict": "pass",
    "drift": 0.1,
    "reasons": [],
    "raw": FIGURES,
    "locked": FIGURES,
}

INVALID = {
    "kind": {"kind": "crown"},
    "name": {"name": ""},
    "a number for a name": {"name": 5},
    "schema": {"schema_version": 99},
    "current branch": {"current": -1},
    "time without a zone": {"created_at": "2026-01-01T00:00:00"},
    "tags": {"tags": ("x" * 41,)},
    "many tags": {"tags": tuple(str(n) for n in range(51))},
    "a dictionary for a branch": {"branches": ({"master": 1},)},
    "unknown field": {"colour": "red"},
    "unknown field within": {"tags": (Region(id="a", label="b", x=0, y=0, width=9, height=9),)},
    "half a character": {"name": "\ud800"},
    "id": {"id": "another"},
}


@pytest.mark.parametrize("change", INVALID.values(), ids=INVALID.keys())
def test_an_invalid_change_is_refused_and_the_disk_keeps_the_old_record(
    change: dict[str, object], store: Store
) -> None:
    """What would not be read back is not written, and says what is wrong."""
    before = store.create("Ring", kind="ring")
    file = store.folder / "designs" / before.id / "design.json"
    data = file.read_bytes()
    with pytest.raises(BadInput, match=r"\w+.*\.$"):
        store.update(before.id, lambda design: design.model_copy(update=change))
    assert file.read_bytes() == data
    assert Store(store.folder).load(before.id) == before


def test_an_invalid_design_is_never_added(store: Store) -> None:
    """Neither by `add` nor by `create`."""
    design = store.create("Ring")
    for broken in (
        design.model_copy(update={"id": "other", "kind": "crown"}),
        design.model_copy(update={"id": "other", "branches": ("no branch",)}),
    ):
        with pytest.raises(BadInput):
            store.add(broken)
    with pytest.raises(BadInput):
        store.create("Ring", kind="crown")  # type: ignore[arg-type]
    assert [d.id for d in store.designs()] == [design.id]


@pytest.mark.parametrize("file", [*SAMPLES, OLD], ids=lambda file: file.stem)
def test_what_older_editions_wrote_is_written_again_to_the_byte(file: Path, tmp_path: Path) -> None:
    """Samples and old designs open, and their archive has the bytes it had; a compact one's pictures as well."""
    store = Store(tmp_path)
    data = _whole(file.read_bytes())
    design = archive.read(store, data, ours=True)
    assert archive.write(store, design) == data
    assert file in SAMPLES or data == file.read_bytes()
    assert all(c.fidelity.raw.lr_psnr_db > 0 for b in design.branches for c in b.close_ups)


def _whole(data: bytes) -> bytes:
    """The archive that a compact one stands for, to the byte."""
    out = io.BytesIO()
    with archive.opened(data) as opened, zipfile.ZipFile(out, "w") as whole:
        body = opened.read(manifest.NAME)
        for path in (manifest.NAME, *(file.path for file in manifest.decode(body).files)):
            entries.put(whole, path, opened.read(path))
    return out.getvalue()


def test_a_data_folder_of_an_older_edition_opens(tmp_path: Path) -> None:
    """Its record is read as it was written, and the summary counts what stands in it."""
    record = (OLD.parent / "old-pendant.json").read_bytes()
    folder = tmp_path / "designs" / json.loads(record)["id"]
    folder.mkdir(parents=True)
    (folder / "design.json").write_bytes(record)
    (design,) = Store(tmp_path).designs()
    assert json.loads(design.model_dump_json()) == json.loads(record)
    (summary,) = Store(tmp_path).summaries()
    assert (summary.close_ups, summary.sketches, summary.has_model, summary.damage) == (5, 6, True, "")


@pytest.mark.parametrize(
    "lost", ["sharpness", "judged_by", "transform", "photometry", "score", "seconds", "dial"]
)
def test_a_report_that_lacks_a_field_is_written_as_it_was_read(lost: str, tmp_path: Path) -> None:
    """Nothing is invented for what an earlier gate did not tell."""
    record = json.loads((OLD.parent / "old-pendant.json").read_bytes())
    for close_up in record["branches"][0]["close_ups"]:
        close_up["fidelity"].pop(lost)
        close_up["fidelity"]["a field of another edition"] = 1
    design = Design.model_validate_json(json.dumps(migrated(record)))
    for close_up in record["branches"][0]["close_ups"]:
        close_up["fidelity"].pop("a field of another edition")
    assert json.loads(design.model_dump_json()) == record
    assert design.branch is not None
    assert all(getattr(c.fidelity, lost) is None for c in design.branch.close_ups)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"drift": 1.1},
        {"drift": "low"},
        {"raw": {**FIGURES, "lr_psnr_db": 999}},
        {"locked": {**FIGURES, "delta_e_max": float("nan")}},
        {"locked": {}},
        {"reasons": [{"name": "ugly", "severity": 0.5, "box": None}]},
        {"reasons": [{"name": "recoloured", "severity": 2, "box": None}]},
        {"judged_by": {"gate": 1}},
        {"judged_by": {"gate": "x", "thresholds": {"warn": 2, "fail": 1}}},
        {"judged_by": {"gate": "x", "thresholds": {"warn": 1, "fail": 2, "more": 3}}},
        {"extra": 1},
    ],
)
def test_a_report_is_what_a_gate_can_say(change: dict[str, object]) -> None:
    """Figures out of their range, unknown words and further fields are refused."""
    assert Fidelity.model_validate(REPORT).verdict == "pass"
    with pytest.raises(ValidationError):
        Fidelity.model_validate({**REPORT, **change})


def test_a_report_is_frozen_and_what_was_told_as_null_stays_null() -> None:
    """`thresholds: null` is not the same as no word about them."""
    report = Fidelity.model_validate({**REPORT, "judged_by": {"gate": "x", "thresholds": None}})
    assert report.model_dump(mode="json")["judged_by"] == {"gate": "x", "thresholds": None}
    assert Judgement(gate="x").model_dump() == {"gate": "x"}
    with pytest.raises(ValidationError):
        report.verdict = "fail"  # type: ignore[misc]


def test_a_recipe_names_known_work() -> None:
    """A role and a detail are words of the house."""
    assert (
        Recipe(role="enhance", provider="x", detail="interpolated").model_dump(mode="json")["role"]
        == "enhance"
    )
    for wrong in ({"role": "improve"}, {"detail": "by magic"}, {"cost_usd": -1}, {"seconds": float("inf")}):
        with pytest.raises(ValidationError):
            Recipe.model_validate({"role": "upload", "provider": "x", **wrong})


def test_ids_are_given_once(store: Store, ring_pixels: object) -> None:
    """Two regions of one id would be one widget on a page."""
    asset = store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))  # type: ignore[arg-type]
    region = Region(id="a", label="stone", x=0, y=0, width=20, height=20)
    with pytest.raises(ValidationError, match="twice"):
        Branch(master=asset, regions=(region, region))
    many = tuple(region.model_copy(update={"id": str(n)}) for n in range(13))
    with pytest.raises(ValidationError):
        Branch(master=asset, regions=many)


def test_a_misspelt_field_deep_in_a_change_is_refused(store: Store, ring_pixels: object) -> None:
    """`model_copy` takes any name; the store does not."""
    asset = store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))  # type: ignore[arg-type]
    design = store.create("Ring")
    for branch in (
        Branch(master=asset).model_copy(update={"close_up": ()}),
        Branch(master=asset.model_copy(update={"with": 9})),
        Branch(master=asset.model_copy(update={"recipe": asset.recipe.model_copy(update={"costs": 1})})),
    ):
        with pytest.raises(BadInput, match="no field"):
            store.update(design.id, lambda d, b=branch: d.with_master(b))
    assert store.load(design.id) == design


def test_a_copied_folder_says_whose_copy_it_is(store: Store) -> None:
    """Two folders never answer to one id."""
    design = store.create("Ring")
    folder = store.folder / "designs"
    (folder / "copy").mkdir()
    (folder / "copy" / "design.json").write_bytes((folder / design.id / "design.json").read_bytes())
    with pytest.raises(Corrupt, match=f"copy of design {design.id}"):
        store.load("copy")
    assert [d.id for d in store.designs()] == [design.id]
