"""What depends on the model's family or the picture's size, held against the strict stand-ins over HTTP."""

import base64
import dataclasses
import hashlib
import json
from dataclasses import replace

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from pipeline import errors, framing, images
from pipeline.providers.base import EnhanceRequest, ModelRequest, Silent
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.vendors import topaz
from pipeline.providers.vendors.bfl import Bfl
from pipeline.providers.vendors.dzine import Dzine
from pipeline.providers.vendors.fal import Fal
from pipeline.providers.vendors.openai import OpenAI
from pipeline.providers.vendors.tripo import Tripo
from pipeline.records import Role
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def connection(world: World, vendor: str) -> Connection:
    url, key = world.servers[vendor].url, SecretStr(MARKED_KEY)
    return Connection(vendor, vendor, url, key, "LOUPE_X_API_KEY", world.cache, pace=QUICK)


def noise(side: int) -> images.Pixels:
    """A picture that does not compress."""
    return np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)


def test_replicate_gets_small_pictures_inline_and_large_ones_uploaded(world: World) -> None:
    """Above 256 kB the picture is uploaded, as the reference asks, and the order carries its address."""
    provider = world.registry.get("replicate-clarity")
    server = world.servers["replicate"]
    for side, inline in ((64, True), (512, False)):
        framed = framing.fit(noise(side), provider.limits[Role.ENHANCE], factor=2)
        request = EnhanceRequest(framed.image, "A ring", width=framed.width, height=framed.height, factor=2)
        assert (len(request.image) <= 256_000) == inline
        assert images.decode(provider.run(request, Silent()).data).shape[:2] == (framed.height, framed.width)
    assert server.refused == []
    assert server.leaks == []
    assert len(server.orders) == 2


@pytest.mark.parametrize(
    "endpoint",
    [
        "fal-ai/bytedance/seedream/v4/edit",
        "fal-ai/bytedance/seedream/v4.5/edit",
        "bytedance/seedream/v5/pro/edit",
    ],
)
def test_fal_sends_each_seedream_what_it_takes(world: World, endpoint: str) -> None:
    """4, 4.5 and 5 pro differ in sizes and fields; each accepts what is sent to it."""
    provider = Fal(connection(world, "fal"), endpoints={Role.ENHANCE: endpoint})
    request, framed = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    answer = provider.run(request, Silent())
    assert world.servers["fal"].refused == []
    assert framed is not None
    assert images.decode(answer.data).shape[:2] == (framed.height, framed.width)


@pytest.mark.parametrize("side", [240, 450, 600, 1024, 1500, 2300])
def test_seedream_five_pro_is_asked_within_its_documents_range(world: World, side: int) -> None:
    """Whatever the crop, the size asked for lies between 1,048,576 and 4,194,304 pixels, and PNG comes back."""
    provider = Fal(connection(world, "fal"), endpoints={Role.ENHANCE: "bytedance/seedream/v5/pro/edit"})
    framed = framing.fit(noise(side)[: 3 * side // 4], provider.limits[Role.ENHANCE], factor=4)
    request = EnhanceRequest(framed.image, "A ring", width=framed.width, height=framed.height, factor=4)
    provider.run(request, Silent())
    order = world.servers["fal"].orders[0]
    assert 1_048_576 <= order["image_size"]["width"] * order["image_size"]["height"] <= 4_194_304
    assert order["output_format"] == "png"


def test_flux_books_what_the_answer_says_it_cost(world: World) -> None:
    """The cents of the answer go into the ledger, and the price shown before is what they come to."""
    provider = world.registry.get("bfl", design_id="d1")
    for role in provider.limits:
        request = build_request(role, provider.limits[role])[0]
        shown, before = provider.price(request), world.ledger.total(design_id="d1").cost_usd
        answer = provider.run(request, Silent())
        booked = world.ledger.total(design_id="d1").cost_usd - before
        assert booked == pytest.approx(answer.cost_usd) == pytest.approx(shown)
    assert booked > 0.03


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("https://api.eu2.bfl.ai/v1/get_result?id=1", False),
        ("https://api.bfl.ai/v1/get_result?id=1", False),
        ("http://api.eu2.bfl.ai/v1/get_result?id=1", True),
        ("https://bfl.ai.example/v1/get_result?id=1", True),
        ("https://user@api.eu2.bfl.ai/v1/get_result", True),
        ("https://169.254.169.254/v1/get_result", True),
    ],
)
def test_a_key_follows_a_task_within_its_vendors_domain_only(
    world: World, answering, address: str, refused: bool
) -> None:
    """The region a task lives in is asked with the key; an address elsewhere is asked for nothing."""
    asked = answering(lambda call: httpx.Response(200, json=_flux_reply(call, address)))
    provider = Bfl(replace(connection(world, "bfl"), base_url="https://api.bfl.ai"), model="flux-2-pro")
    with pytest.raises(errors.Moderated if not refused else errors.UnusableAnswer):
        provider.run(build_request(Role.GENERATE, provider.limits[Role.GENERATE])[0], Silent())
    assert [str(call.url) for call in asked[1:]] == ([] if refused else [address])
    assert all(call.headers["x-key"] == MARKED_KEY for call in asked)


