"""The catalogue's page: a table is uploaded, priced, worked off, stopped, and reviewed where the gate warns."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.workbench import forget, workbench
from pipeline.catalogue import background
from pipeline.catalogue.background import Makers
from pipeline.catalogue.reckoning import price
from pipeline.errors import BadInput, Cancelled, ReadOnly
from pipeline.orders import EnhanceOrder
from pipeline.records import Design, Recipe
from pipeline.stages import generate
from pipeline.store import id_from
from pipeline.walk import Choice, Start
from pipeline.workbench import Workbench
from tests.pages.conftest import ring

Open = Callable[..., AppTest]
TABLE = b"name,sku,prompt\nPlain,P-1,a plain ring\n<b>Bold</b>,B-1,a bold ring\nOdd,O-1,%s\n"
CARELESS, CAREFUL = TABLE % b"a careless ring", TABLE % b"an odd ring"


class Rows:
    """Stands in for the walk: a design with a master, and where its words say so a close-up that was redrawn."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(
        self,
        bench: Workbench,
        start: Start,
        choice: Choice,
        report: Callable[..., None],
        refused: Any,
        *,
        stop: Callable[[], bool],
    ) -> Design:
        assert self.go.wait(20)
        if stop():
            raise Cancelled("Stopped.")
        self.names.append(start.name)
        design_id = id_from(f"{start.prompt} {start.seed}")
        bench.store.create(start.name, kind="ring", prompt=start.prompt, design_id=design_id)
        asset = bench.store.put_picture(ring(512, 1), Recipe(role="upload", provider="upload"))
        design = generate.set_master(bench.store, design_id, asset)
        if "careless" in start.prompt:
            assert design.branch is not None
            order = EnhanceOrder(
                design_id=design_id,
                provider="careless",
                regions=design.branch.regions[:1],
                factor=2,
                prompt="",
                dial="strict",
            )
            assert bench.submit(order).wait(30)
        return bench.store.load(design_id)


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Rows:
    rows = Rows()
    monkeypatch.setattr("pipeline.catalogue.row.walk", rows)
    return rows


def ended(at: AppTest, bench: Workbench) -> AppTest:
    """Wait for the newest catalogue's work, and draw the page again."""
    job = background.find_job(bench, background.all_asked(bench)[0])
    assert job is not None
    assert job.wait(60)
    at.run()
    assert not at.exception
    return at


def uploaded(visit: Open, data: bytes, name: str = "Spring.csv") -> AppTest:
    at = visit("pages/catalogue.py")
    at.file_uploader(key="table").set_value((name, data, "text/csv")).run()
    assert not at.exception
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_rows_are_made_and_only_what_the_gate_warns_of_is_reviewed(
    visit: Open, bench: Workbench, walked: Rows
) -> None:
    """Upload, press, done: two rows want no look; the redrawn close-up of the third is decided on, and is gone."""
    assert visit().button(key="catalogue-page").label == "Catalogue"
    at = uploaded(visit, CARELESS)
    assert any("**3 pieces**" in m.value and "$0.00" in m.value for m in at.markdown)
    at.button(key="start").click().run()
    ended(at, bench)
    assert walked.names == ["Plain", "<b>Bold</b>", "Odd"]
    assert metrics(at) == {"Rows": "3 of 3", "Whole": "3", "To look at": "1", "Spent": r"\$0.00"}
    assert [s.value for s in at.subheader] == ["Review · 1", "All rows"]
    accept = next(b for b in at.button if str(b.key).startswith("accepted-"))
    accept.click().run()
    assert [s.value for s in at.subheader] == ["All rows"]
    kept = bench.store.load(id_from("a careless ring 0"))
    assert kept.branch is not None
    assert kept.branch.close_ups[0].decision == "accepted"
    assert {s.name for s in bench.store.summaries()} == {"Plain", "<b>Bold</b>", "Odd"}


def test_stopped_it_goes_on_with_what_is_not_whole(visit: Open, bench: Workbench, walked: Rows) -> None:
    """Stop waits for what is ordered; Go on does the other rows, and none again."""
    walked.go.clear()
    at = uploaded(visit, CAREFUL)
    at.button(key="start").click().run()
    at.button(key="stop").click().run()
    assert any("Stopping" in c.value for c in at.caption)
    walked.go.set()
    ended(at, bench)
    assert walked.names == []
    assert any("**3 rows** are not whole" in m.value for m in at.markdown)
    at.button(key="go-on").click().run()
    ended(at, bench)
    assert len(walked.names) == 3
    assert [s.value for s in at.success] == ["Every row is whole."]


def test_what_a_killed_server_left_goes_on(visit: Open, bench: Workbench, walked: Rows) -> None:
    """The folder says what is left, whatever the note of the work says."""
    asked = background.begin(bench, "Spring.csv", CAREFUL, Makers(), 0.0)
    job = background.find_job(bench, asked)
    assert job is not None
    assert job.wait(60)
    report = bench.store.folder / "catalogues" / asked.id / "report.jsonl"
    report.write_text("\n".join(report.read_text().split("\n")[:2]))
    bench.jobs.forget(job)
    order = {"design_id": asked.id, "verb": "catalogue"}
    note = bench.store.folder / "jobs" / f"{asked.id}.catalogue.json"
    note.write_text(json.dumps({"order": order, "state": "running"}))
    at = visit("pages/catalogue.py")
    assert metrics(at)["Rows"] == "1 of 3"
    at.button(key="go-on").click().run()
    ended(at, bench)
    assert len(walked.names) == 5
    assert not note.exists()


