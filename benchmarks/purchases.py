"""Paid once, counted: kills at random moments, two processes at once, and both again on a disk of 3 MB.

`python -m benchmarks purchases`. A worker is killed after its order and the next one asks for the same, over real
HTTP against the stand-ins; the small disk is also filled between an order and its answer. More than one order for
one thing stops the run.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pipeline.demo.server import StandIn
from pipeline.demo.stand_ins import VENDORS, stand_in
from pipeline.errors import DiskFull, LoupeError
from pipeline.providers.base import Silent
from pipeline.records import Role
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request, open_world

KILLS = 50
LINES = (("fal-seedvr", "fal", Role.ENHANCE), ("magnific", "magnific", Role.ENHANCE))
_SMALL = "3m"
_PACE = replace(QUICK, poll_first_s=0.02, poll_most_s=0.05)


def main() -> None:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {name: stand_in(name, scratch / "stand-ins", key=MARKED_KEY) for name in VENDORS}
        for server in servers.values():
            stack.enter_context(server)
        _run("an ordinary disk", scratch / "usual", servers)
        with _small_disk(scratch / "small") as mounted:
            if mounted:
                _fill(scratch / "small", servers)
                _run(f"a disk of {_SMALL}", scratch / "small", servers)
            else:
                print("a disk of 3 MB: not without the right to mount one")


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A tmpfs of 3 MB in a folder, as long as the block runs; False where mounting is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def _run(where: str, folder: Path, servers: Mapping[str, StandIn]) -> None:
    for line, vendor, role in LINES:
        orders, outcomes = _kills(folder / line, servers, line, vendor, role)
        shutil.rmtree(folder / line)
        words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"{where}, {line}: {KILLS} kills, {orders} orders for {KILLS} things; {words}", flush=True)
    orders, answers = _together(folder / "together", servers)
    print(f"{where}: two processes at once, {orders} order, {answers} answers", flush=True)


def _kills(
    folder: Path, servers: Mapping[str, StandIn], line: str, vendor: str, role: Role
) -> tuple[int, Counter[str]]:
    folder.mkdir(parents=True)
    server, draw, outcomes = servers[vendor], random.Random(15), Counter[str]()
    server.work_s = 0.25
    world = open_world(folder, servers, pace=_PACE)
    total = len(server.orders)
    for take in range(KILLS):
        before = len(server.orders)
        if _killed(folder, servers, line, role, take, draw, server):
            outcomes[_asked(world, line, role, take)] += 1
        else:
            world.cache.clear()  # no room: nothing was bought, and somebody makes some
            outcomes["refused for want of room"] += 1
            outcomes[_asked(world, line, role, take)] += 1
        if len(server.orders) != before + 1:
            raise AssertionError(f"{len(server.orders) - before} orders for one thing")
    server.work_s = 0.0
    if world.ledger.open_orders():
        raise AssertionError("an order stayed open")
    world.cache.close()
    return len(server.orders) - total, outcomes


def _killed(
    folder: Path,
    servers: Mapping[str, StandIn],
    line: str,
    role: Role,
    take: int,
    draw: random.Random,
    server: StandIn,
) -> bool:
    """Let a process order one thing, and kill it some time later; False where it ended before it ordered."""
    before = len(server.orders)
    child = os.fork()
    if child == 0:
        try:
            world = open_world(folder, servers, pace=_PACE)
            _asked(world, line, role, take)
        finally:
            os._exit(0)
    while len(server.orders) == before and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.002)
    if len(server.orders) == before:
        return False
    until = time.monotonic() + 10
    while (
        not (folder / "ledger.jsonl").exists()
        or '"task":"{' not in (folder / "ledger.jsonl").read_text().splitlines()[-1]
    ):
        if time.monotonic() > until or os.waitpid(child, os.WNOHANG) != (0, 0):
            return True  # it has its answer already
        time.sleep(0.002)
    time.sleep(draw.uniform(0.0, 0.35))
    os.kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
    return True


def _asked(world: World, line: str, role: Role, take: int) -> str:
    provider = world.registry.get(line, design_id="d1")
    request, _ = build_request(role, provider.limits[role], take=take)
    try:
        answer = provider.run(request, Silent())
    except LoupeError as error:
        return type(error).__name__
    return "fetched before the kill" if answer.cached else "resumed"


def _together(folder: Path, servers: Mapping[str, StandIn]) -> tuple[int, int]:
    """Two processes ask for the same thing at once."""
    folder.mkdir(parents=True)
    server = servers["fal"]
    server.work_s, before = 0.5, len(server.orders)
    urls = json.dumps({name: each.url for name, each in servers.items()})
    command = [sys.executable, "-m", "tests.providers.buyer", str(folder), urls, "fal-seedvr", "enhance", "0"]
    buyers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    answers = sum(json.loads(buyer.communicate(timeout=120)[0])["answers"] for buyer in buyers)
    server.work_s = 0.0
    if len(server.orders) != before + 1:
        raise AssertionError(f"{len(server.orders) - before} orders for one thing")
    return len(server.orders) - before, answers


def _fill(folder: Path, servers: Mapping[str, StandIn]) -> None:
    """The disk fills between the order and its answer; every later press finds the order, none buys."""
    place = folder / "filled"
    place.mkdir()
    server = servers["fal"]
    server.work_s, before = 0.4, len(server.orders)
    world = open_world(place, servers, pace=_PACE)
    provider = world.registry.get("fal-seedvr", design_id="d1")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    ballast = folder / "ballast"

    class Filling(Silent):
        def progress(self, _: float, note: str = "") -> None:
            if note == "sending" or ballast.exists():
                return
            with ballast.open("wb", buffering=0) as out, suppress(OSError):
                while out.write(bytes(4096)) == 4096:
                    pass

    outcomes = []
    for _ in range(3):
        try:
            outcomes.append("handed on" if provider.run(request, Filling()).data else "")
        except DiskFull:
            outcomes.append("no room")
        except LoupeError as error:
            outcomes.append(type(error).__name__)
    left = list((place / "cache").rglob("*.val"))
    ballast.unlink()
    outcomes.append("kept" if provider.run(request, Silent()).data else "")
    again = provider.run(request, Silent()).cached
    server.work_s = 0.0
    orders = len(server.orders) - before
    words = ", ".join(outcomes)
    print(
        f"a disk that filled meanwhile: {words}; {orders} order, {len(left)} half-written values, then cached: {again}"
    )
    if orders != 1 or left or not again:
        raise AssertionError("bought again, or not kept")
    world.cache.close()


if __name__ == "__main__":
    sys.exit(main())