def _flux_reply(call: httpx.Request, address: str) -> dict[str, object]:
    if call.method == "POST":
        return {"id": "1", "polling_url": address, "cost": 3}
    return {"id": "1", "status": "Request Moderated"}


def test_topaz_shows_its_own_estimate_where_the_key_is_there(
    world: World, answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its credits are the price before the press, asked once a size; without them the table's row stands in."""
    monkeypatch.setattr(topaz, "_estimates", {})
    replies = iter([httpx.Response(200, json={"credits": 3}), httpx.Response(401, json={"message": "no"})])
    asked = answering(lambda _: next(replies))
    provider = topaz.Topaz(connection(world, "topaz"), model="High Fidelity V2")
    request = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])[0]
    assert provider.price(request) == provider.price(request) == pytest.approx(0.24)
    assert provider.price(replace(request, width=4 * request.width)) == pytest.approx(0.08)
    assert [call.url.path for call in asked] == ["/image/v1/estimate"] * 2
    assert b'name="output_width"' in asked[0].read()
    keyless = topaz.Topaz(replace(connection(world, "topaz"), key=None), model="High Fidelity V2")
    assert keyless.price(request) == pytest.approx(0.08)
    assert len(asked) == 2


def test_sides_travel_under_the_vendors_names(world: World) -> None:
    """The front still is the picture, the others are named; without stills the master stands alone."""
    provider = world.registry.get("fal-hunyuan3d-views").inner
    request = build_request(Role.MODEL, provider.limits[Role.MODEL])[0]
    stills = tuple(
        (side, images.encode_png(noise(256 + i))) for i, side in enumerate(("front", "back", "top"))
    )
    for sides, names in ((stills, {"back_image_url", "top_image_url"}), ((), set())):
        provider.run(replace(request, sides=sides), Silent())
        order = world.servers["fal"].orders[-1]
        assert {name for name in order if name.endswith("_image_url")} - {"input_image_url"} == names
        front = dict(sides).get("front", request.images[0])
        assert base64.b64decode(order["input_image_url"].partition(",")[2]) == front
        assert order["enable_pbr"] is True


@pytest.mark.parametrize(("model", "told"), [("gpt-image-1.5", True), ("gpt-image-2", False)])
def test_openai_is_told_to_keep_the_picture_where_it_must_be(
    world: World, answering, model: str, told: bool
) -> None:
    """`input_fidelity` goes to the one family that knows it and defaults to low."""
    asked = answering(lambda _: httpx.Response(401, json={"error": {"code": "invalid_api_key"}}))
    provider = OpenAI(connection(world, "openai"), model=model)
    with pytest.raises(errors.BadKey, match="refuses the key"):
        provider.run(build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])[0], Silent())
    assert (b'name="input_fidelity"' in asked[0].read()) == told


