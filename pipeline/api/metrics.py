"""Figures for Prometheus: work, seconds, money, memory. No key, no prompt, no name of a design or person."""

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.errors import LoupeError
from pipeline.ledger import today
from pipeline.workbench import Workbench

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def exposition(bench: Workbench) -> bytes:
    """All figures as they are now, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Figures(bench))
    return generate_latest(registry)


class _Figures(Collector):
    """Reads the workbench when it is asked."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def collect(self) -> Iterator[Metric]:
        """One family of figures after another; those that cannot be read are left out."""
        for family in (self._work, self._ended, self._calls, self._caps, self._disk, self._memory):
            try:
                metrics = list(family())
            except (LoupeError, OSError):
                continue
            yield from metrics

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: reading the figures is what costs."""
        return iter(())

    def _work(self) -> Iterator[Metric]:
        jobs = self._bench.jobs.running()
        yield GaugeMetricFamily("loupe_jobs_running", "Pieces of work under way.", len(jobs))
        rows = GaugeMetricFamily("loupe_parts", "Parts of the work under way, by state.", labels=["state"])
        states = Counter(row.state for job in jobs for row in list(job.rows))
        for state in ("waiting", "running", "done", "failed"):
            rows.add_metric([state], states[state])
        yield rows

    def _ended(self) -> Iterator[Metric]:
        count = CounterMetricFamily(
            "loupe_jobs_ended", "Work that ended since the start, by kind and end.", labels=["verb", "state"]
        )
        seconds = CounterMetricFamily(
            "loupe_jobs_seconds", "Seconds that work took, by kind and end.", labels=["verb", "state"]
        )
        for (verb, state), (number, took_s) in sorted(self._bench.jobs.ended().items()):
            count.add_metric([verb, state], number)
            seconds.add_metric([verb, state], took_s)
        yield count
        yield seconds

    def _calls(self) -> Iterator[Metric]:
        """Of all time: the ledger survives a restart."""
        labels = ["provider", "role", "state"]
        count = CounterMetricFamily(
            "loupe_provider_calls", "Calls to providers; `cached` cost nothing.", labels=labels
        )
        seconds = CounterMetricFamily("loupe_provider_seconds", "Seconds providers worked.", labels=labels)
        spent = CounterMetricFamily(
            "loupe_spent_usd", "The operator's money, US dollars.", labels=["provider"]
        )
        saved = CounterMetricFamily(
            "loupe_saved_usd", "What the cache saved, US dollars.", labels=["provider"]
        )
        calls: Counter[tuple[str, str, str]] = Counter()
        worked: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        for entry in self._bench.spending().entries():
            kind: tuple[str, str, str] = (entry.provider, entry.role, entry.state)
            calls[kind] += 1
            worked[kind] += entry.seconds
        for call, number in sorted(calls.items()):
            count.add_metric(list(call), number)
            seconds.add_metric(list(call), worked[call])
        for provider, total in sorted(self._bench.spending().totals("provider").items()):
            spent.add_metric([provider], total.cost_usd)
            saved.add_metric([provider], total.saved_usd)
        yield from (count, seconds, spent, saved)

    def _caps(self) -> Iterator[Metric]:
        ledger, settings = self._bench.spending(), self._bench.settings
        total = ledger.total(day=today())
        yield GaugeMetricFamily(
            "loupe_spent_today_usd", "Spent since midnight UTC, US dollars.", total.cost_usd
        )
        yield GaugeMetricFamily(
            "loupe_spend_cap_day_usd", "The day's cap, US dollars.", settings.spend_cap_day_usd
        )
        yield GaugeMetricFamily(
            "loupe_open_orders", "Orders whose answer has not come in.", len(ledger.open_orders())
        )

    def _disk(self) -> Iterator[Metric]:
        store = self._bench.store
        yield GaugeMetricFamily("loupe_designs", "Designs in the gallery.", len(store.summaries()))
        yield GaugeMetricFamily("loupe_stored_bytes", "Bytes of designs and assets.", store.size_bytes())
        free = shutil.disk_usage(store.folder).free
        yield GaugeMetricFamily("loupe_disk_free_bytes", "Bytes free on the disk of the data folder.", free)

    def _memory(self) -> Iterator[Metric]:
        resident = GaugeMetricFamily(
            "loupe_resident_bytes", "Memory of this server and of its helpers' processes.", labels=["of"]
        )
        server, *helpers = _processes(os.getpid())
        resident.add_metric(["server"], _resident_bytes(server))
        resident.add_metric(["helpers"], sum(map(_resident_bytes, helpers)))
        yield resident


def _processes(pid: int) -> Iterator[int]:
    """A process and all that descend from it. Raises OSError where the system does not tell."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                yield from _processes(int(child))
            except OSError:
                continue


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0
