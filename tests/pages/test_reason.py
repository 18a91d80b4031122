"""Ask again with the reason: a redesigned close-up is ordered once more, and its maker is told what it changed."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pipeline import images
from pipeline.fidelity.objection import objection
from pipeline.prompts import ENHANCE
from pipeline.providers.base import Answer, EnhanceRequest
from pipeline.providers.builtin.local import Local
from pipeline.records import Detail, Role
from pipeline.stages import generate
from pipeline.workbench import Workbench
from tests.pages.conftest import finish

PAGE = "pages/enhance.py"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[EnhanceRequest]:
    """What the offline provider is asked, now that it redraws: turned at first, faithful once it is told."""
    requests: list[EnhanceRequest] = []
    limits = replace(Local.limits[Role.ENHANCE], detail=Detail.REDRAWN)

    def run(_self: Local, request: EnhanceRequest, _watch: object) -> Answer:
        requests.append(request)
        pixels = images.decode(request.image)
        large = np.repeat(np.repeat(pixels, request.factor, 0), request.factor, 1)
        answer = (
            large if "Do not repeat this" in request.prompt else np.ascontiguousarray(large[::-1, ::-1, ::-1])
        )
        return Answer(images.encode_png(answer), "local 1")

    monkeypatch.setattr(Local, "limits", {**Local.limits, Role.ENHANCE: limits})
    monkeypatch.setattr(Local, "run", run)
    return requests


def test_one_press_asks_again_and_tells_what_was_changed(
    visit: Callable[..., AppTest], bench: Workbench, ring_png: bytes, asked: list[EnhanceRequest]
) -> None:
    """The same region, the same provider, the next take; once the answer holds, the button is gone."""
    design = generate.upload(bench.store, bench.store.create("Ring", kind="ring").id, ring_png)
    bench.store.update(
        design.id, lambda d: d.with_branch(d.branch.model_copy(update={"regions": d.branch.regions[:1]}))
    )
    at = visit(PAGE, design=design.id)
    at.selectbox(key="enhancer").set_value("local").run()
    at.button(key="enhance-all").click().run()
    finish(at, bench, design.id, "enhance")
    (first,) = bench.store.load(design.id).branch.close_ups
    assert first.fidelity.raw_verdict == "fail"
    at.button(key=f"reason-{first.id}").click().run()
    finish(at, bench, design.id, "enhance")
    told = objection(first.fidelity.reasons, first.crop.width, first.crop.height)
    assert [request.prompt for request in asked] == [ENHANCE, f"{ENHANCE} {told}"]
    assert [request.take for request in asked] == [0, 1]
    assert asked[0].window == asked[1].window
    second = bench.store.load(design.id).branch.close_ups[-1]
    assert second.fidelity.raw_verdict == "pass"
    at = visit(PAGE, design=design.id)
    at.segmented_control(key=f"attempt-{first.region.id}-2").set_value(2).run()
    assert not [button for button in at.button if button.key == f"reason-{second.id}"]
