"""The demo switch: every remote service ready without a key, refusing once, and outliving a restart of the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.cache import Cache
from pipeline.demo import stand_ins
from pipeline.ledger import Ledger
from pipeline.providers.base import EnhanceRequest, Silent
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.registry import Registry
from pipeline.records import Role
from pipeline.settings import Settings
from tests.providers.conftest import build_request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class App:
    """One run of the app on a data folder."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data_dir=folder, demo_providers=True, _env_file=None)
        self.cache, self.ledger = Cache(folder / "cache"), Ledger(folder / "ledger.jsonl", settings)
        self.servers = stand_ins.running((folder / "demo").absolute())
        self.registry = Registry(settings, self.cache, self.ledger, {}, stand_ins=self.servers)
        for server in self.servers.values():
            server.delay_s = 0.0

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()
        stand_ins.running.cache_clear()
        self.cache.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = App(tmp_path)
    yield opened
    opened.stop()


def test_everything_is_ready_without_a_key(app: App) -> None:
    """Every row but Modelia's, which nobody knows, is ready, says that it is a demo, and can be checked."""
    for row in app.registry.rows():
        assert row.ready == row.demo == (row.id != "modelia")
        assert row.name.endswith("(demo)") == row.demo
        if row.checkable:
            assert app.registry.check(row.id)


def test_one_picture_is_refused_and_another_provider_makes_it(app: App) -> None:
    """The third enhancement is refused by Seedream's stand-in; the next ones, and other providers, deliver."""
    seedream, gemini = app.registry.get("seedream"), app.registry.get("gemini")
    asked = [build_request(Role.ENHANCE, seedream.limits[Role.ENHANCE], take=take)[0] for take in range(5)]
    refused = []
    for number, request in enumerate(asked):
        try:
            assert seedream.run(request, Silent()).data
        except errors.Moderated:
            refused.append(number)
    assert refused == [2]
    answer = gemini.run(build_request(Role.ENHANCE, gemini.limits[Role.ENHANCE])[0], Silent())
    assert answer.model.endswith("(demo)")


def test_a_demo_answer_is_never_taken_for_a_real_one(app: App, tmp_path: Path) -> None:
    """The same question to the real service has another cache key."""
    settings = Settings(data_dir=tmp_path, ark_api_key="k", _env_file=None)
    real = Registry(settings, app.cache, app.ledger, {}).get("seedream")
    demo = app.registry.get("seedream")
    request, _ = build_request(Role.ENHANCE, demo.limits[Role.ENHANCE])
    assert key_of(real.inner, request) != key_of(demo.inner, request)
    demo.run(request, Silent())
    assert real.price(request) > 0
    assert demo.price(request) == 0


@pytest.mark.parametrize("provider_id", ["meshy", "fal", "tripo"])
def test_a_model_ordered_before_a_restart_is_fetched_after_it(tmp_path: Path, provider_id: str) -> None:
    """App and stand-ins stop while a model is being made; the next run, on other ports, fetches that very task."""

    class Closing(Silent):
        def progress(self, fraction: float, note: str = "") -> None:
            if fraction >= 0.1:
                raise KeyboardInterrupt

    first = App(tmp_path)
    for server in first.servers.values():
        server.work_s = 1.0
    provider = first.registry.get(provider_id, design_id="d1")
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    with pytest.raises(KeyboardInterrupt):
        provider.run(request, Closing())
    first.stop()
    second = App(tmp_path)
    assert second.ledger.total(design_id="d1").open_usd > 0
    answer = second.registry.get(provider_id, design_id="d1").run(request, Silent())
    assert answer.data[:4] == b"glTF"
    assert not any(server.orders for server in second.servers.values())
    assert second.ledger.total(design_id="d1").calls == 1
    second.stop()


def test_the_careless_model_passes_on_what_it_was_given() -> None:
    """It enhances by the function it got, says the faults, and does nothing else."""
    careless = Careless(lambda crop, seed, factor: (crop * factor, (f"fault {seed}",)))
    answer = careless.run(EnhanceRequest(b"x", "p", 4, 4, factor=2, take=3), Silent())
    assert (answer.data, answer.notes) == (b"xx", {"faults": "fault 3"})
    with pytest.raises(errors.Unsupported):
        careless.run(build_request(Role.MODEL, careless.limits[Role.ENHANCE])[0], Silent())
