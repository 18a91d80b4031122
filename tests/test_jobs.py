"""Background work: rows, troubles, cancel, one at a time, and what a dead process leaves behind."""

import json
import os
import platform
import random
import threading
from pathlib import Path

import pytest

from pipeline.errors import Cancelled, Moderated
from pipeline.jobs import Job, Jobs, RowWatch
from pipeline.orders import ModelOrder, ViewsOrder, read_note

ORDER = ViewsOrder(design_id="abc234")


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "jobs", read_note)


def test_rows_report_and_troubles_do_not_stop_the_others(jobs: Jobs) -> None:
    """One region is refused; the other four are done, and the job is done."""

    def one(number: int, watch: RowWatch) -> None:
        watch.progress(0.5, "half")
        if number == 2:
            raise Moderated("The picture was refused.", provider="x")

    job = jobs.start(ORDER, lambda job: job.each([(f"r{n}", n) for n in range(5)], one))
    assert job.wait(10)
    assert job.state == "done"
    assert [row.state for row in job.rows] == ["done", "done", "failed", "done", "done"]
    assert [str(row.error) for row in job.troubles] == ["The picture was refused."]
    assert job.fraction == 1.0


def test_a_job_whose_every_row_fails_has_failed(jobs: Jobs) -> None:
    """Nothing done is a failure, also when the fault is ours: one sentence, no traceback."""

    def one(_: int, __: RowWatch) -> None:
        raise ZeroDivisionError

    job = jobs.start(ORDER, lambda job: job.each([("a", 1)], one))
    assert job.wait(10)
    assert job.state == "failed"
    assert "nothing stored was harmed" in str(job.rows[0].error)


def test_the_same_order_runs_once_at_a_time(jobs: Jobs) -> None:
    """A second press of the button finds the job that is running."""
    go = threading.Event()
    first = jobs.start(ORDER, lambda _: go.wait(10) and None)
    assert jobs.start(ORDER, lambda _: None) is first
    go.set()
    assert first.wait(10)
    assert jobs.start(ORDER, lambda _: None) is not first


def test_cancel_stops_rows_and_keeps_what_is_done(jobs: Jobs) -> None:
    """Rows that wait never start; rows that run end as cancelled."""
    started = threading.Event()

    def one(number: int, watch: RowWatch) -> None:
        if number == 0:
            return
        started.set()
        while not watch.cancelled():
            threading.Event().wait(0.01)
        raise Cancelled("stopped")

    job = jobs.start(ORDER, lambda job: job.each([("a", 0), ("b", 1), ("c", 2)], one, at_once=1))
    assert started.wait(10)
    job.cancel()
    assert job.wait(10)
    assert job.state == "cancelled"
    assert [row.state for row in job.rows] == ["done", "cancelled", "cancelled"]


def test_a_dead_process_leaves_an_interrupted_job(tmp_path: Path) -> None:
    """A note that says running, with nobody holding its lock, is offered for resuming."""
    Jobs(tmp_path, read_note)
    note = {"verb": "model", "design_id": "abc234", "params": {"provider": "local"}, "state": "running"}
    (tmp_path / "abc234.model.json").write_text(json.dumps(note))
    left = Jobs(tmp_path, read_note).find("abc234", "model")
    assert left is not None
    assert (left.state, left.order) == ("interrupted", ModelOrder(design_id="abc234", provider="local"))


def test_a_running_job_is_not_interrupted_for_a_second_process(tmp_path: Path) -> None:
    """While the lock is held elsewhere nobody is invited to resume."""
    go = threading.Event()
    first = Jobs(tmp_path, read_note).start(ORDER, lambda _: go.wait(10) and None)
    assert Jobs(tmp_path, read_note).find("abc234", "views") is None
    go.set()
    assert first.wait(10)


def test_an_ended_job_is_not_offered_after_a_restart(jobs: Jobs, tmp_path: Path) -> None:
    """Done is done."""
    job = jobs.start(ORDER, lambda _: None)
    assert job.wait(10)
    assert Jobs(tmp_path / "jobs", read_note).find("abc234", "views") is None


def test_a_fresh_job_has_no_progress() -> None:
    """Nothing is claimed before it is known."""
    assert Job(ORDER).fraction == 0.0


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="another C library keeps nothing back, or has no such call"
)
def test_what_a_row_freed_goes_back_to_the_system(jobs: Jobs) -> None:
    """Rows work in threads of their own, and the C library kept what their pictures were freed from."""
    stays: list[bytearray] = []

    def one(seed: int, _: RowWatch) -> None:
        draw = random.Random(seed)
        pieces = [bytearray(draw.randrange(1000, 100_000)) for _ in range(600)]
        stays.extend(bytearray(2000) for _ in range(3))
        pieces.clear()

    before = resident_mb()
    job = jobs.start(ORDER, lambda job: job.each([(str(seed), seed) for seed in range(8)], one, at_once=8))
    assert job.wait(10)
    assert job.state == "done"
    assert resident_mb() - before < 10


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
