"""One renderer process for all tests that look at pictures."""

from collections.abc import Iterator

import pytest

from pipeline.atelier.render.client import Renderer


@pytest.fixture(scope="session")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    with Renderer(tmp_path_factory.mktemp("renderer")) as made:
        yield made
