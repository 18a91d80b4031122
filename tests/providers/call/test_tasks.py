"""Tasks: what is kept on record, what is forgotten, and when. No network: the errand is made up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.cache import Cache
from pipeline.providers.base import Answer, Silent, Watch
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import Expired, UncheckedAnswer
from pipeline.providers.call.tasks import Look, run_task
from tests.providers.conftest import QUICK

DONE = Look("done", 1.0, result="r")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    cache = Cache(tmp_path / "cache")
    yield Connection("x", "Example", "https://api.example.com", None, "LOUPE_X_API_KEY", cache, pace=QUICK)
    cache.close()


class Errand:
    """Does what it is told, in turn; the last word is repeated."""

    def __init__(
        self, *looks: Look | Exception, fetch: Callable[[], Answer] | None = None, cancels: bool = True
    ) -> None:
        self.looks = list(looks) or [DONE]
        self.submits = 0
        self.fetches = 0
        self._fetch = fetch
        self._cancels = cancels

    def submit(self) -> Any:
        self.submits += 1
        return {"id": "t-1"}

    def look(self, task: Any, watch: Watch) -> Look:
        assert task == {"id": "t-1"}
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return look

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        self.fetches += 1
        return self._fetch() if self._fetch else Answer(b"data")

    def cancel(self, task: Any) -> bool:
        return self._cancels


def test_reports_progress(connection: Connection) -> None:
    """Fractions rise from sending to fetching, with the service's own words."""
    reports: list[tuple[float, str]] = []

    class Watching(Silent):
        def progress(self, fraction: float, note: str = "") -> None:
            reports.append((fraction, note))

    looks = Look("waiting", note="number 3"), Look("running", 0.5, "modelling"), Look("running", 7.0), DONE
    run_task(connection, "k", Errand(*looks), Watching())
    assert [note for _, note in reports] == ["sending", "number 3", "modelling", "running", "fetching"]
    assert [fraction for fraction, _ in reports] == sorted(fraction for fraction, _ in reports)
    assert max(fraction for fraction, _ in reports) <= 1


@pytest.mark.parametrize(
    "trouble",
    [
        errors.ProviderDown("x"),
        errors.RateLimited("x", wait_s=0.001),
        errors.BadKey("x"),
        errors.UnusableAnswer("x"),
    ],
)
def test_looks_that_fail_keep_the_order(connection: Connection, trouble: errors.ProviderError) -> None:
    """However often looking fails, the task stays on record and the next call does not submit again."""
    errand = Errand(trouble)
    with pytest.raises(errors.ProviderError):
        run_task(connection, "k", errand, Silent())
    assert connection.cache.task("k") is not None
    errand.looks = [DONE]
    assert run_task(connection, "k", errand, Silent()).data == b"data"
    assert errand.submits == 1


def test_patience_ends_without_losing_the_order(connection: Connection) -> None:
    """A task that never gets done is left on record after the time allowed."""
    hasty = replace(connection, pace=replace(QUICK, poll_patience_s=0.05))
    with pytest.raises(errors.ProviderDown, match="not bought again"):
        run_task(hasty, "k", Errand(Look("running")), Silent())
    assert connection.cache.task("k") is not None


@pytest.mark.parametrize(
    ("trouble", "kept"),
    [
        (errors.ProviderDown("x"), True),
        (errors.BadKey("x"), True),
        (errors.UnusableAnswer("x"), True),
        (UncheckedAnswer("x", data=b"half"), True),
        (Expired("x"), True),
        (errors.Moderated("x"), False),
    ],
)
def test_fetching_that_fails(connection: Connection, trouble: errors.ProviderError, kept: bool) -> None:
    """Whatever is wrong with a download keeps the order, and is tried again; only the service's own refusal ends it."""

    def fail() -> Answer:
        raise trouble

    errand = Errand(fetch=fail)
    with pytest.raises(errors.ProviderError) as caught:
        run_task(connection, "k", errand, Silent())
    assert (connection.cache.task("k") is not None) == kept
    assert caught.value.kept == kept
    once = isinstance(trouble, errors.BadKey | errors.Moderated)
    assert errand.fetches == 1 if once else errand.fetches >= 5
    errand._fetch = None
    run_task(connection, "k", errand, Silent())
    assert errand.submits == (1 if kept else 2)


def test_a_failed_task_is_forgotten(connection: Connection) -> None:
    """What failed for good is not asked for again; with or without a reason there is a sentence."""
    for trouble in (None, errors.Moderated("no rings")):
        with pytest.raises(errors.ProviderError, match="no rings" if trouble else "could not finish"):
            run_task(connection, "k", Errand(Look("failed", trouble=trouble)), Silent())
        assert connection.cache.task("k") is None


