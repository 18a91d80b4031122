"""A catalogue worked off: each row once, the cap of the whole kept, what stopped goes on, the worst first."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pipeline import catalogue, images
from pipeline.__main__ import app
from pipeline.catalogue.pictures import Pictures, allowed
from pipeline.catalogue.place import Disk
from pipeline.catalogue.reckoning import Account, Budget, price
from pipeline.catalogue.report import Line, Report, of_failure
from pipeline.catalogue.row import Wanted, _begun_with, never
from pipeline.catalogue.run import Catalogue
from pipeline.catalogue.table import Piece
from pipeline.errors import BadImage, BadInput, Cancelled, CapReached, Moderated
from pipeline.export import archive
from pipeline.records import Design, Recipe
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.store import Store, id_from
from pipeline.walk import Choice, Start, design_id
from pipeline.workbench import Workbench
from tests.api.conftest import Draughtsman
from tests.pages.conftest import ring

assert catalogue.__doc__


class Walked:
    """Stands in for the walk: a design with a master for each start, paid for through the ledger where it costs."""

    def __init__(self, cost_usd: float = 0.0) -> None:
        self.names: list[str] = []
        self.cost_usd = cost_usd
        self.trouble: dict[str, Exception] = {}

    def __call__(
        self,
        bench: Workbench,
        start: Start,
        choice: Choice,
        report: Callable[..., None],
        refused: Any,
        *,
        stop: Callable[[], bool] = never,
    ) -> Design:
        if start.name in self.trouble:
            raise self.trouble[start.name]
        design_id = id_from(f"{start.prompt} {start.seed}")
        if self.cost_usd and not bench.spending().entries(design_id=design_id):
            entry = bench.spending().place(
                provider="openai",
                model="m",
                role="enhance",
                design_id=design_id,
                key="k",
                cost_usd=self.cost_usd,
            )
            bench.spending().settle(entry, "done", cost_usd=self.cost_usd, seconds=1.0)
        self.names.append(start.name)
        report(0.5, "enhance")
        bench.store.create(start.name, kind="ring", prompt=start.prompt, design_id=design_id)
        asset = bench.store.put_picture(ring(256, start.seed), Recipe(role="upload", provider="upload"))
        return generate.set_master(bench.store, design_id, asset)


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Walked:
    stand_in = Walked()
    monkeypatch.setattr("pipeline.catalogue.row.walk", stand_in)
    return stand_in


def pieces(count: int) -> tuple[Piece, ...]:
    return tuple(Piece(row=n, name=f"Ring {n}", prompt=f"gold ring {n}", seed=n) for n in range(1, count + 1))


def begun(folder: Path, rows: tuple[Piece, ...], cap_usd: float = 0.0) -> Catalogue:
    settings = Settings(data_dir=folder / "data")
    budget = Budget(settings, cap_usd)
    bench = Workbench(settings)
    pictures = Pictures(folder, frozenset(), bench.cache)
    return Catalogue(bench, rows, Disk(folder / "out"), "Spring", pictures, budget)


def quiet(*_: object) -> None:
    pass


def test_each_row_is_a_whole_archive_a_cover_and_a_line(tmp_path: Path, walked: Walked) -> None:
    lines = begun(tmp_path, pieces(3)).run(quiet)
    out = tmp_path / "out"
    assert [(line.row, line.state) for line in lines] == [(1, "done"), (2, "done"), (3, "done")]
    for line in lines:
        other = Store(tmp_path / "elsewhere" / line.design_id)
        assert archive.read(other, (out / line.archive).read_bytes()).name == line.name
        assert images.media_type((out / line.cover).read_bytes()) == "image/jpeg"
    with (out / "report.csv").open(encoding="utf-8-sig") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["Ring 1", "Ring 2", "Ring 3"]


def test_finished_rows_are_never_done_again_and_changed_ones_are(tmp_path: Path, walked: Walked) -> None:
    """Rows are known by what they say, not by their place; one whose archive is gone is made again."""
    rows = pieces(3)
    begun(tmp_path, rows).run(quiet)
    turned = tuple(reversed([row.model_copy(update={"row": 4 - row.row}) for row in rows]))
    assert begun(tmp_path, turned).undone() == ()
    lines = begun(tmp_path, turned).run(quiet)
    assert walked.names == ["Ring 1", "Ring 2", "Ring 3"]
    assert [line.row for line in lines] == [1, 2, 3]
    changed = (*rows[:2], rows[2].model_copy(update={"prompt": "silver ring"}))
    assert begun(tmp_path, changed).undone() == (changed[2],)
    (tmp_path / "out" / lines[0].archive).unlink()
    assert [row.name for row in begun(tmp_path, rows).undone()] == [lines[0].name]


def test_the_shop_set_comes_too_where_it_is_wanted(
    tmp_path: Path, walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for later it is added to finished rows; what it cannot be made of lacks it, and says so."""
    rows = pieces(1)
    begun(tmp_path, rows).run(quiet)
    wanted = replace(begun(tmp_path, rows), wanted=Wanted(shop=True))
    assert wanted.undone() == rows
    (line,) = wanted.run(quiet)
    assert line.state == "done"
    assert list((tmp_path / "out" / line.shop).iterdir())
    assert replace(begun(tmp_path, rows), wanted=Wanted(shop=True)).undone() == ()

    def refuse(*_: object) -> None:
        raise BadInput("No piece can be told on it.")

    monkeypatch.setattr("pipeline.export.shop.save", refuse)
    (line,) = replace(begun(tmp_path / "other", rows), wanted=Wanted(shop=True)).run(quiet)
    assert (line.state, line.shop) == ("incomplete", "")
    assert line.look.startswith("shop set. ")


