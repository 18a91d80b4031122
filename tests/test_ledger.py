"""The account book: durable, shared by processes, and the caps that refuse before anything is bought."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

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
