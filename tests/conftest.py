"""What all tests share: an empty data folder, no keys from the outside, versions in the report."""

import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import numpy as np
import pytest
from pydantic import AliasChoices

from pipeline.images import Pixels, encode_png
from pipeline.records import Design
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.store import Store
from tests.taken_in import take_in

if TYPE_CHECKING:
    from tests.faulty_s3 import FaultyS3

# The same examples each time, so that a red run is this change's; `--hypothesis-profile deep` goes looking for others.
# A busy machine is no fault: speed is measured by the benchmarks.
hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "deep", parent=hypothesis.settings.get_profile("same"), derandomize=False, max_examples=2000
)
hypothesis.settings.load_profile("same")

PRINTED = pytest.StashKey[list[str]]()
"""Tables the tests have filled; they are printed under the run."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PRINTED] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several processes share the work, each hands its tables to the one that prints."""
    answer = getattr(session.config, "workeroutput", None)
    if answer is not None:
        answer["printed"] = session.config.stash[PRINTED]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[PRINTED] += getattr(node, "workeroutput", {}).get("printed", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for table in config.stash[PRINTED]:
        terminalreporter.write(f"\n{table}\n")


@pytest.fixture(scope="session")
def printed(pytestconfig: pytest.Config) -> list[str]:
    """What is appended here is printed when the run is over."""
    return pytestconfig.stash[PRINTED]


def pytest_report_header() -> str:
    names = ("streamlit", "mitsuba", "manifold3d", "pyoidn", "numpy", "opencv-python-headless", "pillow")
    return f"python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3's protocol over HTTP; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def way(s3: str, monkeypatch: pytest.MonkeyPatch) -> "Iterator[FaultyS3]":
    """The way to the server, whole at first; botocore tries once, and waits as a loaded machine has it."""
    from tests.faulty_s3 import FaultyS3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patience = {"connect_timeout": 20, "read_timeout": 20, "retries": {"max_attempts": 0}}
    monkeypatch.setattr("pipeline.bucket._PATIENCE", patience)
    faulty = FaultyS3(s3)
    yield faulty
    faulty.close()


@pytest.fixture
def url(way: "FaultyS3") -> str:
    """A bucket of its own behind that way, as settings name it."""
    import s3fs

    name = f"o{time.monotonic_ns()}"
    s3fs.S3FileSystem(endpoint_url=way.url, skip_instance_cache=True).mkdir(name)
    return f"s3://{name}/loupe?endpoint_url={way.url}"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key and no folder of the machine reaches a test."""
    for name in Settings.secret_fields:
        alias = Settings.model_fields[name].validation_alias
        for variable in alias.choices if isinstance(alias, AliasChoices) else [f"LOUPE_{name}"]:
            monkeypatch.delenv(str(variable).upper(), raising=False)
    for variable in ("LOUPE_DEMO_PROVIDERS", "LOUPE_READ_ONLY", "LOUPE_API_TOKENS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@pytest.fixture(scope="session")
def ring_pixels() -> Pixels:
    """A shaded gold ring with a blue stone on white, 640 x 640, drawn at 4x and averaged down."""
    side, fine = 640, 4
    y, x = np.mgrid[0 : side * fine, 0 : side * fine].astype(np.float32) / (side * fine) - 0.5
    radius = np.hypot(x, y + -0.08)
    band = np.abs(radius - 0.27) < 0.045
    shade = 0.55 + 0.4 * np.sin(9 * np.arctan2(y, x) + 30 * radius)
    picture = np.ones((side * fine, side * fine, 3), np.float32)
    for channel, level in enumerate((0.86, 0.66, 0.28)):
        picture[..., channel][band] = np.clip(level * (0.4 + 0.75 * shade[band]), 0, 1)
    stone = np.hypot(x, y + 0.25) < 0.085
    facets = 0.5 + 0.5 * np.sign(np.sin(40 * x) * np.cos(40 * (y + 0.25)))
    for channel, level in enumerate((0.15, 0.3, 0.85)):
        picture[..., channel][stone] = level * (0.5 + 0.5 * facets[stone])
    small = picture.reshape(side, fine, side, fine, 3).mean(axis=(1, 3))
    return (small * 255 + 0.5).astype(np.uint8)


@pytest.fixture(scope="session")
def ring_png(ring_pixels: Pixels) -> bytes:
    return encode_png(ring_pixels)


@pytest.fixture(scope="session")
def photographed(tmp_path_factory: pytest.TempPathFactory, ring_png: bytes) -> Callable[..., Design]:
    """Puts a ring whose master is the photograph into a store; the picture is measured once for all tests.

    Its regions are the middles of those suggested: a network sees each at once, and twice as large once more.
    """
    shelf = Store(tmp_path_factory.mktemp("photographed"))
    ring = generate.upload(shelf, shelf.create("Ring", kind="ring").id, ring_png)
    assert ring.branch is not None
    regions = tuple(
        region.model_copy(
            update={
                "x": region.x + (region.width - side) // 2,
                "y": region.y + (region.height - side) // 2,
                "width": side,
                "height": side,
            }
        )
        for region in ring.branch.regions
        for side in (min(region.width, region.height, 56),)
    )
    ring = ring.with_branch(ring.branch.model_copy(update={"regions": regions}))

    def put(store: Store, name: str = "Ring of the house") -> Design:
        return take_in(store, shelf, ring, name)

    return put
