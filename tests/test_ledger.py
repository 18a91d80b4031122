"""The account book: durable, shared by processes, and the caps that refuse before anything is bought."""

import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import ledger as ledger_module
from pipeline.errors import CapReached, StorageError
from pipeline.ledger import Entry, Ledger, today
from pipeline.settings import Settings


def book(folder: Path, *, design: float = 5.0, day: float = 20.0) -> Ledger:
    caps = Settings(spend_cap_design_usd=design, spend_cap_day_usd=day, _env_file=None)
    return Ledger(folder / "ledger.jsonl", caps)


def place(ledger: Ledger, cost: float, design: str = "d1", provider: str = "p", key: str = "k") -> Entry:
    return ledger.place(
        provider=provider, model="m", role="enhance", design_id=design, key=key, cost_usd=cost
    )


def test_adds_up_by_design_day_and_provider(tmp_path: Path) -> None:
    """Totals follow what was really paid, and what the cache saved."""
    ledger = book(tmp_path)
    ledger.settle(place(ledger, 0.10), "done", cost_usd=0.07, seconds=2.0)
    ledger.settle(place(ledger, 0.20, "d2", "q"), "failed", cost_usd=0.0, seconds=1.0)
    ledger.settle(place(ledger, 0.30, "d2"), "charged", cost_usd=0.30, seconds=1.0)
    ledger.book_hit(provider="p", model="m", role="enhance", design_id="d1", key="k", saved_usd=0.07)
    assert ledger.total().cost_usd == pytest.approx(0.37)
    assert ledger.total(design_id="d1").cost_usd == pytest.approx(0.07)
    assert ledger.total(design_id="d1").hits == 1
    assert ledger.totals("provider")["p"].cost_usd == pytest.approx(0.37)
    assert ledger.totals("day").keys() == {today()}
    assert ledger.total().saved_usd == pytest.approx(0.07)
    assert book(tmp_path).total() == ledger.total()


def test_caps_refuse_before_anything_is_bought(tmp_path: Path) -> None:
    """The design's cap and the day's cap both refuse, name their variable, and leave no order behind."""
    ledger = book(tmp_path, design=1.0, day=1.5)
    place(ledger, 0.8)
    with pytest.raises(CapReached, match="LOUPE_SPEND_CAP_DESIGN_USD"):
        place(ledger, 0.3)
    place(ledger, 0.6, "d2")
    with pytest.raises(CapReached, match="LOUPE_SPEND_CAP_DAY_USD"):
        place(ledger, 0.2, "d3")
    assert ledger.total().cost_usd == pytest.approx(1.4)
    assert ledger.left("d1") == pytest.approx(0.1)
    assert place(ledger, 0.0).cost_usd == 0
    place(ledger, 0.1, "d2")