@pytest.mark.parametrize(
    "base", ["https://proxy.example/fal", "https://queue.fal.run", "https://p.example/fal/"]
)
def test_fal_looks_behind_the_base_url_it_was_given(world: World, answering, base: str) -> None:
    """Addresses in the answer name fal's own host; they are asked for behind the base url, which may have a path."""
    own = "https://queue.fal.run/fal-ai/trellis/requests/1"
    urls = {"status_url": f"{own}/status", "response_url": own, "cancel_url": f"{own}/cancel"}

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"request_id": "1", "status": "IN_QUEUE", **urls})
        return httpx.Response(404, json={"detail": "Request not found"})

    asked = answering(reply)
    where = replace(connection(world, "fal"), base_url=base.rstrip("/"))
    provider = Fal(where, endpoints={Role.MODEL: "fal-ai/trellis"})
    with pytest.raises(errors.ProviderError):
        provider.run(build_request(Role.MODEL, provider.limits[Role.MODEL])[0], Silent())
    assert str(asked[1].url) == f"{base.rstrip('/')}/fal-ai/trellis/requests/1/status"


def test_a_web_page_in_between_is_no_working_connection(world: World, answering) -> None:
    """The free call must bring what the service answers; a login page of the network is no success."""
    answering(lambda _: httpx.Response(200, html="<html>Please log in to the hotel's network</html>"))
    for row in world.registry.rows():
        if row.checkable:
            with pytest.raises(errors.UnusableAnswer):
                world.registry.check(row.id)


def test_tripo_is_asked_as_its_third_version_says(world: World, answering) -> None:
    """Paths and fields of the reference, and the model under the name that goes over the wire."""
    done = {"task_id": "t-1", "status": "success", "output": {"model_url": "https://192.168.0.1/m.glb"}}
    replies = {
        "/v3/files": {"file_token": "token-1234"},
        "/v3/generation/image-to-model": {"task_id": "t-1"},
        "/v3/tasks/t-1": done,
        "/v3/account/balance": {"balance": 12, "frozen": 0},
    }
    asked = answering(
        lambda request: httpx.Response(200, json={"code": 0, "data": replies[request.url.path]})
    )
    where = replace(connection(world, "tripo"), base_url="https://openapi.tripo3d.ai/v3")
    provider = Tripo(where, model="v3.1-20260211")
    assert "12 credits" in provider.check()
    with pytest.raises(errors.UnusableAnswer, match="private address"):
        provider.run(build_request(Role.MODEL, provider.limits[Role.MODEL])[0], Silent())
    order = json.loads(asked[2].read())
    known = {"input", "model", "model_seed", "texture", "pbr"}
    assert set(order) == known
    assert (order["input"], order["model"]) == ("token-1234", "v3.1-20260211")


def test_tripos_ended_version_is_told_before_anything_is_sent(world: World) -> None:
    """An address of version 2, which ended in October 2026, names the one to set."""
    with pytest.raises(
        errors.Unsupported, match=r"set LOUPE_TRIPO_BASE_URL to https://openapi\.tripo3d\.ai/v3"
    ):
        Tripo(
            replace(connection(world, "tripo"), base_url="https://api.tripo3d.ai/v2/openapi"),
            model="v3.1-20260211",
        )


@pytest.mark.parametrize(
    "state", ["waiting", "in_queue", "processing", "uploading", "succeeded", "success", "failed"]
)
def test_every_state_of_dzines_document_is_understood(world: World, answering, state: str) -> None:
    """Only `failed` is a failure; ids have underscores; each order is as the document has it."""
    task = "txt2img_113101237258_784633107_S2_2_2"
    done = {"status": "succeeded", "generate_result_slots": ["https://192.168.0.1/p.webp", "", "", ""]}
    looks = iter(
        [
            {
                "status": state,
                "error_reason": "internal",
                "generate_result_slots": done["generate_result_slots"],
            }
        ]
    )

    def reply(request: httpx.Request) -> httpx.Response:
        data = {"task_id": task} if request.method == "POST" else next(looks, done)
        return httpx.Response(200, json={"code": 200, "msg": "OK", "data": data})

    asked = answering(reply)
    provider = Dzine(connection(world, "dzine"), model="Style-7feccf2b")
    with pytest.raises(errors.UnusableAnswer, match="internal" if state == "failed" else "private address"):
        provider.run(build_request(Role.GENERATE, provider.limits[Role.GENERATE])[0], Silent())
    order = json.loads(asked[0].read())
    assert order["seed"] >= 1
    assert order["output_format"] in {"jpeg", "webp"}
    assert asked[1].url.path.endswith(f"/get_task_progress/{task}")


