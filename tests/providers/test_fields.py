"""What depends on the model's family or the picture's size, held against the strict stand-ins over HTTP."""

from dataclasses import replace

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from pipeline import errors, framing, images
from pipeline.providers.base import EnhanceRequest, Role, Silent
from pipeline.providers.desk import Desk
from pipeline.providers.fal import Fal
from pipeline.providers.openai import OpenAI
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def desk(world: World, vendor: str) -> Desk:
    url, key = world.servers[vendor].url, SecretStr(MARKED_KEY)
    return Desk(vendor, vendor, url, key, "LOUPE_X_API_KEY", world.cache, pace=QUICK)


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
    provider = Fal(desk(world, "fal"), endpoints={Role.ENHANCE: endpoint})
    request, framed = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    answer = provider.run(request, Silent())
    assert world.servers["fal"].refused == []
    assert framed is not None
    assert images.decode(answer.data).shape[:2] == (framed.height, framed.width)


@pytest.mark.parametrize(("model", "told"), [("gpt-image-1.5", True), ("gpt-image-2", False)])
def test_openai_is_told_to_keep_the_picture_where_it_must_be(
    world: World, answering, model: str, told: bool
) -> None:
    """`input_fidelity` goes to the one family that knows it and defaults to low."""
    asked = answering(lambda _: httpx.Response(401, json={"error": {"code": "invalid_api_key"}}))
    provider = OpenAI(desk(world, "openai"), model=model)
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
    where = replace(desk(world, "fal"), base_url=base.rstrip("/"))
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