def test_orders_at_once_cannot_pass_the_cap_together(tmp_path: Path) -> None:
    """Of ten simultaneous orders only as many are placed as the cap has room for."""
    ledgers = [book(tmp_path, design=1.0) for _ in range(10)]
    refused: list[str] = []

    def order(ledger: Ledger) -> None:
        try:
            place(ledger, 0.25)
        except CapReached as error:
            refused.append(str(error))

    threads = [threading.Thread(target=order, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 6
    assert ledgers[0].total().cost_usd == pytest.approx(1.0)


def test_an_unsettled_order_still_counts(tmp_path: Path) -> None:
    """Money that a dead process may have spent is counted, and found again by its key."""
    placed = place(book(tmp_path), 0.5, key="abc")
    later = book(tmp_path)
    assert later.total().open_usd == 0.5
    assert later.open_order("abc") == placed
    later.settle(placed, "done", cost_usd=0.4, seconds=9.0)
    assert later.open_order("abc") is None
    assert later.total().cost_usd == 0.4
    assert later.total().calls == 1


def test_a_restart_opens_no_cap(tmp_path: Path) -> None:
    """Where the data folder stays, what was spent and what may have been spent count on against both caps."""
    ledger = book(tmp_path, design=1.0, day=1.5)
    ledger.settle(place(ledger, 0.5), "done", cost_usd=0.5, seconds=1.0)
    place(ledger, 0.4)
    for _ in range(3):
        again = book(tmp_path, design=1.0, day=1.5)
        assert again.left("d1") == pytest.approx(0.1)
        with pytest.raises(CapReached, match="on this design"):
            place(again, 0.2)
    again.place(provider="p", model="m", role="r", design_id="d2", key="k2", cost_usd=0.55)
    with pytest.raises(CapReached, match="today"):
        book(tmp_path, design=1.0, day=1.5).place(
            provider="p", model="m", role="r", design_id="d3", key="k3", cost_usd=0.1
        )


@pytest.mark.parametrize(("bought", "cost"), [(False, 0.4), (True, 0.9)])
def test_a_hit_settles_what_a_dead_process_left_open(tmp_path: Path, bought: bool, cost: float) -> None:
    """An answer in the cache proves its order; a second order for it keeps its estimate, as it may be billed."""
    ledger = book(tmp_path)
    place(ledger, 0.5, key="abc")
    if bought:
        ledger.settle(place(ledger, 0.5, key="abc"), "done", cost_usd=0.4, seconds=1.0)
    place(ledger, 0.7, key="other")
    ledger.book_hit(provider="p", model="m", role="r", design_id="d1", key="abc", saved_usd=0.4)
    assert ledger.total().open_usd == 0.7
    assert ledger.total().cost_usd == pytest.approx(cost + 0.7)


def test_a_torn_line_hides_nothing(tmp_path: Path) -> None:
    """A process killed while writing leaves half a line; everything before and after it is read."""
    ledger = book(tmp_path)
    place(ledger, 0.1)
    file = tmp_path / "ledger.jsonl"
    with file.open("ab") as out:
        out.write(b'{"order": "x", "time"')
    place(book(tmp_path), 0.2)
    place(ledger, 0.3)
    with file.open("ab") as out:
        out.write(json.dumps({"order": 1}).encode() + b"\n[]\nnull\n\xff\n")
    assert book(tmp_path).total().cost_usd == pytest.approx(0.6)
    assert ledger.total().calls == 3


WHOLE = Entry(
    "whole",
    "2026-11-01T10:00:00.000+00:00",
    "done",
    "fal",
    "seedvr",
    "enhance",
    "ring",
    "a key",
    cost_usd=0.04,
)
FIELDS = sorted(field.name for field in fields(Entry))
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
LINES = st.binary(max_size=60) | st.builds(
    lambda changed: json.dumps(asdict(WHOLE) | changed).encode(),
    st.dictionaries(st.sampled_from([*FIELDS, "colour"]), ODD, max_size=3),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=6))
@example(lines=[b"[" * 100_000])
def test_any_lines_hide_no_whole_one(lines: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever stands in the book: every look at it answers, the calls around are there, and it is written on."""
    file = tmp_path_factory.mktemp("book") / "ledger.jsonl"
    first, last = (json.dumps(asdict(replace(WHOLE, order=name))).encode() for name in ("first", "last"))
    file.write_bytes(b"\n".join([first, *(b" ".join(line.splitlines()) for line in lines), last, b""]))
    ledger = book(file.parent)
    for by in ("design_id", "day", "provider"):
        ledger.totals(by)
    assert {"first", "last"} <= {entry.order for entry in ledger.entries()}
    assert ledger.total(design_id="ring").calls >= 2
    ledger.left("ring")
    ledger.open_orders()
    ledger.open_order(WHOLE.key)
    ledger.lost_answer(WHOLE.key)
    hit = ledger.book_hit(
        provider="x", model="y", role="enhance", design_id="ring", key="other", saved_usd=0.0
    )
    assert hit.order in {entry.order for entry in book(file.parent).entries()}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1e300", "1" + "0" * 400])
def test_a_line_that_says_no_sum_opens_no_cap(tmp_path: Path, number: str) -> None:
    """What cannot be a price is left out: with it the sum would pass every comparison, or end the page."""
    place(book(tmp_path), 0.1)
    file = tmp_path / "ledger.jsonl"
    line = json.loads(file.read_text().splitlines()[0])
    text = json.dumps({**line, "order": "other", "cost_usd": "?"}).replace('"?"', number)
    file.write_bytes(file.read_bytes() + text.encode() + b"\n" + b'{"a":' * 9000 + b"\n")
    assert book(tmp_path).total().cost_usd == pytest.approx(0.1)
    with pytest.raises(CapReached):
        place(book(tmp_path), 1e6)


def test_processes_share_it(tmp_path: Path) -> None:
    """Four processes write a hundred lines each; none is lost and none is torn."""
    script = (
        "import sys; from pathlib import Path; from pipeline.ledger import Ledger\n"
        "class Caps: spend_cap_design_usd = spend_cap_day_usd = 1e9\n"
        "ledger = Ledger(Path(sys.argv[1]), Caps())\n"
        "for n in range(100):\n"
        "    ledger.book_hit(provider='p', model='m', role='r', design_id=sys.argv[2], key=str(n), saved_usd=0.01)\n"
    )
    file = str(tmp_path / "ledger.jsonl")
    running = [subprocess.Popen([sys.executable, "-c", script, file, str(n)]) for n in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    totals = book(tmp_path).totals("design_id")
    assert {name: total.hits for name, total in totals.items()} == {str(n): 100 for n in range(4)}


def test_an_unusable_file_is_told(tmp_path: Path) -> None:
    """A folder in the file's place gives one sentence."""
    ledger = book(tmp_path)
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(StorageError, match="ledger"):
        place(ledger, 0.1)


def test_an_orders_id_stands_beside_its_price(tmp_path: Path) -> None:
    """What finds the order at its service again is read back by whoever opens the book next."""
    ledger = book(tmp_path)
    placed = place(ledger, 0.5, key="abc")
    ledger.note_task("abc", '{"task": "t-1"}', "1f2e3d4c")
    later = book(tmp_path)
    order = later.open_order("abc")
    assert order is not None
    assert (order.order, order.task, order.account) == (placed.order, '{"task": "t-1"}', "1f2e3d4c")
    assert later.open_orders() == (order,)
    assert later.total().calls == 1
    later.settle(order, "done", cost_usd=0.5, seconds=1.0)
    assert later.open_orders() == ()
    later.note_task("unknown", "x", "y")
    assert later.total().calls == 1


def test_a_visitors_own_key_knows_no_caps_and_touches_none(tmp_path: Path) -> None:
    """What visitors pay themselves is written down, apart; nobody's cap is used up by it, open orders included."""
    ledger = book(tmp_path, design=1.0, day=1.5)
    for _ in range(4):
        ledger.place(
            provider="p",
            model="m",
            role="r",
            design_id="d1",
            key="k",
            cost_usd=0.6,
            account="x",
            own_key=True,
        )
    assert ledger.left("d1") == 1.0
    total = ledger.total(day=today())
    assert (total.cost_usd, total.open_usd, total.own_usd, total.calls) == (0.0, 0.0, pytest.approx(2.4), 4)
    place(ledger, 0.9)
    with pytest.raises(CapReached):
        place(ledger, 0.2)
    ledger.place(  # above every cap, and these are used up
        provider="p", model="m", role="r", design_id="d1", key="k", cost_usd=9.0, own_key=True
    )
    assert book(tmp_path, design=1.0).left("d1") == pytest.approx(0.1)


@pytest.mark.parametrize(
    "jumps", [[86_400], [-30 * 86_400], [86_400, -86_400, 86_400], [3600 * 30, 3600 * 60]]
)
def test_a_clock_that_jumps_does_not_open_the_days_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jumps: list[int]
) -> None:
    """While Loupe runs the day goes on as the steady clock has it, whatever somebody sets the clock to."""
    real, off = time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: real() + off)
    ledger = book(tmp_path, design=100, day=1.0)
    place(ledger, 0.8)
    for jump in jumps:
        off += jump
        with pytest.raises(CapReached, match="LOUPE_SPEND_CAP_DAY_USD"):
            place(ledger, 0.5)
        assert ledger.left() == pytest.approx(0.2)