def test_a_refusal_inside_tripos_success_is_told(world: World, answering) -> None:
    """A 200 whose code is not 0 is what its code says."""
    answering(lambda _: httpx.Response(200, json={"code": 2010, "message": "no credit"}))
    provider = Tripo(
        replace(connection(world, "tripo"), base_url="https://api.example"), model="v3.1-20260211"
    )
    with pytest.raises(errors.QuotaExhausted, match="no credit"):
        provider.run(build_request(Role.MODEL, provider.limits[Role.MODEL])[0], Silent())


@pytest.mark.parametrize("provider_id", ["tripo", "replicate-clarity"])
def test_a_failed_upload_costs_nothing(world: World, answering, provider_id: str) -> None:
    """A web page in answer to an upload is no order that may have been charged."""
    answering(lambda _: httpx.Response(200, html="<html>Please log in</html>"))
    provider = world.registry.get(provider_id, design_id="d1")
    role = next(iter(provider.limits))
    framed = framing.fit(noise(640), provider.limits[role], factor=2 if role is Role.ENHANCE else 1)
    size = {"width": framed.width, "height": framed.height}
    request = (
        ModelRequest((framed.image,)) if role is Role.MODEL else EnhanceRequest(framed.image, "", **size)
    )
    with pytest.raises(errors.UnusableAnswer):
        provider.run(request, Silent())
    total = world.ledger.total(design_id="d1")
    assert (total.cost_usd, total.calls) == (0, 1)


@pytest.mark.parametrize(
    "provider_id",
    ["seedream", "openai", "gemini", "fal", "fal-nano-banana", "fal-flux", "replicate", "bfl"],
)
def test_the_master_goes_along_after_the_crop(world: World, answering, provider_id: str) -> None:
    """Every editor that takes several pictures gets the crop first and the whole piece second; without it, one."""
    asked = answering(
        lambda _: httpx.Response(400, json={"error": {"message": "enough"}, "detail": "enough"})
    )
    provider = world.registry.get(provider_id).inner
    request = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])[0]
    assert provider.limits[Role.ENHANCE].references == 1
    for sent in (request, replace(request, references=())):
        with pytest.raises(errors.ProviderError):
            provider.run(sent, Silent())
    both, alone = (call.read() for call in asked if call.method == "POST" and "/files" not in call.url.path)
    crop, whole = (
        picture if provider_id == "openai" else base64.b64encode(picture)
        for picture in (request.image, *request.references)
    )
    assert 0 < both.find(crop) < both.find(whole)
    assert crop in alone
    assert whole not in alone


def test_a_question_without_a_reference_keeps_its_name(world: World) -> None:
    """What was paid for before the master could go along, or a second picture of a piece was there, is found again."""
    provider = world.registry.get("seedream").inner
    request = replace(build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])[0], references=())
    young = {"references", "shot"}
    fields = {f.name: getattr(request, f.name) for f in dataclasses.fields(request) if f.name not in young}
    assert key_of(provider, request) == _key_before(provider, fields)
    for later in ({"references": (b"x",)}, {"shot": "whole"}):
        assert key_of(provider, replace(request, **later)) != key_of(provider, request)


def _key_before(provider, fields) -> str:
    """The name such a question had before: the canonical JSON of all its fields."""
    fields["image"] = {"sha256": hashlib.sha256(images.untagged(fields["image"])).hexdigest()}
    asked = {
        "provider": provider.id,
        "model": provider.model(Role.ENHANCE),
        "role": "enhance",
        "place": provider.place,
        "request": fields,
    }
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
