"""A stranger's GLB, checked in a process of its own: one at a time, with a ceiling on memory and an end to patience."""

import resource
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.child import Child, serve
from pipeline.errors import BadModel
from pipeline.solids.checks import MAX_BYTES, too_large
from pipeline.solids.checks import checked as check

MEMORY_CEILING_MB = 1000.0
"""Twice what the largest model within the limits takes."""
ADDRESS_SPACE_MB = 3000
"""What it may ask for at once, libraries included: the ceiling is looked at ten times a second only."""
PATIENCE_S = 60.0
IDLE_S = 20.0


class Examiner:
    """Checks GLBs on the side. Thread-safe; whoever comes while one is checked waits for its turn."""

    def __init__(
        self, folder: Path, *, memory_ceiling_mb: float = MEMORY_CEILING_MB, patience_s: float = PATIENCE_S
    ) -> None:
        self._patience_s = patience_s
        self._child = Child(
            "pipeline.solids.examination",
            "The check of this model",
            folder / "examination.log",
            memory_ceiling_mb=memory_ceiling_mb,
            idle_s=IDLE_S,
            failed=BadModel,
            unavailable=BadModel,
            outgrown="simplify its mesh or its textures",
        )

    def check(self, data: bytes) -> None:
        """Raise BadModel with one sentence where something speaks against a GLB."""
        if len(data) > MAX_BYTES:
            raise too_large(data)
        self._child.ask({"op": "check"}, [np.frombuffer(data, np.uint8)], patience_s=self._patience_s)

    def close(self) -> None:
        """End the process, if there is one."""
        self._child.close()


@cache
def examiner(folder: Path) -> Examiner:
    """The one examiner of a data folder."""
    return Examiner(folder)


def _work(
    header: dict[str, Any],  # noqa: ARG001 - there is one question only
    arrays: list[np.ndarray],
    progress: Callable[[float], None],  # noqa: ARG001 - a check is short
    cancelled: Callable[[], bool],  # noqa: ARG001 - the same
) -> tuple[dict[str, Any], list[np.ndarray]]:
    check(arrays[0].tobytes())
    return {}, []


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MB << 20, ADDRESS_SPACE_MB << 20))
    serve(_work, subject="The check of this model")
