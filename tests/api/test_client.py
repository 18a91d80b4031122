"""A client generated from the OpenAPI document, in a folder of its own, calls every operation of the API."""

import importlib
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import openapi_python_client
import pytest
from fastapi import FastAPI
from openapi_python_client.config import Config, ConfigFile, MetaType
from starlette.testclient import TestClient

from pipeline.api.application import application
from pipeline.demo.server import StandIn
from pipeline.export import archive
from pipeline.workbench import Workbench
from tests.api.conftest import calling

NAME = "loupe_client_of_the_test"
"""Of the package; no other has it."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package the generator makes of our document, without a network and without a formatter's run."""
    folder = tmp_path_factory.mktemp("client")
    document = application(lambda: pytest.fail("nobody asks for the workbench")).openapi()
    (folder / "openapi.json").write_text(json.dumps(document))
    config = Config.from_sources(
        ConfigFile(package_name_override=NAME, post_hooks=[]),
        MetaType.NONE,
        document_source=folder / "openapi.json",
        file_encoding="utf-8",
        overwrite=True,
        output_path=folder / NAME,
    )
    troubles = openapi_python_client.generate(config=config)
    assert [f"{trouble.header} {trouble.detail}" for trouble in troubles] == []
    for file in (folder / NAME / "api").rglob("*.py"):
        code = file.read_text()
        if "Unset" in code and "import UNSET, Unset" not in code:
            # The generator forgets it where a body has two forms and there is no parameter beside it.
            file.write_text(f"from {NAME}.types import UNSET, Unset\n{code}")
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))


class Caller:
    """Calls operations by their ids, and notes which were called."""

    def __init__(self, package: ModuleType, app: FastAPI, transport: TestClient) -> None:
        self.package = package
        self.modules = {
            str(operation["operationId"]): str(operation["tags"][0])
            for path in app.openapi()["paths"].values()
            for operation in path.values()
        }
        self.called: set[str] = set()
        self._client = package.Client(base_url="http://localhost:8501", raise_on_unexpected_status=True)
        self._client.set_httpx_client(transport)

    def model(self, name: str) -> Any:
        """A class of the generated models."""
        return getattr(importlib.import_module(f"{NAME}.models"), name)

    def __call__(self, operation: str, *places: Any, **values: Any) -> Any:
        """Call an operation; its status and what the generated code read of the answer."""
        self.called.add(operation)
        module = importlib.import_module(f"{NAME}.api.{self.modules[operation]}.{operation}")
        answer = module.sync_detailed(*places, client=self._client, **values)
        assert answer.status_code < 300, answer.content[:500]
        return answer


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_every_operation_by_a_generated_client(
    openai: StandIn, generated: ModuleType, app: FastAPI, bench: Workbench, picture: bytes
) -> None:
    """From the prompt to the shop's archive, typed: bodies of generated models go out, generated models come back."""
    with calling(app) as transport:
        call = Caller(generated, app, transport)
        _walk(call, bench, picture)
    assert call.called == set(call.modules)


def _walk(call: Caller, bench: Workbench, picture: bytes) -> None:
    begun = call(
        "begin", body=call.model("Generate")(prompt="a plain gold band ring", count=1, size=256), wait=30.0
    )
    design_id = begun.parsed.design.id
    order = call.model("Read")(prompt="a plain gold band ring", provider="openai-reader", design_id=design_id)
    assert call("read", body=order, wait=30.0).parsed.design.reading.sentences == []
    assert begun.parsed.job.state == "done"
    call("choose_master", body=call.model("Master")(design_id=design_id, size=256), wait=30.0)
    read = call("design", design_id).parsed
    region = read.branches[0].regions[0]
    call("place_regions", design_id, body=call.model("Regions")(regions=[region]))
    enhanced = call("enhance", body=call.model("Enhance")(design_id=design_id, factor=2), wait=60.0).parsed
    (close_up,) = enhanced.design.branches[0].close_ups
    assert close_up.fidelity.verdict in {"pass", "repaired"}
    decision = call.model("Decision").from_dict({"decision": "accepted"})
    assert (
        call("decide", design_id, close_up.id, body=decision).parsed.design.branches[0].close_ups[0].decision
    )
    form = call.model("SketchForm")(design_id=design_id, numbers=[1])
    call("sketch", body=form, wait=60.0)
    call("fix", body=form, wait=60.0)
    asset = call("asset", read.branches[0].master.id)
    assert asset.content.startswith(b"\x89PNG")
    pair = call.model("Pair")(crop=close_up.crop.id, enhanced=close_up.raw.id)
    assert call("compare", body=pair).parsed["verdict"] == close_up.fidelity.verdict
    assert call("lock", body=pair).content.startswith(b"\x89PNG")
    glb = call("model", body=call.model("ModelForm")(design_id=design_id, provider="local"), wait=60.0)
    assert glb.parsed.design.branches[0].models
    job = call(
        "showcase", body=call.model("Showcase").from_dict({"design_id": design_id, "document": "archive"})
    ).parsed.job
    told = call("events", job.id, wait=60.0).content.decode()
    assert "event: end" in told
    assert call("status", job.id).parsed.state == "done"
    packed = call("export", design_id, call.model("ExportDocument")("archive")).content
    assert archive.opened(packed).namelist()
    call("throw_away", design_id)
    came = call("take_in", body=call.model("TakeInBody")(archive=_file(call, packed, "one.loupe"))).parsed
    assert came.design.name == read.name
    _with_a_picture(call, bench, picture)
    assert call("designs", limit=1).parsed.total == 2
    assert "atelier" in {maker.id for maker in call("providers").parsed.providers}
    assert call("health").parsed.status == "ok"
    assert b"loupe_" in call("metrics").content


def _with_a_picture(call: Caller, bench: Workbench, picture: bytes) -> None:
    """A multipart body; then work that is under way is listed and stopped, and what a dead server left is resumed."""
    body = call.model("WholeSetFilesBody")(picture=_file(call, picture, "photo.png"), name="Photo", factor=2)
    job = call("whole_set", body=body).parsed.job
    assert job.id in {each.id for each in call("running").parsed.jobs}
    call("cancel", job.id)
    held = bench.jobs.find(job.design_id, job.verb)
    assert held is not None
    assert held.wait(60)
    bench.jobs.forget(held)
    order = {"design_id": job.design_id, "verb": "sketch", "provider": "local", "prompt": "", "numbers": [1]}
    note = bench.store.folder / "jobs" / f"{job.design_id}.sketch.json"
    note.write_text(json.dumps({"order": order, "state": "running"}))
    assert call("resume", f"{job.design_id}.sketch", wait=60.0).parsed.job.state == "done"


def _file(call: Caller, data: bytes, name: str) -> Any:
    return importlib.import_module(f"{NAME}.types").File(
        payload=BytesIO(data), file_name=name, mime_type="application/octet-stream"
    )