def test_a_run_that_dies_anywhere_goes_on_where_it_stood(tmp_path: Path, walked: Walked) -> None:
    """Killed at each row in turn, also in the middle of writing a line: every row ends once."""
    rows = pieces(4)

    class Killed(BaseException):
        """The process ends."""

    for n in range(1, 5):
        walked.trouble = {f"Ring {n}": Killed()}  # type: ignore[dict-item]
        with pytest.raises(Killed):
            begun(tmp_path, rows).run(quiet)
        file = tmp_path / "out" / "report.jsonl"
        with file.open("ab") as torn:
            torn.write(b'\n{"row": 9, "pri')
        assert "rows wait" in (tmp_path / "out" / "index.html").read_text()
    walked.trouble = {}
    assert len(begun(tmp_path, rows).run(quiet)) == 4
    assert walked.names == [f"Ring {n}" for n in range(1, 5)]


def test_a_row_that_fails_ends_only_itself_and_stands_first(tmp_path: Path, walked: Walked) -> None:
    walked.trouble = {"Ring 2": Moderated("This is not drawn.", provider="openai")}
    rows = (
        *pieces(3),
        Piece(row=4, name="<script>alert(1)</script>", fault="It has neither words nor a picture."),
    )
    lines = begun(tmp_path, rows).run(quiet)
    assert [line.state for line in lines] == ["done", "failed", "done", "failed"]
    assert "This is not drawn." in lines[1].look
    page = (tmp_path / "out" / "index.html").read_text()
    shown = re.findall(r'data-state="(\w+)"', page)
    assert shown == ["failed", "failed", "done", "done"]
    assert "<script>alert" not in page
    assert "4 rows ended: 2 whole, 0 without a part, 2 failed" in " ".join(page.split())
    walked.trouble = {}
    assert [row.name for row in begun(tmp_path, rows).undone()] == ["Ring 2", "<script>alert(1)</script>"]


def test_the_cap_of_the_whole_is_kept_over_rows_and_runs(tmp_path: Path, walked: Walked) -> None:
    """What rows cost adds up; the call that would pass the cap is refused, and nothing is bought twice."""
    walked.cost_usd = 0.4
    rows = pieces(5)
    with pytest.raises(CapReached, match=r"cap of \$1\.00"):
        begun(tmp_path, rows, 1.0).run(quiet)
    with pytest.raises(CapReached):
        begun(tmp_path, rows, 1.0).run(quiet)
    one = begun(tmp_path, rows, 1.0)
    assert one.bench.spending().total().cost_usd == pytest.approx(0.8)
    assert [line.cost_usd for line in Report(Disk(tmp_path / "out")).of(rows)] == [0.4, 0.4]
    lines = begun(tmp_path, rows, 2.0).run(quiet)
    assert sum(line.cost_usd for line in lines) == pytest.approx(2.0)
    assert one.bench.spending().total().calls == 5


