"""The language in which an endpoint of one's own is described: where to send, what, and where the answer stands.

`EXAMPLE` and `EXAMPLE_OF_A_QUEUE` show everything such a file can say.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import Unsupported
from pipeline.providers.call.placeholders import places_in
from pipeline.records import Role

EXAMPLE = """\
name = "My studio"
base_url = "https://studio.example/api"
headers = { X-Version = "2" }           # sent with every call; constant queries stand in the paths

[auth]                                  # left out: no key is sent
header = "Authorization"
value = "Bearer {key}"

[enhance]                               # likewise generate, sketch, model
path = "/enhance?tier=best"
encoding = "multipart"                  # or "json": pictures as data URIs ("base64": bare)
price_usd = 0.02
detail = "super-resolution"             # or "redrawn"
fields = { image = "photo", prompt = "text", width = "w", height = "h" }
fixed = { mode = "macro" }
limits = { max_side_px = 2048, max_bytes = 8_000_000 }
answer = { kind = "url", at = "result.0.url" }      # kinds: bytes, base64, url

[enhance.poll]                          # left out: the POST itself answers
id = "task.id"
path = "/tasks/{id}"
status = "task.status"
done = ["done"]
failed = ["failed", "refused"]
moderated = ["refused"]
error = "task.message"
progress = "task.progress"
cancel = "DELETE /tasks/{id}"

# The fields Loupe can fill: prompt, image (images: several), width, height, factor, seed, style, kind.
"""
EXAMPLE_OF_A_QUEUE = """\
name = "My box"
base_url = "http://192.168.1.20:9000"   # plain http: without a key, or listed in LOUPE_PLAIN_HTTP_HOSTS

[enhance]
path = "/jobs"
upload = { path = "/files", field = "file", fixed = { kind = "input" }, at = "name" }  # first; its name is the picture
limits = { references = 1 }             # the whole master may go along, as the second of {images}
ok = { at = "code", is = [0], error = "msg" }       # a 200 that says otherwise is a refusal
poll = { id = "job", path = "/jobs/{id}", status = "{id}.state", absent = "waiting" }   # an empty answer: not yet

[enhance.body]                           # or body = "body.json", a file beside this one
input = { pictures = "{images}", first = ["{image}"], size = "{width}x{height}", text = "macro, {prompt}" }

