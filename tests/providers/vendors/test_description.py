"""What the language of one's own endpoints can say, each thing to a service that needs it said.

The services are the stand-ins, which were written from the services' own documents; each is asked through a TOML
file as through its own adapter, over real HTTP.
"""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from pipeline import errors, framing, images
from pipeline.demo.server import Reply, StandIn
from pipeline.providers.base import Silent
from pipeline.providers.call.cached import Cached
from pipeline.providers.registry import Registry
from pipeline.providers.vendors.endpoint import parse_description
from pipeline.providers.vendors.endpoint.adapter import _text
from pipeline.records import Role
from pipeline.settings import Settings, variables
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request, draw_crop

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

COMFY = """
base_url = "{url}"
[auth]
[enhance]
path = "/prompt"
upload = {{ path = "/upload/image", field = "image", fixed = {{ overwrite = true }}, at = "name" }}
body = "workflow.json"
[enhance.answer]
kind = "url"
at = "{{id}}.outputs.*.images.0"
url = "/view?filename={{filename}}&subfolder={{subfolder}}&type={{type}}"
[enhance.poll]
id = "prompt_id"
path = "/history/{{id}}"
status = "{{id}}.status.status_str"
absent = "waiting"
error = "{{id}}.status.messages.1.1.exception_message"
"""
"""A body from a file, an upload first, {id} in paths into JSON, any node, an empty answer, an address from fields."""
OPENAI = """
base_url = "{url}"
headers = {{ OpenAI-Beta = "images=v2" }}
[auth]
[enhance]
path = "/images/edits"
encoding = "multipart"
body = {{ "image[]" = "{{images}}", prompt = "{{prompt}}", size = "{{width}}x{{height}}", model = "local", n = 1 }}
limits = {{ references = 1 }}
[enhance.answer]
kind = "base64"
at = "data.0.b64_json"
limits = {{ sizes = [[1024, 1024], [1536, 1024], [1024, 1536]] }}
"""
"""Several pictures under one name, WxH, the answer's own sizes, a constant header."""
FAL = """
base_url = "{url}"
[auth]
value = "Key {{key}}"
[enhance]
path = "/fal-ai/bytedance/seedream/v4.5/edit"
limits = {{ references = 1 }}
[enhance.body]
prompt = "{{prompt}}"
image_urls = "{{images}}"
image_size = {{ width = "{{width}}", height = "{{height}}" }}
[enhance.answer]
kind = "url"
path = "/fal-ai/bytedance/requests/{{id}}"
at = "images.0.url"
limits = {{ min_pixels = 3_686_400, max_pixels = 16_777_216, max_side_px = 4096 }}
[enhance.poll]
id = "request_id"
path = "/fal-ai/bytedance/requests/{{id}}/status"
status = "status"
done = ["COMPLETED"]
failed = []
cancel = "PUT /fal-ai/bytedance/requests/{{id}}/cancel"
"""
"""A picture in a list, fields inside the body, the result at a second address."""
TOPAZ = """
base_url = "{url}/image/v1"
[auth]
header = "X-API-Key"
value = "{{key}}"
[enhance]
path = "/enhance/async"
encoding = "multipart"
detail = "super-resolution"
fields = {{ image = "image", width = "output_width", height = "output_height" }}
fixed = {{ model = "High Fidelity V2", face_enhancement = false, output_format = "png" }}
[enhance.answer]
kind = "url"
path = "/download/{{id}}"
at = "download_url"
[enhance.poll]
id = "process_id"
path = "/status/{{id}}"
status = "status"
done = ["Completed"]
failed = ["Failed", "Cancelled"]
progress = "progress"
cancel = "DELETE /cancel/{{id}}"
"""
"""The result behind a second address, at which it has an address of its own."""
DZINE = """
base_url = "{url}"
[auth]
value = "{{key}}"
[enhance]
path = "/create_task_upscale"
body = {{ images = [{{ base64_data = "{{image}}" }}], upscaling_resize = 2, output_format = "png" }}
limits = {{ factors = [2] }}
ok = {{ at = "code", is = [200], error = "msg" }}
answer = {{ kind = "url", at = "data.generate_result_slots.*" }}
[enhance.poll]
id = "data.task_id"
path = "/get_task_progress/{{id}}"
status = "data.status"
done = ["succeeded", "success", "succeed"]
error = "data.error_reason"
"""
"""Success told inside a 200, a picture inside a list of objects, a constant number."""
BFL = """
base_url = "{url}"
[auth]
header = "x-key"
value = "{{key}}"
[enhance]
path = "/v1/flux-2-pro"
encoding = "base64"
fields = {{ prompt = "prompt", image = "input_image", width = "width", height = "height", seed = "seed" }}
answer = {{ kind = "url", at = "result.sample", limits = {{ multiple_of = 32, max_pixels = 4_194_304 }} }}
[enhance.poll]
id = "id"
path = "/v1/get_result?id={{id}}"
status = "status"
done = ["Ready"]
failed = ["Error", "Content Moderated", "Request Moderated"]
moderated = ["Content Moderated", "Request Moderated"]
"""
"""The task's id in a query, the answer's own multiples."""
A1111 = """
base_url = "{url}"
[auth]
value = "Basic {basic}"
[enhance]
path = "/sdapi/v1/img2img"
body = {{ init_images = ["{{image}}"], prompt = "macro, {{prompt}}", width = "{{width}}", height = "{{height}}" }}
fixed = {{ denoising_strength = 0.2, override_settings = {{ CLIP_stop_at_last_layers = 2 }} }}
answer = {{ kind = "base64", at = "images.0", limits = {{ multiple_of = 8, max_side_px = 2048 }} }}
"""
"""A picture in a list, nested constants, multiples."""
INVOKE = """
base_url = "{url}"
[auth]
[enhance]
path = "/api/v1/queue/default/enqueue_batch"
upload = {{ path = "/api/v1/images/upload?image_category=user&is_intermediate=true", at = "image_name" }}
[enhance.body.batch]
runs = 1
graph = {{ nodes = {{ up = {{ id = "up", type = "esrgan", image = {{ image_name = "{{image}}" }} }} }}, edges = [] }}
[enhance.limits]
factors = [4]
[enhance.answer]
kind = "url"
at = "session.results.*.image"
url = "/api/v1/images/i/{{image_name}}/full"
[enhance.poll]
id = "item_ids.0"
path = "/api/v1/queue/default/i/{{id}}"
status = "status"
failed = ["failed", "canceled"]
error = "error_message"
cancel = "PUT /api/v1/queue/default/i/{{id}}/cancel"
"""
"""An upload with a query, a graph inside the body, a number as the id, an address made of a name."""
SERVICES = {
    "comfy": COMFY,
    "openai": OPENAI,
    "fal": FAL,
    "topaz": TOPAZ,
    "dzine": DZINE,
    "bfl": BFL,
    "a1111": A1111,
    "invoke": INVOKE,
}