def test_money_of_a_row_that_failed_counts(
    tmp_path: Path, walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row may cost and fail: the next ones have less left."""

    def fail(bench: Workbench, start: Start, *rest: Any, **further: Any) -> Design:
        walked(bench, start, *rest, **further)
        raise Moderated("Refused at last.", provider="openai")

    walked.cost_usd = 0.4
    monkeypatch.setattr("pipeline.catalogue.row.walk", fail)
    with pytest.raises(CapReached):
        begun(tmp_path, pieces(3), 1.0).run(quiet)
    assert [line.cost_usd for line in Report(Disk(tmp_path / "out")).of(pieces(3))] == [0.4, 0.4]


def test_money_of_a_row_that_was_stopped_half_way_counts(
    tmp_path: Path, walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line says what it has cost: it is gone on with before a row that failed spends what the cap seems to leave."""
    rows, calls = pieces(2), {"Ring 1": 0, "Ring 2": 0}

    def buy(bench: Workbench, start: Start, *_: Any, **__: Any) -> Design:
        calls[start.name] += 1
        design_id = id_from(start.name)
        first = calls[start.name] == 1
        usd = {"Ring 1": 0.0 if first else 0.6, "Ring 2": 0.5 if first else 0.0}[start.name]
        if usd:
            spending = bench.spending()
            order = spending.place(
                provider="p", model="m", role="enhance", design_id=design_id, key=f"{calls}", cost_usd=usd
            )
            spending.settle(order, "done", cost_usd=usd, seconds=1.0)
        if first and start.name == "Ring 1":
            raise Moderated("Refused.", provider="openai")
        if first:
            raise Cancelled("Stopped.")
        bench.store.create(start.name, kind="ring", prompt=start.prompt, design_id=design_id)
        asset = bench.store.put_picture(ring(256, start.seed), Recipe(role="upload", provider="upload"))
        return generate.set_master(bench.store, design_id, asset)

    monkeypatch.setattr("pipeline.catalogue.row.walk", buy)
    with pytest.raises(Cancelled):
        begun(tmp_path, rows, 1.0).run(quiet)
    with pytest.raises(CapReached):
        begun(tmp_path, rows, 1.0).run(quiet)
    assert begun(tmp_path, rows, 1.0).bench.spending().total().cost_usd == pytest.approx(0.5)


def test_the_price_is_told_before_and_a_cap_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The providers' own estimates: one master, five close-ups, six sheets, a model; a picture needs no master."""
    monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "k-1")
    bench = begun(tmp_path, ()).bench
    row = next(row for row in bench.registry.rows() if row.id == "openai")
    one = row.price(row.roles[0]) + 5 * row.price(row.roles[1])
    paid = Piece(row=1, prompt="a ring", provider="openai", enhancer="openai")
    assert price(bench, [paid]) == pytest.approx(one)
    photo = Piece(row=1, picture="p.jpg", provider="openai", enhancer="openai")
    assert price(bench, [photo]) == pytest.approx(5 * row.price(row.roles[1]))
    assert price(bench, [Piece(row=1, prompt="a ring")]) == 0
    with pytest.raises(BadInput, match="nobody"):
        price(bench, [Piece(row=1, prompt="a ring", enhancer="nobody")])
    table = tmp_path / "t.csv"
    table.write_text("prompt,enhancer\na gold ring,openai\n")
    asked = CliRunner().invoke(app, ["catalogue", str(table), "--out", str(tmp_path / "o")])
    assert asked.exit_code == 2
    assert "--cap" in asked.output
    assert "estimated at $" in asked.output
    dry = CliRunner().invoke(app, ["catalogue", str(table), "--out", str(tmp_path / "o"), "--dry-run"])
    assert dry.exit_code == 0
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/passwd", "a/../../x.png", "missing.png", "\0.png", "loop.png"]
)
def test_pictures_lie_beside_the_table(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "loop.png").symlink_to("loop.png")
    with pytest.raises(BadImage):
        Pictures(tmp_path / "table", frozenset(), begun(tmp_path, ()).bench.cache).read(name)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.png",
        "http://cdn.example/a.png",
        "https://cdn.example@evil.example/a.png",
        "file:///etc/passwd",
        "https://[cdn.example/a.png",
    ],
)
def test_pictures_are_fetched_from_listed_hosts_alone_and_over_tls(tmp_path: Path, url: str) -> None:
    pictures = Pictures(tmp_path, frozenset({"cdn.example"}), begun(tmp_path, ()).bench.cache)
    with pytest.raises(BadImage):
        pictures.read(url)