def test_money_wants_a_cap_and_it_holds(
    visit: Open, bench: Workbench, walked: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimate is told first; without a cap there is no start, on the page and behind it."""
    monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "k-1")
    bench.cache.close()
    forget()
    bench = workbench()
    at = uploaded(visit, b"prompt,enhancer\na plain ring,openai\n")
    usd = price(bench, background.read("t.csv", b"prompt,enhancer\na plain ring,openai\n", Makers()))
    assert usd > 0
    assert any(f"**${usd:.2f}**" in m.value for m in at.markdown)
    assert at.button(key="start").disabled
    with pytest.raises(BadInput, match="costs money"):
        background.begin(bench, "t.csv", b"prompt,enhancer\na ring,openai\n", Makers(), 0.0)
    at.number_input(key="cap").set_value(20.0).run()
    at.button(key="start").click().run()
    ended(at, bench)
    assert metrics(at)["Spent"] == r"\$0.00 of \$20.00"  # a bare pair would be a formula's
    (asked,) = background.all_asked(bench)
    assert background.raise_cap(bench, asked, 30.0).cap_usd == 30.0
    assert background.all_asked(bench)[0].cap_usd == 30.0


def test_a_design_of_several_rows_is_looked_at_once(visit: Open, bench: Workbench, walked: Rows) -> None:
    """The same row again, and one that is called something else, come to one design; a damaged one hides no row."""
    again = (
        CARELESS + b"Odd,O-1,a careless ring\nOther name,O-2,a careless ring\nNext,O-3,a careless ring too\n"
    )
    at = uploaded(visit, again)
    assert any("**5 pieces**" in m.value for m in at.markdown)
    at.button(key="start").click().run()
    ended(at, bench)
    assert not at.error
    assert [s.value for s in at.subheader] == ["Review · 2", "All rows"]
    (bench.store.folder / "designs" / id_from("a careless ring too 0") / "design.json").write_text("{")
    at.run()
    assert [s.value for s in at.subheader] == ["Review · 1", "All rows"]
    assert not at.error


def test_one_that_is_refused_a_place_is_in_no_list(
    visit: Open, bench: Workbench, walked: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too much is under way: the table stays in its field, and pressing again makes one catalogue."""
    at = uploaded(visit, CAREFUL)
    with monkeypatch.context() as crowded:
        crowded.setattr("pipeline.jobs.MOST_IN_ALL", 0)
        at.button(key="start").click().run()
    assert len(at.error) == 1
    assert background.all_asked(bench) == ()
    at.button(key="start").click().run()
    ended(at, bench)
    assert len(background.all_asked(bench)) == 1


def test_a_key_that_is_gone_hides_nothing_of_what_was_made(
    visit: Open, bench: Workbench, walked: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not whole says who is missing; the rows that ended are there."""
    table = b"prompt,enhancer\na careless ring,\n" + b"a plain ring,openai\n"
    monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "k-1")
    bench.cache.close()
    forget()
    bench = workbench()
    asked = background.begin(bench, "Spring.csv", table, Makers(), 20.0)
    job = background.find_job(bench, asked)
    assert job is not None
    assert job.wait(60)
    report = bench.store.folder / "catalogues" / asked.id / "report.jsonl"
    report.write_text("\n".join(report.read_text().split("\n")[:2]))
    monkeypatch.delenv("LOUPE_OPENAI_API_KEY")
    bench.cache.close()
    forget()
    at = visit("pages/catalogue.py")
    assert [s.value for s in at.subheader] == ["Review · 1", "All rows"]
    assert ["needs" in e.value for e in at.error] == [True]
    assert not [b for b in at.button if b.key == "go-on"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b"a,b\n1,2\n"),
        ("x.xlsx", b"PK\x03\x04 no workbook"),
        ("x.jsonl", b"{"),
        ("many.csv", b"prompt\n" + b"a ring\n" * (background.MOST_ROWS + 1)),
    ],
)
def test_a_table_that_cannot_be_used_is_one_sentence(
    visit: Open, bench: Workbench, name: str, data: bytes
) -> None:
    at = uploaded(visit, data, name)
    assert len(at.error) == 1
    assert not [b for b in at.button if b.key == "start"]
    assert background.all_asked(bench) == ()


def test_a_visitor_is_refused_by_the_workbench(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table is taken, none is shown; the button of the gallery is not there."""
    asked = background.Asked(id="abc", title="T", file="table.csv", makers=Makers())
    viewer = bench.for_visitor()
    for refused in (
        lambda: background.begin(viewer, "t.csv", CAREFUL, Makers(), 0.0),
        lambda: background.go_on(viewer, asked),
        lambda: background.raise_cap(viewer, asked, 9.0),
        lambda: background.all_asked(viewer),
        lambda: background.standing(viewer, asked),
    ):
        with pytest.raises(ReadOnly):
            refused()
    assert not (bench.store.folder / "catalogues").exists()
    monkeypatch.setattr("pages.ui.access.may_work", lambda settings: False)
    at = visit("pages/catalogue.py")
    assert "visitor" in at.info[0].value
    assert not at.file_uploader
    assert "catalogue-page" not in {button.key for button in visit().button}
