"""More than ten thousand mutated records, archives, models, pictures and answers: what became of each.

A record is read or is one damaged row; an archive is taken whole or leaves nothing; a model and a picture are read
or refused; a provider's answer is whole or a sentence without the key, and nothing of it is kept. Whatever else
happens stops the run. Messages over the websocket follow in `messages`:

    python -m benchmarks hostile messages
"""

import io
import json
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import httpx
from hypothesis import HealthCheck, Phase, given, settings

from pipeline import decoding
from pipeline.errors import BadImage, BadModel, LoupeError
from pipeline.export import archive, manifest
from pipeline.images import content_id
from pipeline.providers.base import Silent
from pipeline.providers.call import http
from pipeline.records import Role
from pipeline.solids import checks
from pipeline.solids.usdz import to_usdz
from pipeline.store import Store
from tests.providers import test_mutations as mutations
from tests.providers.conftest import MARKED_KEY, World, build_request, open_world
from tests.solids.test_hostile import mutant
from tests.test_decoding import SEEDS, scene

OLD = Path(__file__).parent.parent / "tests" / "older"
RECORDS, ARCHIVES, MODELS, PICTURES, ANSWERS = 4000, 1000, 4000, 2500, 1600
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", "x" * 70_000, "\0", "\u202e", "../..", [], {}, [[]] * 99, {"a": 1}, "2026",
)  # fmt: skip


def main() -> None:
    draw = random.Random(23)
    with tempfile.TemporaryDirectory() as scratch:
        _report("records", _records(Path(scratch) / "records", draw))
        _report("archives", _archives(Path(scratch) / "archives", draw))
        _report("models", _models())
        _report("pictures", _pictures())
        _report("answers", _answers(Path(scratch) / "answers"))


def _records(folder: Path, draw: random.Random) -> list[tuple[str, float]]:
    whole = (OLD / "old-pendant.json").read_bytes()
    record = json.loads(whole)
    store = Store(folder)
    place = folder / "designs" / record["id"]
    place.mkdir()
    outcomes = []
    for n in range(RECORDS):
        data = _spoilt(whole, draw) if n % 2 else json.dumps(_changed(record, draw)).encode()
        (place / "design.json").write_bytes(data)
        started = time.perf_counter()
        (summary,) = store.summaries()
        try:
            store.load(summary.id)
            outcome = "read"
        except LoupeError as error:
            outcome = type(error).__name__
        if bool(summary.damage) != (outcome != "read"):
            raise AssertionError(f"the list says {summary.damage!r}, the record is {outcome}")
        outcomes.append((outcome, time.perf_counter() - started))
    return outcomes


def _archives(folder: Path, draw: random.Random) -> list[tuple[str, float]]:
    whole = (OLD / "old-pendant.loupe").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    body = json.loads(members[manifest.NAME])
    body.pop("digest")
    outcomes = []
    for n in range(ARCHIVES):
        store = Store(folder / str(n))
        data = _spoilt(whole, draw) if n % 2 else _packed(members, _changed(body, draw))
        started = time.perf_counter()
        try:
            archive.read(store, data)
            outcome = "taken"
        except LoupeError as error:
            outcome = type(error).__name__
            left = [file for file in (store.folder / "assets").rglob("*") if file.is_file()]
            if left or store.summaries():
                raise AssertionError(f"{outcome}, and {len(left)} files are left") from error
        outcomes.append((outcome, time.perf_counter() - started))
    return outcomes


def _models() -> list[tuple[str, float]]:
    """GLBs with their JSON or bytes changed: checked as an upload is, and turned into what phones read."""
    outcomes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for seed in range(MODELS):
            data = mutant(random.Random(seed + 10**6))
            outcomes.append(_tried(lambda data=data: (checks.checked(data), to_usdz(data)), BadModel))
    return outcomes


def _pictures() -> list[tuple[str, float]]:
    """Every format that is read, with bytes changed, cut or put in."""
    draw = random.Random(17)
    whole = [save(scene(48)) for save in SEEDS.values()]
    outcomes = []
    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_SILENT
    )  # what it says of damaged files on standard error would bury the counts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for n in range(PICTURES):
            data = _spoilt(whole[n % len(whole)], draw)
            outcomes.append(_tried(lambda data=data, n=n: decoding.read(data, repair=bool(n % 2)), BadImage))
    return outcomes