def own(world: World, server: StandIn, text: str, key: str | None = MARKED_KEY) -> Cached:
    """A description as the one endpoint of a registry."""
    file = world.folder / "mine.toml"
    file.write_text(text.format(url=server.url, basic=b64encode(MARKED_KEY.encode()).decode()), "utf-8")
    (world.folder / "workflow.json").write_text(json.dumps({"prompt": json.loads(server.description)}) if server.name
                                                == "comfy" else "{}", "utf-8")  # fmt: skip
    settings = Settings(data_dir=world.folder, endpoint_file=file, endpoint_api_key=key, _env_file=None)
    return Registry(settings, world.cache, world.ledger, {}, pace=QUICK).get("endpoint", design_id="d1")


@pytest.mark.parametrize("vendor", SERVICES)
def test_a_service_is_asked_through_its_description(world: World, vendor: str) -> None:
    """The order keeps the service's own contract, and the answer is laid over its crop; asked twice, bought once."""
    server = world.servers[vendor]
    provider = own(world, server, SERVICES[vendor])
    request, framed = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    answer = provider.run(request, Silent())
    assert server.refused == []
    assert len(server.orders) == 1
    assert framed is not None
    back = framed.undo(images.decode(answer.data))
    assert back.shape[:2] == (80 * framed.factor, 96 * framed.factor)
    assert provider.run(request, Silent()).cached
    assert len(server.orders) == 1
    assert server.leaks == []


@pytest.mark.parametrize("vendor", [vendor for vendor in SERVICES if vendor not in {"openai", "a1111"}])
@pytest.mark.parametrize("situation", ["expired", "late", "poll down", "unknown at first"])
def test_passing_trouble_loses_nothing_through_a_description(
    world: World, vendor: str, situation: Any
) -> None:
    """What a service's own adapter gets over, its description gets over, too."""
    server = world.servers[vendor]
    server.script.append(situation)
    provider = own(world, server, SERVICES[vendor])
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data
    assert len(server.orders) == 1