@pytest.mark.parametrize("cancels", [True, False])
def test_cancel(connection: Connection, cancels: bool) -> None:
    """A cancelled task is forgotten, and counted as possibly billed; one that cannot be cancelled stays on record."""

    class Pressed(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(errors.Cancelled) as caught:
        run_task(connection, "k", Errand(Look("running"), cancels=cancels), Pressed())
    assert (connection.cache.task("k") is None) == cancels
    assert caught.value.charged == cancels


def test_a_note_that_cannot_be_written_stops_nothing(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the order placed and the disk full, the answer is still waited for."""

    def refuse(*_: object) -> None:
        raise errors.DiskFull("no room")

    monkeypatch.setattr(connection.cache, "remember_task", refuse)
    assert run_task(connection, "k", Errand(), Silent()).data == b"data"


@pytest.mark.parametrize("note", ["{}", "[]", "nonsense", "null"])
def test_a_damaged_note_is_told_and_not_bought_again_silently(connection: Connection, note: str) -> None:
    """A note that cannot be read stands for an order nobody can fetch: only whoever asks again buys again."""
    connection.cache.remember_task("k", note)
    errand = Errand()
    with pytest.raises(errors.PossiblyCharged, match="may have been charged"):
        run_task(connection, "k", errand, Silent())
    assert errand.submits == 0
    run_task(connection, "k", errand, Silent())
    assert errand.submits == 1


@pytest.mark.parametrize("unknown", [1, 2, 4])
def test_a_fresh_order_may_be_unknown_at_first(connection: Connection, unknown: int) -> None:
    """A service that does not know its own order yet is asked again: nothing is forgotten, nothing bought twice."""
    errand = Errand(*[Look("unknown")] * unknown, DONE)
    assert run_task(connection, "k", errand, Silent()).data == b"data"
    assert errand.submits == 1


def test_an_order_that_stays_unknown_is_told_and_kept(connection: Connection) -> None:
    """After its time the user is told, and the order stays until somebody gives it up."""
    errand = Errand(Look("unknown"))
    for _ in range(2):
        with pytest.raises(errors.UnusableAnswer, match=r"does not know the order.*given up") as caught:
            run_task(connection, "k", errand, Silent())
        assert caught.value.kept
    assert errand.submits == 1
    assert connection.cache.task("k") is not None


def test_a_look_that_is_refused_is_told_and_kept(connection: Connection) -> None:
    """A 400 on a look says nothing about the task: it is told, and can be given up by hand."""
    errand = Errand(errors.Unsupported("does not accept this request."))
    with pytest.raises(errors.Unsupported, match="given up") as caught:
        run_task(connection, "k", errand, Silent())
    assert caught.value.kept
    assert connection.cache.task("k") is not None


@pytest.mark.parametrize("trouble", [Look("unknown"), errors.BadKey("x"), errors.Unsupported("x")])
def test_another_key_never_makes_an_order_forgotten(
    connection: Connection, trouble: Look | errors.ProviderError
) -> None:
    """A visitor's key that the service knows nothing under is told so at once; the owner's order is still there."""
    owner = replace(connection, key=SecretStr("owner"))
    visitor = replace(connection, key=SecretStr("visitor"))
    with pytest.raises(errors.ProviderDown):
        run_task(owner, "k", Errand(errors.ProviderDown("x")), Silent())
    with pytest.raises(errors.BadKey, match="another key"):
        run_task(visitor, "k", Errand(trouble), Silent())
    errand = Errand()
    run_task(owner, "k", errand, Silent())
    assert errand.submits == 0


def test_a_new_key_of_the_same_account_fetches(connection: Connection) -> None:
    """A key that was changed at the service in between sees the task, and gets it."""
    with pytest.raises(errors.ProviderDown):
        run_task(replace(connection, key=SecretStr("old")), "k", Errand(errors.ProviderDown("x")), Silent())
    errand = Errand()
    assert run_task(replace(connection, key=SecretStr("new")), "k", errand, Silent()).data == b"data"
    assert errand.submits == 0


def test_cancel_during_a_download_leaves_the_order(connection: Connection) -> None:
    """A task that is done is paid for: stopping its download takes nothing back at the service."""

    class Pressing(Silent):
        pressed = False

        def cancelled(self) -> bool:
            return self.pressed

    watch = Pressing()

    def fail() -> Answer:
        watch.pressed = True
        raise Expired("x")

    errand = Errand(fetch=fail)
    errand.cancel = lambda task: pytest.fail("it was taken back")  # type: ignore[method-assign]
    with pytest.raises(errors.Cancelled):
        run_task(connection, "k", errand, watch)
    assert connection.cache.task("k") is not None