def _answers(folder: Path) -> list[tuple[str, float]]:
    """Conversations with every kind of provider in which one answer is spoilt."""
    (folder / "world").mkdir(parents=True)
    (folder / "services").mkdir()
    services = mutations.stand_ins_without_sockets(folder / "services")
    outcomes: list[tuple[str, float]] = []
    wire = mutations.Wire(services)
    with _carried_by(wire):
        world = open_world(folder / "world", services, pace=mutations.HASTY)
        each = ANSWERS // len(mutations.CONVERSATIONS)
        for provider_id, role in mutations.CONVERSATIONS:
            _conversations(world, wire, provider_id, role, each, outcomes)
        world.cache.close()
    return outcomes


def _conversations(
    world: World,
    wire: mutations.Wire,
    provider_id: str,
    role: Role,
    count: int,
    outcomes: list[tuple[str, float]],
) -> None:
    provider = world.registry.get(provider_id)

    @settings(
        deadline=None,
        max_examples=count,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutation=mutations.MUTATIONS)
    def one(mutation: mutations.Mutation) -> None:
        world.cache.clear()
        wire.takes += 1
        request, _ = build_request(role, provider.limits[role], take=wire.takes)
        wire.count, wire.mutation = 0, mutation
        outcome, seconds = _tried(lambda: provider.run(request, Silent()), LoupeError, never=MARKED_KEY)
        if outcome != "read" and world.cache.stats().answers:
            raise AssertionError(f"{outcome}, and an answer is kept")
        outcomes.append((outcome, seconds))

    one()


@contextmanager
def _carried_by(wire: mutations.Wire) -> Iterator[None]:
    """Every client of ours speaks over this wire."""

    class Client(httpx.Client):
        def __init__(self, **options: Any) -> None:
            options.pop("verify", None)
            super().__init__(transport=wire, **options)

    with (
        mock.patch.object(http.httpx, "Client", Client),
        mock.patch.object(http, "_tls", return_value=None),
    ):
        yield


def _tried(work: Callable[[], object], refusal: type[LoupeError], *, never: str = "") -> tuple[str, float]:
    """What became of one try and how long it took; any other error comes through."""
    started = time.perf_counter()
    try:
        work()
        outcome = "read"
    except refusal as error:
        outcome = type(error).__name__
        if never and never in str(error):
            raise AssertionError(f"the sentence quotes {never}") from error
    return outcome, time.perf_counter() - started


def _packed(members: dict[str, bytes], body: Any) -> bytes:
    plain = (json.dumps(body, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
    sealed = {**body, "digest": content_id(plain)} if isinstance(body, dict) else body
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in members.items():
            text = (json.dumps(sealed, indent=1, sort_keys=True) + "\n").encode()
            packed.writestr(name, text if name == manifest.NAME else data)
    return out.getvalue()


def _changed(value: Any, draw: random.Random) -> Any:
    """The same JSON with one value within it replaced, dropped, doubled or moved."""
    copied = json.loads(json.dumps(value))
    place = copied
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw.choice(keys)
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.15:
            break
        place = inner
    match draw.randrange(4):
        case 0 if isinstance(place, dict):
            del place[key]
        case 1 if isinstance(place, list):
            place.append(place[key])
        case 2 if isinstance(place, dict):
            place[f"{key}x"] = inner
        case _:
            place[key] = draw.choice(_VALUES)
    return copied


def _spoilt(data: bytes, draw: random.Random) -> bytes:
    spoilt = bytearray(data)
    at = draw.randrange(len(spoilt))
    match draw.randrange(4):
        case 0:
            spoilt[at] ^= 1 << draw.randrange(8)
        case 1:
            del spoilt[at:]
        case 2:
            spoilt[at:at] = draw.randbytes(draw.randrange(1, 64))
        case _:
            del spoilt[at : at + draw.randrange(1, 4096)]
    return bytes(spoilt)


def _report(what: str, outcomes: list[tuple[str, float]]) -> None:
    counted = Counter(outcome for outcome, _ in outcomes)
    slowest = max(seconds for _, seconds in outcomes)
    words = ", ".join(f"{count} {outcome}" for outcome, count in counted.most_common())
    print(f"{len(outcomes)} {what}: {words}; the slowest took {slowest * 1e3:.0f} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