@pytest.mark.parametrize(
    ("vendor", "situation", "kind", "words"),
    [
        ("comfy", "failed", errors.UnusableAnswer, "task is error|out of memory"),
        ("topaz", "failed", errors.UnusableAnswer, "task is Failed"),
        ("bfl", "task moderated", errors.Moderated, "Content Moderated"),
        ("dzine", "failed", errors.UnusableAnswer, "did not deliver"),
        ("invoke", "failed", errors.UnusableAnswer, "out of memory"),
        ("dzine", "moderated", errors.ProviderError, "."),
        ("dzine", "quota", errors.ProviderError, "."),
    ],
)
def test_a_failure_is_told_in_the_services_own_words(
    world: World, vendor: str, situation: Any, kind: type[errors.ProviderError], words: str
) -> None:
    """A failed task, and a refusal inside a 200, cost nothing more and are told."""
    server = world.servers[vendor]
    server.script.append(situation)
    provider = own(world, server, SERVICES[vendor])
    if vendor == "comfy":
        provider = own(world, server, COMFY + 'done = ["success"]\nfailed = ["error"]\n')
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    with pytest.raises(kind, match=words):
        provider.run(request, Silent())
    assert world.ledger.total(design_id="d1").open_usd == 0


def test_a_refusal_inside_a_200_is_no_order(world: World) -> None:
    """The envelope's word counts, not the status; asking again asks the service again."""
    server = world.servers["dzine"]
    text = DZINE.replace("base64_data", "base64_dat")
    provider = own(world, server, text)
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    with pytest.raises(errors.UnusableAnswer) as caught:
        provider.run(request, Silent())
    assert not caught.value.charged
    assert server.orders == []