[enhance.answer]                         # asked for at a second address; * is whatever stands there
kind = "url"
path = "/jobs/{id}/outputs"
at = "outputs.*.files.0"
url = "/view?name={name}&folder={folder}"           # made of the fields that stand there
limits = { sizes = [[1024, 1024], [1536, 1024], [1024, 1536]] }                # the sizes it answers in
"""

Place = Literal["prompt", "image", "images", "width", "height", "factor", "seed", "style", "kind"]
PLACES: tuple[Place, ...] = get_args(Place)
_PATH = r"^/"


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Described):
    """The header that carries the key."""

    header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    value: str = "Bearer {key}"


class Sizes(_Described):
    """Which sizes a picture may have, as in `providers.base.Frame`."""

    min_side_px: int = 1
    max_side_px: int = 8192
    min_pixels: int = 1
    max_pixels: int = 48_000_000
    multiple_of: int = 1
    min_aspect: float = 0.0
    max_aspect: float = 1e9
    sizes: tuple[tuple[int, int], ...] = ()


class Given(Sizes):
    """What is accepted, as in `providers.base.Limits`."""

    factors: tuple[int, ...] = ()
    formats: tuple[str, ...] = ("image/png", "image/jpeg")
    max_bytes: int = 20_000_000
    max_images: int = 1
    references: int = Field(default=0, ge=0, le=1)
    concurrency: int = 2


class Where(_Described):
    """Where the result stands: the body itself, or a dotted path into its JSON, `*` for any one step.

    `path`: where it is asked for, with `{id}`; left out, in the answer that told it is done. `url`: the address
    made of the fields of what stands at `at`. `limits`: the sizes it comes in.
    """

    kind: Literal["bytes", "base64", "url"] = "bytes"
    at: str = ""
    path: str = Field(default="", pattern=r"^$|^/.*\{id\}")
    url: str = Field(default="", pattern=r"^$|\{[^{}]+\}")
    limits: Sizes | None = None


class Poll(_Described):
    """How a task is followed. Paths into JSON are dotted; `{id}` is the task's, everywhere.

    `absent`: what a look without a status means. `cancel` is a method and a path.
    """

    id: str
    path: str = Field(pattern=r"^/.*\{id\}")
    status: str
    done: tuple[str, ...] = ("done", "succeeded", "success", "completed")
    failed: tuple[str, ...] = ("failed", "error", "cancelled", "canceled")
    moderated: tuple[str, ...] = ()
    absent: Literal["error", "waiting"] = "error"
    error: str = ""
    progress: str = ""
    cancel: str = Field(default="", pattern=r"^$|^(POST|PUT|DELETE) /.*\{id\}")


class Upload(_Described):
    """What is sent first: each picture as a file of a form; what stands at `at` takes its place in the order."""

    path: str = Field(pattern=_PATH)
    field: str = "file"
    fixed: dict[str, str | int | float | bool] = Field(default_factory=dict)
    at: str


class Success(_Described):
    """Where a 200 says whether it is one, and what it says then; `error` is where its words stand."""

    at: str
    is_: tuple[bool | int | str, ...] = Field(alias="is", min_length=1)
    error: str = ""


class Job(_Described):
    """One of the four jobs."""

    path: str = Field(pattern=_PATH)
    encoding: Literal["json", "base64", "multipart"] = "json"
    price_usd: float = Field(default=0.0, ge=0)
    detail: Literal["super-resolution", "redrawn"] = "redrawn"
    upload: Upload | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    fields: dict[Place, str] = Field(default_factory=dict)
    fixed: dict[str, Any] = Field(default_factory=dict)
    limits: Given = Given()
    answer: Where = Where()
    ok: Success | None = None
    poll: Poll | None = None

    @property
    def places(self) -> frozenset[str]:
        """What a request fills into it."""
        return places_in(self.body, PLACES) | frozenset(self.fields)

    @property
    def model(self) -> str:
        """The path, and a hash of the body where there is one: another body is another question."""
        if not self.body:
            return self.path
        digest = hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()
        return f"{self.path}@{digest[:8]}"


class Description(_Described):
    """The whole file."""

    name: str = Field(default="Your endpoint", min_length=1, max_length=60)
    base_url: str = Field(pattern=r"^https?://")
    headers: dict[str, str] = Field(default_factory=dict)
    auth: Auth | None = None
    generate: Job | None = None
    enhance: Job | None = None
    sketch: Job | None = None
    model: Job | None = None

    @property
    def jobs(self) -> dict[Role, Job]:
        """The jobs described."""
        jobs = {role: getattr(self, role.value) for role in Role}
        return {role: job for role, job in jobs.items() if job is not None}


def read_description(file: Path) -> Description:
    """Read the TOML file. Raises Unsupported, naming the line or the field."""
    return parse_description(_read(file, "endpoint file"), file)


def parse_description(text: str, file: Path) -> Description:
    """Understand a description; `file` is named in complaints, and bodies lie beside it. Raises Unsupported."""
    try:
        table = tomllib.loads(text)
        for role in Role:
            _take_in(table.get(role.value), file)
        description = Description.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Unsupported(f"The endpoint file {file} is wrong at “{where}”: {first['msg']}.") from None
    except ValueError as error:
        raise Unsupported(f"The endpoint file {file} is no TOML: {error}.") from None
    if not description.jobs:
        raise Unsupported(
            f"The endpoint file {file} describes no job; add [generate], [enhance], [sketch] or [model]."
        )
    for role, job in description.jobs.items():
        if not job.places & {"prompt", "image", "images"}:
            raise Unsupported(
                f"The endpoint file {file} sends nothing of ours in [{role.value}]: name its fields, or put {{prompt}} "
                "or {image} into its body."
            )
    return description


def _take_in(job: Any, file: Path) -> None:
    """Put a body that lies in a file of its own in the place of the file's name. Raises Unsupported."""
    if not isinstance(job, dict) or not isinstance(job.get("body"), str):
        return
    beside = file.parent / job["body"]
    try:
        body = json.loads(_read(beside, "body file"))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Unsupported(f"The body file {beside} holds no JSON object.")
    job["body"] = body


def _read(file: Path, what: str) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Unsupported(f"The {what} {file} is no text.") from None
    except OSError as error:
        raise Unsupported(f"The {what} {file} cannot be read ({error.strerror}).") from None
