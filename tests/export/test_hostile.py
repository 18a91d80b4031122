"""Archives by strangers: whole or not at all, as strict as our own writing, their figures not ours until measured."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import BadArchive, LoupeError
from pipeline.export import archive, certificate, documents, manifest, remeasure, specification
from pipeline.records import Design
from pipeline.records.summary import Summary
from pipeline.stages import calibrate, standings
from pipeline.store import Store
from tests.test_index import JSON, mutated

OLD = Path(__file__).parents[1] / "older" / "old-pendant.loupe"


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(OLD) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


MEMBERS = _members()


def resealed(change: Callable[[dict], object]) -> bytes:
    """The archive with its design changed, by someone who knows how to write the digest."""
    body = json.loads(MEMBERS[manifest.NAME])
    body.pop("digest")
    change(body["design"])
    return _packed(body)


def _packed(body: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in MEMBERS.items():
            made.writestr(name, manifest.sealed(body) if name == manifest.NAME else data)
    return out.getvalue()


def files(store: Store) -> list[str]:
    """Everything on disk but locks and the index."""
    return [
        str(f)
        for f in store.folder.rglob("*")
        if f.is_file() and f.name not in {"lock", "assets.lock", "index.db"}
    ]


def _first(design: dict, name: str) -> dict:
    return design["branches"][0][name][0]


LIES: dict[str, Callable[[dict], object]] = {
    "changed without a zone": lambda d: d.update(updated_at="2026-11-01T10:00:00"),
    "made without a zone": lambda d: d.update(created_at="2026-11-01T10:00:00"),
    "attempt without a zone": lambda d: _first(d, "close_ups").update(created_at="2026-11-01T10:00:00"),
    "changed on no day": lambda d: d.update(updated_at="yesterday"),
    "an id that climbs": lambda d: d.update(id="../../x"),
    "an id in capitals": lambda d: d.update(id="ABC"),
    "an empty id": lambda d: d.update(id=""),
    "a long id": lambda d: d.update(id="a" * 300),
    "100,000 tags": lambda d: d.update(tags=[str(n) for n in range(100_000)]),
    "a long tag": lambda d: d.update(tags=["x" * 41]),
    "a prompt of 5 MB": lambda d: d.update(prompt="x" * 5_000_000),
    "a long name": lambda d: d.update(name="x" * 301),
    "5,000 regions": lambda d: d["branches"][0].update(
        regions=[{**_first(d, "regions"), "id": str(n)} for n in range(5000)]
    ),
    "double region ids": lambda d: d["branches"][0].update(regions=[_first(d, "regions")] * 2),
    "double close-up ids": lambda d: d["branches"][0]["close_ups"][1].update(id=_first(d, "close_ups")["id"]),
    "a name with NUL": lambda d: d.update(name="Ring\0"),
    "a name that turns": lambda d: d.update(name="Ring \u202egnp.exe"),
    "a label that turns": lambda d: _first(d, "regions").update(label="a\u2067b"),
    "half a character": lambda d: d.update(name="\ud800"),
    "schema 0": lambda d: d.update(schema_version=0),
    "schema -5": lambda d: d.update(schema_version=-5),
    "schema a list": lambda d: d.update(schema_version=[]),
    "a negative cost": lambda d: d["branches"][0]["master"]["recipe"].update(cost_usd=-5000),
    "a negative time": lambda d: d["branches"][0]["master"]["recipe"].update(seconds=-1),
    "an origin that is no JSON": lambda d: d["branches"][0]["master"]["recipe"].update(origin="{"),
    "a candidate's origin": lambda d: d["candidates"][0]["recipe"].update(origin="[1]"),
    "an origin that is no piece": lambda d: d["candidates"][0]["recipe"].update(origin='{"kind": "crown"}'),
    "told regions no JSON": lambda d: d["candidates"][0]["recipe"]["options"].update(regions="[{"),
    "told regions outside": lambda d: d["candidates"][0]["recipe"]["options"].update(
        regions='[{"label": "a", "x": 5, "y": 0, "width": 1, "height": 1}]'
    ),
    "a seed that is no number": lambda d: d["candidates"][0]["recipe"]["options"].update(seed="abc"),
    "a model half measured": lambda d: _first(d, "models")["figures"].pop("edge_px"),
    "a report without PSNR": lambda d: _first(d, "close_ups")["fidelity"]["raw"].pop("lr_psnr_db"),
    "a report with a word": lambda d: _first(d, "close_ups")["fidelity"]["locked"].update(lr_psnr_db="much"),
    "999 dB": lambda d: _first(d, "close_ups")["fidelity"]["locked"].update(lr_psnr_db=999),
    "a drift of 7": lambda d: _first(d, "close_ups")["fidelity"].update(drift=7),
    "unknown views": lambda d: d["branches"][0].update(views=["front", "inside"]),
    "an unknown view of a sheet": lambda d: _first(d, "sketches").update(view="inside"),
    "sheet 0": lambda d: _first(d, "sketches").update(number=0),
    "a branch that is not there": lambda d: d.update(current=7),
    "an unknown role": lambda d: d["branches"][0]["master"]["recipe"].update(role="dream"),
    "an unknown detail": lambda d: d["branches"][0]["master"]["recipe"].update(detail="magic"),
    "a huge picture": lambda d: d["branches"][0]["master"].update(width=10**9),
    "a factor of nothing": lambda d: _first(d, "close_ups").update(factor=0),
    "a known length of nothing": lambda d: d["branches"][0].update(
        known_length={"start": [0, 0], "end": [1, 1], "mm": 0}
    ),
}


@pytest.mark.parametrize("change", LIES.values(), ids=LIES.keys())
def test_what_we_never_write_is_refused_before_anything_is_stored(
    change: Callable[[dict], object], empty: Store
) -> None:
    """One sentence, and not a byte on disk."""
    with pytest.raises(BadArchive) as told:
        archive.read(empty, resealed(change))
    assert str(told.value).endswith(".")
    assert len(str(told.value)) < 500
    assert files(empty) == []
    assert empty.summaries() == ()


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(st.integers(0, 40), min_size=1, max_size=9), value=JSON)
def test_any_manifest_is_refused_or_readable_everywhere(
    path: list[int], value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any value anywhere in a sealed manifest: a typed error and nothing stored, or a design every reader can take."""
    store = Store(tmp_path_factory.mktemp("fuzz"))
    body = json.loads(MEMBERS[manifest.NAME])
    body.pop("digest")
    try:
        data = _packed(mutated(body, path, value))
    except ValueError:  # no JSON can say it
        return
    try:
        design = archive.read(store, data)
    except LoupeError:
        assert files(store) == []
        return
    certificate.certify(store, design)
    specification.rows(design)
    Summary.of(design)
    calibrate.propose(store)
    standings.standings(store)
    assert store.load(design.id) == design


