"""A process that buys one thing from a stand-in: run by the tests, and killed by them.

python buyer.py FOLDER SERVERS_JSON PROVIDER ROLE TAKE [THREADS [apart]]

All threads ask for the same thing; `apart`: each for another take.
"""

import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

from pipeline.providers.base import Silent
from pipeline.records import Role
from tests.providers.conftest import build_request, open_world


def main() -> None:
    """Ask once, from one or several threads, and print the answers' hashes."""
    folder, servers, provider_id, role, take, *threads = sys.argv[1:]
    told = {name: SimpleNamespace(url=url, description="") for name, url in json.loads(servers).items()}
    world = open_world(Path(folder), told)
    provider = world.registry.get(provider_id, design_id="d1")
    found: list[str] = []

    def ask(number: int) -> None:
        wanted = int(take) + (number if "apart" in threads else 0)
        request, _ = build_request(Role(role), provider.limits[Role(role)], take=wanted)
        found.append(str(hash(provider.run(request, Silent()).data)))

    count = int(threads[0]) if threads else 1
    running = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    sys.stdout.write(json.dumps({"answers": len(found), "same": len(set(found)) == 1}))


if __name__ == "__main__":
    main()
