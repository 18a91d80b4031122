"""The server `make run` starts: pages and API on one port, the README's walk by curl alone, and a soft end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]


class Server:
    """`streamlit run api.py`, or of another script, on a folder and a port of its own, beneath a path."""

    def __init__(self, folder: Path, script: str = "api.py") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}/studio"
        self.log = folder / "server.log"
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(self.port)]
        command += ["--server.baseUrlPath", "studio", "--server.fileWatcherType", "none"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "LOUPE_DATA_DIR": str(folder / "data")},
                stdout=log,
                stderr=log,
            )
        for _ in range(240):
            if self.status("/_stcore/health") == 200:
                return
            time.sleep(0.25)
        pytest.fail(f"the server did not start: {self.log.read_text()}")

    def status(self, path: str, **headers: str) -> int:
        try:
            request = urllib.request.Request(self.url + path, headers=headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.process.kill()
    running.process.wait()


def test_the_pages_are_served_where_the_api_cannot_be(tmp_path: Path) -> None:
    """An installation without the API's packages, or with an older one, starts all the same."""
    code = "import sys; sys.modules['fastapi'] = None; import api; print(api.routes(), api.app.script_path)"
    environment = {**os.environ, "LOUPE_DATA_DIR": str(tmp_path / "data")}
    started = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert started.stdout.split() == ["[]", "app.py"]


def test_a_host_that_runs_the_pages_alone_serves_them(tmp_path: Path) -> None:
    """As Streamlit Community Cloud does, here beneath a path too: the app starts, and nothing answers as the API."""
    alone = Server(tmp_path, "app.py")
    try:
        assert alone.status("/") == 200
        assert alone.status("/_stcore/health") == 200
        with urllib.request.urlopen(f"{alone.url}/", timeout=30) as page:
            assert b"streamlit" in page.read().lower()
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(f"{alone.url}/api/health") as answer:
            assert answer.headers.get_content_type() != "application/json"
        assert "Traceback" not in alone.log.read_text()
    finally:
        alone.process.terminate()
        alone.process.wait(30)


def test_the_readmes_walk_ends_in_a_showcase(server: Server, tmp_path: Path) -> None:
    """Its lines, as they stand there, by curl alone, with small pictures; pages are served beside them."""
    chapter = re.search(
        r"<!-- walk -->\n```\n(.*?)```\n<!-- /walk -->", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert chapter
    lines = chapter.group(1)
    first = "API=http://localhost:8501/api SIZE=2048 FACTOR=4 SHEETS=[1,2,3,4,5,6]"
    assert lines.startswith(first)
    lines = lines.replace(first, f"API={server.url}/api SIZE=256 FACTOR=2 SHEETS=[2]")
    walk = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", lines],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr + server.log.read_text()
    page = (tmp_path / "showcase.html").read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html")
    assert "a plain gold band ring" in page
    for name, parts in (("close-ups", "close_ups"), ("sheets", "sketches"), ("model", "models")):
        assert f'"{parts}":[{{' in (tmp_path / f"{name}.json").read_text("utf-8")
    assert server.status("/") == 200
    assert server.status("/api/designs", **{"X-Forwarded-For": "192.0.2.1"}) == 403


def test_a_server_that_is_ended_finishes_the_pictures_under_way(server: Server) -> None:
    """SIGTERM: calls that wait are let go, what was begun is stored, the rest is left to be resumed."""
    order = '{"prompt": "a rose gold band ring", "count": 8, "provider": "atelier"}'
    curl = subprocess.Popen(
        [
            "curl",
            "-s",
            "-o",
            os.devnull,
            "-w",
            "%{http_code}",
            "--json",
            order,
            f"{server.url}/api/generate?wait=600",
        ],
        stdout=subprocess.PIPE,
    )
    for _ in range(200):
        if "verb=candidates" in server.log.read_text().rpartition("/showcase")[2]:
            break
        time.sleep(0.05)
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(60)
    assert curl.communicate(timeout=10)[0] == b"202"
    end = server.log.read_text().rpartition("job.end")[2]
    assert "verb=candidates" in end
    assert "state=interrupted" in end