def test_our_own_archive_is_never_refused(store: Store, empty: Store) -> None:
    """A name typed with invisible characters is kept as typed here, and travels without them."""
    design = store.create("Ring\0 \u202eof\u2066 gold\x85", prompt="a\x07b")
    assert archive.read(empty, archive.write(store, design)).name == "Ring of gold"


def test_imported_figures_are_not_ours_until_measured(empty: Store) -> None:
    """Certificate and seals say so; measured and found right they stand."""
    design = archive.read(empty, OLD.read_bytes())
    provenance = empty.provenance(design.id)
    assert provenance is not None
    assert provenance.state == "waiting"
    before = certificate.certify(empty, design)
    assert not before.whole
    assert {entry.seal for entry in before.entries} == {"Imported, not measured here"}
    assert documents.stored(empty, design, "archive") is None
    first = documents.make(empty, design, "page", lambda *_: None)
    assert "not measured here" in first.read_text("utf-8")
    measured = remeasure.remeasure(empty, design.id)
    assert measured is not None
    assert (measured.state, measured.faults) == ("measured", {})
    after = certificate.certify(empty, design)
    assert all(entry.doubt == "" for entry in after.entries)
    assert "not measured here" not in documents.make(empty, design, "page", lambda *_: None).read_text(
        "utf-8"
    )


FORGERIES: dict[str, Callable[[dict], object]] = {
    "the result's agreement": lambda report: report["locked"].update(lr_psnr_db=99.9),
    "the answer's agreement": lambda report: report["raw"].update(lr_psnr_db=99.9),
    "the worst window": lambda report: report["locked"].update(worst_window_db=99.0),
    "the colour": lambda report: report["raw"].update(delta_e_max=0.0),
    "under another gate": lambda report: (
        report["raw"].update(lr_psnr_db=99.9),
        report.update(judged_by={"gate": "0" * 12, "thresholds": None}),
    ),
    "without a gate": lambda report: (report["locked"].update(lr_psnr_db=99.9), report.pop("judged_by")),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_forged_figures_are_found_and_told(forge: Callable[[dict], object], empty: Store) -> None:
    """The digest has no key: what a manifest says of its close-ups is measured, and the one that lies is named."""
    design = archive.read(empty, resealed(lambda d: forge(_first(d, "close_ups")["fidelity"])))
    liar = design.branches[0].close_ups[0].id
    thread = remeasure.begin(empty, design.id)
    assert thread is not None
    thread.join(60)
    provenance = empty.provenance(design.id)
    assert provenance is not None
    assert list(provenance.faults) == [liar]
    assert provenance.faults[liar]
    entry = next(e for e in certificate.certify(empty, design).entries if e.close_up.id == liar)
    assert (entry.seal, entry.tone) == ("Imported figures do not hold", "fail")
    copied = empty.provenance(empty.duplicate(design.id).id)
    assert copied == provenance


def test_a_close_up_swapped_for_a_prettier_one_is_found(empty: Store) -> None:
    """A crop that is not the master's own pixels vouches for nothing."""

    def swap(design: dict) -> None:
        one, other = design["branches"][0]["regions"][0], design["branches"][0]["close_ups"][0]
        for region in (one, other["region"]):
            region.update(x=0, y=0)

    design = archive.read(empty, resealed(swap))
    provenance = remeasure.remeasure(empty, design.id)
    assert provenance is not None
    assert "NOT the master's own pixels" in provenance.faults[design.branches[0].close_ups[0].id]


def test_what_was_made_since_is_ours(empty: Store) -> None:
    """Only the close-ups that came with the file are in doubt; a lost note of where they are from doubts all."""
    design: Design = archive.read(empty, OLD.read_bytes())
    provenance = empty.provenance(design.id)
    assert provenance is not None
    assert provenance.doubt("made here later") == ""
    note = empty.folder / "designs" / design.id / "origin.json"
    note.write_bytes(os.urandom(40))
    again = empty.provenance(design.id)
    assert again is not None
    assert all(again.doubt(c.id) for c in design.branches[0].close_ups)
    assert empty.provenance(empty.create("Own").id) is None
