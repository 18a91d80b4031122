"""The finished design that the export's tests look at."""

from pathlib import Path

import pytest

from pipeline.records import Design
from pipeline.store import Store
from tests.export.pieces import finish


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that holds the finished design; tests only read from it."""
    return Store(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def finished(shelf: Store) -> Design:
    """The finished design."""
    return finish(shelf)


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    """An empty data folder."""
    return Store(tmp_path / "empty")