def test_a_clock_set_back_between_two_starts_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was spent on a date that seems to lie ahead counts until the next day really comes, and no longer."""
    real, off = time.time, 30 * 86_400.0
    monkeypatch.setattr(time, "time", lambda: real() + off)
    place(book(tmp_path, day=1.0), 0.8)
    off = 0.0
    ledger = book(tmp_path, day=1.0)
    with pytest.raises(CapReached):
        place(ledger, 0.5)
    place(ledger, 0.1)
    off = 86_400.0
    assert book(tmp_path, day=1.0).left() == 1.0


def test_a_day_that_really_passes_opens_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clocks agree: the next day has its own money. A clock that is trimmed by minutes is followed."""
    real, passed = time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: real() + passed)
    steady = ledger_module._steady_s
    monkeypatch.setattr(ledger_module, "_steady_s", lambda: steady() + passed)
    ledger = book(tmp_path, day=1.0)
    place(ledger, 0.8)
    passed = 86_400.0
    assert ledger.left() == 1.0
    place(ledger, 0.8)
    assert ledger.left() == pytest.approx(0.2)


def test_an_answer_that_is_gone_is_told_once(tmp_path: Path) -> None:
    """Only what was paid for, and only what nobody cleared himself."""
    ledger = book(tmp_path)
    for key, cost in (("paid", 0.3), ("free", 0.0), ("failed", 0.3)):
        end = "failed" if key == "failed" else "done"
        ledger.settle(place(ledger, cost, key=key), end, cost_usd=cost, seconds=1.0)
    assert ledger.lost_answer("paid", since=time.time() + 1) is None
    lost = ledger.lost_answer("paid")
    assert lost is not None
    assert lost.cost_usd == 0.3
    for key in ("paid", "free", "failed", "other"):
        assert ledger.lost_answer(key) is None
        assert book(tmp_path).lost_answer(key) is None
    assert ledger.total().calls == 3


def test_a_book_deleted_while_it_is_open_begins_afresh(tmp_path: Path) -> None:
    """Neither its folder nor the file need to be there any more."""
    folder = tmp_path / "data"
    ledger = book(folder)
    place(ledger, 0.4)
    shutil.rmtree(folder)
    assert ledger.total().calls == 0
    place(ledger, 0.1)
    assert book(folder).total().cost_usd == pytest.approx(0.1)


def test_lines_of_older_books_are_read(tmp_path: Path) -> None:
    """A line written before orders had ids counts as it did."""
    line = {
        **{
            "order": "a1",
            "time": "2026-11-01T10:00:00.000+00:00",
            "state": "done",
            "provider": "p",
            "model": "m",
        },
        **{
            "role": "enhance",
            "design_id": "d1",
            "key": "k",
            "seconds": 2.0,
            "cost_usd": 0.25,
            "saved_usd": 0.0,
        },
    }
    (tmp_path / "ledger.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert book(tmp_path).total(design_id="d1").cost_usd == 0.25