def test_a_picture_comes_from_a_listed_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over https, without any key, also by way of a redirect; one that is too large is refused."""
    asked: list[httpx.Request] = []
    picture = images.encode_png(ring(64, 1))

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/moved.png":
            return httpx.Response(302, headers={"location": "https://cdn.example/ring.png"})
        if request.url.path == "/gone.png":
            return httpx.Response(404)
        return httpx.Response(200, content=bytes(40_000) if request.url.path == "/large.png" else picture)

    def client() -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(answer))

    monkeypatch.setattr("pipeline.providers.call.http._client", client)
    monkeypatch.setattr("pipeline.catalogue.pictures.MAX_BYTES", 20_000)
    monkeypatch.setattr(
        "pipeline.providers.call.addresses.socket.getaddrinfo",
        lambda host, port, **_: [(2, 1, 6, "", ("93.184.216.34", port))],
    )
    monkeypatch.setattr("pipeline.providers.call.addresses.urllib.request.getproxies", dict)
    settings = Settings(data_dir=tmp_path / "data", catalogue_hosts="cdn.example, other.example")
    pictures = allowed(settings, begun(tmp_path, ()).bench.cache)
    for name in ("https://cdn.example/ring.png", "https://CDN.example/moved.png?width=2048"):
        assert pictures.read(name) == picture
    assert {request.headers["host"] for request in asked} == {"cdn.example"}
    assert not [request for request in asked if "authorization" in request.headers]
    for name in ("https://cdn.example/large.png", "https://cdn.example/gone.png", "ring.png"):
        with pytest.raises(BadImage):
            pictures.read(name)


def test_no_more_of_a_file_is_read_than_a_picture_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.catalogue.pictures.MAX_BYTES", 1000)
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(10**12)  # a sparse file: read whole it would not fit into any memory
    pictures = Pictures(tmp_path, frozenset(), begun(tmp_path, ()).bench.cache)
    with pytest.raises(BadImage, match="has more than"):
        pictures.read("large.png")


def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path: Path) -> None:
    report = Report(Disk(tmp_path))
    evil = Piece(row=1, key="@SUM(A1)", name='=HYPERLINK("http://x")', fault="-1+2, or so")
    report.add(of_failure(evil, evil.fault))
    report.publish("T", [evil], 0)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"][0], row["key"][0], row["look"][0]) == ("'", "'", "'")


def test_the_command_makes_the_whole_set_of_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real walk by a painter, who makes no models: the set without that part, told as such; then it goes on."""
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    monkeypatch.setattr("pipeline.stages.sketch._DRAWN_PX", 384)
    monkeypatch.setattr("pipeline.stages.sheets.SHEET_DPI", 72)
    (tmp_path / "p.png").write_bytes(images.encode_png(ring(600, 2)))
    table = tmp_path / "t.csv"
    table.write_text("name,sku,prompt,kind,size,factor\nBand,B-1,a gold ring,ring,512,2\n")
    arguments = ["catalogue", str(table), "--out", str(tmp_path / "out")]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 4, first.output
    lines = [
        Line.model_validate_json(t) for t in (tmp_path / "out/report.jsonl").read_text().split("\n") if t
    ]
    (line,) = lines
    assert (line.state, line.passed + line.repaired, line.sheets, line.key) == ("incomplete", 5, 6, "B-1")
    assert line.look.startswith("Missing: ")
    manifest = archive.opened((tmp_path / "out" / line.archive).read_bytes()).read("manifest.json")
    assert json.loads(manifest)["design"]["name"] == "Band"
    again = CliRunner().invoke(app, arguments)
    assert "1 pieces, 1 to do" in again.output


