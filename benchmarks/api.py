"""The API against its own description: cases drawn from the OpenAPI document, valid and not, in their thousands.

`python -m benchmarks api`. Orders are checked and begun as ever; only what they would render is left out. Looked for:
an answer of 500 and above; a status, a media type, a body or a header that the description does not name; invalid input
that is taken.
"""

import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline import images
from pipeline.api.access import Access
from pipeline.api.application import application
from pipeline.brake import Brake
from pipeline.records import Recipe
from pipeline.settings import Settings
from pipeline.stages import generate
from pipeline.workbench import Workbench

TOKEN = "a-token-for-the-benchmark"  # noqa: S105 - opens a folder that lives for a minute
COUNT = 2000
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


def try_out(folder: Path, count: int) -> tuple[Counter[tuple[str, int]], list[str]]:
    """Ask `count` cases over all operations; answers by operation and status, and what was wrong."""
    answers: Counter[tuple[str, int]] = Counter()
    faults: list[str] = []
    with _served(folder) as (app, design_id, asset_id):
        schema = schemathesis.openapi.from_asgi(
            "/api/openapi.json", app, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        operations = [operation.ok() for operation in schema.get_all_operations()]
        per_operation = -(-count * 21 // (len(operations) * 20))  # some have nothing to get wrong
        for number, operation in enumerate(operations):
            positive = max(1, per_operation // 2)
            for mode, most in (("positive", positive), ("negative", per_operation - positive)):
                if most:
                    _try_operation(operation, mode, most, number, (design_id, asset_id), answers, faults)
    return answers, faults


def _try_operation(
    operation: Any,
    mode: str,
    most: int,
    number: int,
    known: tuple[str, str],
    answers: Counter[tuple[str, int]],
    faults: list[str],
) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode[mode.upper()])
    except Exception as error:
        if "negat" not in str(error).lower():
            raise
        return
    turn = itertools.count()

    @seed(number)
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        if mode == "positive" and next(turn) % 2:
            _about_what_is_there(case, *known)
        answer = case.call(headers={"Authorization": f"Bearer {TOKEN}"})
        answers[operation.label, answer.status_code] += 1
        unsent = [] in (case.query or {}).values()  # a parameter without a value is not sent at all
        checks = [check for check in CHECKS if check is not negative_data_rejection or not unsent]
        try:
            case.validate_response(answer, checks=checks)
        except BaseExceptionGroup as group:
            faults.extend(
                f"{operation.label} {answer.status_code} {case.query}: {error}" for error in group.exceptions
            )

    try:
        ask()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__:
            raise


def _about_what_is_there(case: Any, design_id: str, asset_id: str) -> None:
    """Ask about the design and asset that exist, in place of ids that belong to nothing."""
    if isinstance(case.path_parameters, dict):
        for name, value in (
            ("design_id", design_id),
            ("asset_id", asset_id),
            ("job_id", f"{design_id}.sketch"),
        ):
            if name in case.path_parameters:
                case.path_parameters[name] = value
    if isinstance(case.body, dict) and "design_id" in case.body:
        case.body["design_id"] = design_id


@contextmanager
def _served(folder: Path) -> Iterator[tuple[ASGIApp, str, str]]:
    """The API over a workbench whose work is ordered but not carried out; a design and an asset that exist."""
    with mock.patch("pipeline.workbench.carry_out", return_value=[]):
        bench = Workbench(Settings(data_dir=folder, api_tokens=SecretStr(TOKEN)))
        access = Access()
        unhurried = Brake(one=(10**9, 1e-6), everyone=(10**9, 1e-6))
        access._guesses = access._reads = access._writes = unhurried  # noqa: SLF001 - nobody is kept waiting here
        design = bench.store.create("One", kind="ring", prompt="a gold ring")
        plain = images.resize(images.decode(images.encode_png(_grey())), 512, 512)
        asset = bench.store.put_picture(plain, Recipe(role="upload", provider="upload"))
        generate.set_master(bench.store, design.id, asset)
        api = application(lambda: bench, access)

        async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
            await api({**scope, "root_path": "/api"}, receive, send)

        yield mounted, design.id, asset.id
        bench.cache.close()


def _grey() -> images.Pixels:
    return np.full((64, 64, 3), 128, np.uint8)


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        answers, faults = try_out(Path(folder), COUNT)
    statuses = Counter[int]()
    for (_, status), number in answers.items():
        statuses[status] += number
    print(
        f"{answers.total()} cases over {len({label for label, _ in answers})} operations "
        f"in {time.monotonic() - started:.0f} s; answers by status: {dict(sorted(statuses.items()))}"
    )
    for fault, number in Counter(faults).most_common():
        print(f"{number} x {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