@pytest.mark.parametrize("sizes", [[[1024, 1024]], [[1536, 1024]], [[2048, 512], [512, 2048]]])
@pytest.mark.parametrize("crop", [(512, 448), (300, 512), (64, 64)])
def test_an_answer_of_a_fixed_size_fits_any_crop(
    world: World, sizes: list[list[int]], crop: tuple[int, int]
) -> None:
    """The crop is laid on a canvas of the answer's shape, and is cut out of it again."""
    text = OPENAI.replace("[[1024, 1024], [1536, 1024], [1024, 1536]]", str(sizes))
    limits = own(world, world.servers["openai"], text).limits[Role.ENHANCE]
    framed = framing.fit(np.full((crop[1], crop[0], 3), 240, np.uint8), limits, factor=2)
    assert [framed.width, framed.height] in sizes
    assert framed.undo(np.zeros((framed.height, framed.width, 3), np.uint8)).shape[:2] == (
        2 * crop[1],
        2 * crop[0],
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('path = "/x"', "sends nothing of ours"),
        ('path = "/x"\nbody = {a = "{promt}"}', "sends nothing of ours"),
        ('path = "/x"\nbody = "none.json"', "cannot be read"),
        ('path = "/x"\nbody = "list.json"', "no JSON object"),
        ('path = "/x"\nbody = "text.json"', "no JSON object"),
        ('path = "/x"\nbody = 3', "enhance.body"),
        ('path = "/x"\nfields = {image = "i"}\nanswer = {url = "/view"}', "answer.url"),
        ('path = "/x"\nfields = {image = "i"}\nanswer = {path = "/view"}', "answer.path"),
        ('path = "/x"\nfields = {image = "i"}\nok = {at = "code"}', "enhance.ok.is"),
        ('path = "/x"\nfields = {image = "i"}\nupload = {path = "files", at = "x"}', "enhance.upload.path"),
        ('path = "/x"\nfields = {image = "i"}\nlimits = {references = 3}', "references"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    """Before anything is sent; a body that lies beside is read with the description."""
    (tmp_path / "list.json").write_text("[]", "utf-8")
    (tmp_path / "text.json").write_text("no", "utf-8")
    with pytest.raises(errors.Unsupported, match=complaint):
        parse_description(f'base_url = "https://x"\n[enhance]\n{text}\n', tmp_path / "mine.toml")


def test_another_body_is_another_question_and_no_body_is_the_old_one(tmp_path: Path) -> None:
    """A changed workflow is never answered from the cache; a description without a body keeps its answers."""
    base = 'base_url = "https://x"\n[enhance]\npath = "/e"\n'
    models = [
        parse_description(base + more, tmp_path / "x.toml").enhance.model  # type: ignore[union-attr]
        for more in (
            'body = {a = "{image}", n = 1}',
            'body = {a = "{image}", n = 2}',
            'fields = {image = "a"}',
        )
    ]
    assert len(set(models)) == 3
    assert models[2] == "/e"


def test_references_go_along_where_they_are_allowed(world: World) -> None:
    """The master is the second of {images}; a description that does not say so is sent the crop alone."""
    server = world.servers["openai"]
    provider = own(world, server, OPENAI)
    limits = provider.limits[Role.ENHANCE]
    request, _ = build_request(Role.ENHANCE, limits)
    provider.run(request, Silent())
    provider.run(replace(request, references=()), Silent())  # type: ignore[type-var]
    assert [sum(name.startswith("image") for name in order) for order in server.orders] == [2, 1]
    framed = framing.fit(draw_crop(), limits, factor=4)
    assert (framed.width, framed.height) in limits.answer.sizes  # type: ignore[union-attr]


def folder_of(world: World, **texts: str) -> Path:
    folder = world.folder / "endpoints"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_a_folder_of_descriptions_is_a_line_each(world: World) -> None:
    """Each with its own name, its own key and its own trouble; a key reaches the service of its file only."""
    servers = world.servers
    folder = folder_of(
        world,
        topaz='name = "Bench"' + TOPAZ.format(url=servers["topaz"].url),
        dzine=DZINE.format(url=servers["dzine"].url),
        broken="= =",
    )
    keys = f"topaz={MARKED_KEY}\nother=x"
    settings = Settings(data_dir=world.folder, endpoint_file=folder, endpoint_api_keys=keys, _env_file=None)
    registry = Registry(settings, world.cache, world.ledger, {}, pace=QUICK)
    rows = {row.id: row for row in registry.rows() if row.id.startswith("endpoint")}
    assert list(rows) == ["endpoint-broken", "endpoint-dzine", "endpoint-topaz"]
    assert "no TOML" in rows["endpoint-broken"].trouble
    assert rows["endpoint-dzine"].missing == "LOUPE_ENDPOINT_API_KEYS"
    assert (rows["endpoint-topaz"].name, rows["endpoint-topaz"].ready) == ("Bench", True)
    assert len({row.vendor for row in rows.values()}) == 3
    assert variables(rows["endpoint-topaz"].vendor).key == ("LOUPE_ENDPOINT_API_KEYS",)
    assert variables("endpoint").key == ("LOUPE_ENDPOINT_API_KEY",)
    provider = registry.get("endpoint-topaz")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data
    with pytest.raises(errors.MissingKey, match="LOUPE_ENDPOINT_API_KEYS"):
        registry.get("endpoint-dzine")
    own_key = {"endpoint-dzine": SecretStr(MARKED_KEY)}
    provider = registry.get("endpoint-dzine", keys=own_key)
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data


def test_a_key_is_named_by_a_file_whose_name_has_spaces(world: World) -> None:
    folder = folder_of(world, **{"My Studio (2)": TOPAZ.format(url=world.servers["topaz"].url)})
    keys = f"my-studio-2={MARKED_KEY}"
    settings = Settings(data_dir=world.folder, endpoint_file=folder, endpoint_api_keys=keys, _env_file=None)
    registry = Registry(settings, world.cache, world.ledger, {}, pace=QUICK)
    [row] = [row for row in registry.rows() if row.id.startswith("endpoint")]
    assert (row.id, row.missing) == ("endpoint-my-studio-2", "")
    provider = registry.get(row.id)
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data


def test_a_key_the_file_itself_carries_is_a_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable is asked for, nothing it says leaves in words, and it is not readable on the way."""
    secret = b64encode(MARKED_KEY.encode()).decode()
    server = world.servers["a1111"]
    provider = own(world, server, A1111, key=None)
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data
    repeated = Reply.json({"error": f"no order for Basic {secret}, {secret} is blocked"}, 422)
    monkeypatch.setattr(server, "answer", lambda _call: repeated)
    with pytest.raises(errors.ProviderError) as raised:
        provider.run(replace(request, prompt="another"), Silent())
    assert "is blocked" in str(raised.value)
    assert secret not in str(raised.value)


def test_a_folder_of_workflows_is_a_line_each(world: World) -> None:
    """One ComfyUI, several workflows: they share the box's key and wait for each other at its counter."""
    server = world.servers["comfy"]
    folder = world.folder / "workflows"
    folder.mkdir()
    for name in ("Macro 4x", "macro-4x", "pencil"):
        (folder / f"{name}.json").write_text(server.description, "utf-8")
    settings = Settings(
        data_dir=world.folder,
        comfy_base_url=server.url,
        comfy_workflow_file=folder,
        comfy_api_key=MARKED_KEY,
        _env_file=None,
    )
    registry = Registry(settings, world.cache, world.ledger, {}, pace=QUICK)
    rows = [row for row in registry.rows() if row.vendor == "comfy"]
    assert [row.id for row in rows] == ["comfy-macro-4x", "comfy-macro-4x-x", "comfy-pencil"]
    assert all(row.ready for row in rows)
    provider = registry.get("comfy-pencil")
    request, _ = build_request(Role.SKETCH, provider.limits[Role.SKETCH])
    assert provider.run(request, Silent()).data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a b"),
        (True, "true"),
        (3, "3"),
        (0.25, "0.25"),
        (None, ""),
        ({"a": [1]}, '{"a": [1]}'),
        ([], "[]"),
    ],
)
def test_a_value_in_a_form_is_told_as_services_read_it(value: Any, text: str) -> None:
    """Lists and tables as JSON, what is not there as nothing."""
    assert _text(value) == text