@pytest.mark.parametrize("taken", ["out", "out/report.jsonl/x"])
def test_a_folder_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str) -> None:
    """A file where the folder is to be, a folder where its lines are: one sentence, nothing is written over."""
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    table, file = tmp_path / "t.csv", tmp_path / taken
    table.write_text("prompt\na gold ring\n")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    asked = CliRunner().invoke(app, ["catalogue", str(table), "--out", str(tmp_path / "out")])
    assert asked.exit_code == 1
    assert isinstance(asked.exception, SystemExit)
    assert "report.jsonl cannot be read" in " ".join(asked.output.split())
    assert file.read_text() == "mine"


def test_a_row_that_is_there_twice_is_counted_once(tmp_path: Path) -> None:
    """Its money was spent once: the total says so, and the cap has room for the rest."""
    report = Report(Disk(tmp_path))
    pieces = [Piece(row=row, prompt="a gold ring") for row in (1, 2)]
    report.add(of_failure(pieces[0], "It was refused.", 3.0, 2.5))
    lines = report.of(pieces)
    assert [(line.row, line.cost_usd, line.seconds) for line in lines] == [(1, 2.5, 3.0), (2, 0.0, 0.0)]


def test_rows_of_the_same_work_are_priced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are one design whatever they are called; one that is made already costs nothing under another name."""
    monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "k-1")
    one = Piece(row=1, name="One", prompt="a ring", enhancer="openai")
    other = one.model_copy(update={"row": 2, "name": "Other", "key": "X-2"})
    again = one.model_copy(update={"row": 3})
    whole = begun(tmp_path, (one, other, again))
    assert whole.price(whole.pieces) == price(whole.bench, [one]) > 0
    Report(whole.place).write({"pieces/x.loupe": b"x"})
    done = Line(row=1, print=one.print, state="done", archive="pieces/x.loupe", cost_usd=1.0)
    Report(whole.place).add(done)
    assert whole.undone() == (other,)
    assert whole.price(whole.undone()) == 0


def test_rows_of_one_design_pay_for_it_together(tmp_path: Path) -> None:
    """Each line has what its design cost beyond what the others' lines say: also where the first one failed."""
    book = Account(())
    costs = [
        book.take(Line(row=n, print=f"p{n}", state=state, design_id="d", cost_usd=usd)).cost_usd
        for n, state, usd in ((1, "failed", 0.5), (2, "done", 0.8), (1, "done", 0.8), (3, "done", 1.0))
    ]
    assert costs == pytest.approx([0.5, 0.3, 0.5, 0.2])
    assert book.spent_usd == pytest.approx(1.0)


def test_a_row_that_died_and_then_fails_has_cost_what_it_ordered_before(
    tmp_path: Path, walked: Walked
) -> None:
    """On one machine as well: what a killed command ordered stands in the line of the row's next end."""
    (row,) = pieces(1)
    whole = begun(tmp_path, (row,), 5.0)
    bought = design_id(whole.bench, *_begun_with(row, None))
    book = whole.bench.spending()
    order = book.place(provider="p", model="m", role="enhance", design_id=bought, key="k", cost_usd=0.4)
    book.settle(order, "done", cost_usd=0.4, seconds=1.0)
    walked.trouble = {row.name: Moderated("No.", provider="openai")}
    (line,) = whole.run(quiet)
    assert (line.state, line.cost_usd) == ("failed", 0.4)


def test_a_page_is_told_in_its_own_words(tmp_path: Path) -> None:
    """Whoever uploads a table has no command line: neither for what waits, nor for hosts, nor for makers."""
    whole = replace(begun(tmp_path, pieces(2)), goes_on="“Go on” does them")
    Report(whole.place).publish("T", whole.pieces, 2, whole.goes_on)
    assert "2 rows wait; “Go on” does them." in " ".join((tmp_path / "out/index.html").read_text().split())
    with pytest.raises(BadImage, match="whoever runs this server") as refused:
        Pictures(None, frozenset(), whole.bench.cache).read("https://x.example/a.png")
    assert "--host" not in str(refused.value)
    with pytest.raises(BadInput, match="these do: atelier"):
        price(whole.bench, [Piece(row=1, prompt="a ring", provider="nobody")])
