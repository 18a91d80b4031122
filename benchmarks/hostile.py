"""Ten thousand mutated records and archives: what became of each, and how long the slowest took.

`python -m benchmarks hostile`. A record is read or is one damaged row; an archive is taken whole or leaves nothing.
Everything else stops the run.
"""

import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.errors import LoupeError
from pipeline.export import archive, manifest
from pipeline.images import content_id
from pipeline.store import Store

OLD = Path(__file__).parent.parent / "tests" / "older"
RECORDS, ARCHIVES = 8000, 2000
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", "x" * 70_000, "\0", "\u202e", "../..", [], {}, [[]] * 99, {"a": 1}, "2026",
)  # fmt: skip


def main() -> None:
    draw = random.Random(23)
    with tempfile.TemporaryDirectory() as scratch:
        _report("records", _records(Path(scratch) / "records", draw))
        _report("archives", _archives(Path(scratch) / "archives", draw))


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
