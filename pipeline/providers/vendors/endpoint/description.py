"""The language in which an endpoint of one's own is described: where to send, what, and where the answer stands.

`EXAMPLE` and `EXAMPLE_OF_A_QUEUE` show everything such a file can say.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PositiveInt,
    StringConstraints,
    ValidationError,
    model_validator,
)

from pipeline.errors import Unsupported
from pipeline.providers.call.placeholders import places_in, unfilled
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

EXAMPLE_OF_A_READER = """\
name = "My text model"                  # of any server that speaks OpenAI's chat completions
base_url = "https://models.example/v1"

[auth]
value = "Bearer {key}"

[read]                                   # asks it to read prompts; {schema} is what its answer has to fulfil
path = "/chat/completions"
price_usd = 0.002
answer = { kind = "text", at = "choices.0.message.content" }

[read.body]
model = "my-model"
messages = [{ role = "system", content = "{instructions}" }, { role = "user", content = "{prompt}" }]
response_format = { type = "json_schema", json_schema = { name = "piece", strict = true, schema = "{schema}" } }
"""

Place = Literal[
    "prompt", "image", "images", "width", "height", "factor", "seed", "style", "kind", "instructions", "schema"
]  # fmt: skip
PLACES: tuple[Place, ...] = get_args(Place)
_PATH = r"^/"
"""A text that is one placeholder and nothing else."""
_SENT = frozenset({"prompt", "seed"})
_PICTURES = frozenset({"image", "images"})
_SIZE = frozenset({"width", "height"})
_PLACES_OF = {
    Role.GENERATE: _SENT | _SIZE | {"kind"},
    Role.ENHANCE: _SENT | _SIZE | _PICTURES | {"factor"},
    Role.SKETCH: _SENT | _SIZE | _PICTURES | {"style"},
    Role.MODEL: _SENT | _PICTURES | {"kind"},
    Role.READ: frozenset({"prompt", "instructions", "schema"}),
}
"""What each job brings; nothing else is ever filled in."""

_FORMATS = frozenset({"image/png", "image/jpeg", "image/webp"})
"""Those that a picture can be written in."""

_KEYS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"})
"""Headers that are secret: in the file they would go over plain http, and be shown where a service repeats them."""
_FRAMING = frozenset({"content-length", "transfer-encoding"})

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$")]


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Auth(_Described):
    """The header that carries the key."""

    header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    value: HeaderValue = "Bearer {key}"

    @property
    def written_key(self) -> str:
        """The key where the file itself carries it, as in "Basic dXNlcjpwYXNz"; empty where it comes from outside."""
        return "" if "{key}" in self.value else self.value.rpartition(" ")[2]


class Sizes(_Described):
    """Which sizes a picture may have, as in `providers.base.Frame`."""

    min_side_px: PositiveInt = 1
    max_side_px: PositiveInt = 8192
    min_pixels: PositiveInt = 1
    max_pixels: PositiveInt = 48_000_000
    multiple_of: PositiveInt = 1
    min_aspect: float = Field(default=0.0, ge=0)
    max_aspect: float = Field(default=1e9, gt=0)
    sizes: tuple[tuple[PositiveInt, PositiveInt], ...] = ()

    @model_validator(mode="after")
    def _leaves_some(self) -> Self:
        for least, most in (
            ("min_side_px", "max_side_px"),
            ("min_pixels", "max_pixels"),
            ("min_aspect", "max_aspect"),
        ):
            if getattr(self, least) > getattr(self, most):
                raise ValueError(f"{least} is above {most}")
        return self


class Given(Sizes):
    """What is accepted, as in `providers.base.Limits`."""

    factors: tuple[PositiveInt, ...] = ()
    formats: tuple[str, ...] = ("image/png", "image/jpeg")
    max_bytes: PositiveInt = 20_000_000
    max_images: PositiveInt = 1
    references: int = Field(default=0, ge=0, le=1)
    concurrency: PositiveInt = 2

    @model_validator(mode="after")
    def _takes_some_format(self) -> Self:
        if not _FORMATS.intersection(self.formats):
            raise ValueError(f"formats needs one of {', '.join(sorted(_FORMATS))}")
        return self


class Where(_Described):
    """Where the result stands: the body itself, or a dotted path into its JSON, `*` for any one step.

    `path`: where it is asked for, with `{id}`; left out, in the answer that told it is done. `url`: the address
    made of the fields of what stands at `at`. `limits`: the sizes it comes in.
    """

    kind: Literal["bytes", "base64", "url", "text"] = "bytes"
    at: str = ""
    path: str = Field(default="", pattern=r"^$|^/.*\{id\}")
    url: str = Field(default="", pattern=r"^$|\{[^{}]+\}")
    limits: Sizes | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.kind == "base64" and not self.at:
            raise ValueError('kind = "base64" needs “at”, where in the answer the picture stands')
        if self.kind == "text" and not self.at:
            raise ValueError('kind = "text" needs “at”, where in the answer the text stands')
        if self.kind == "url" and not self.at and not self.url:
            raise ValueError('kind = "url" needs “at”, where in the answer the address stands')
        if (self.at or self.url) and "kind" not in self.model_fields_set:
            raise ValueError('“at” and “url” need kind = "url", "base64" or "text"')
        if self.url and not self.url.startswith(("/", "https://", "http://", "{")):
            raise ValueError("url must begin with / or https://")
        return self


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
    """One of the jobs."""

    path: str = Field(pattern=_PATH)
    encoding: Literal["json", "base64", "multipart"] = "json"
    price_usd: float = Field(default=0.0, ge=0)
    detail: Literal["super-resolution", "redrawn"] = "redrawn"
    upload: Upload | None = None
    body: dict[str, JsonValue] = Field(default_factory=dict)
    fields: dict[Place, str] = Field(default_factory=dict)
    fixed: dict[str, JsonValue] = Field(default_factory=dict)
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
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    auth: Auth | None = None
    generate: Job | None = None
    enhance: Job | None = None
    sketch: Job | None = None
    model: Job | None = None
    read: Job | None = None

    @model_validator(mode="after")
    def _sends_constants(self) -> Self:
        for name in self.headers:
            if name.lower() in _KEYS:
                raise ValueError(
                    f"the header {name} carries a key; put it into [auth], with {{key}} in its place"
                )
            if name.lower() in _FRAMING:
                raise ValueError(f"the header {name} is made by Loupe; leave it out")
        return self

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
        table = tomllib.loads(text.removeprefix("\ufeff"))
        for role in Role:
            _take_in(table.get(role.value), file)
        description = Description.model_validate(table)
        for role, job in description.jobs.items():
            _look_over(role, job, file)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise Unsupported(f"The endpoint file {file} is wrong at “{where}”: {reason}.") from None
    except RecursionError:
        raise Unsupported(f"The endpoint file {file} is nested too deeply.") from None
    except ValueError as error:
        raise Unsupported(f"The endpoint file {file} is no TOML: {error}.") from None
    if not description.jobs:
        raise Unsupported(
            f"The endpoint file {file} describes no job; add [generate], [enhance], [sketch], [model] or [read]."
        )
    return description


def _look_over(role: Role, job: Job, file: Path) -> None:
    """Refuse a job that sends nothing of a request, or leaves a place empty that nothing fills. Raises Unsupported."""
    brought = _PLACES_OF[role]
    if not job.places & brought & {"prompt", *_PICTURES}:
        raise Unsupported(
            f"The endpoint file {file} sends nothing of ours in [{role.value}]: name its fields, or put {{prompt}} "
            "or {image} into its body."
        )
    if (job.answer.kind == "text") != (role is Role.READ) and "kind" in job.answer.model_fields_set:
        raise Unsupported(
            f"The endpoint file {file} is wrong at “{role.value}.answer.kind”: a text is what [read] answers, and "
            "nothing else does."
        )
    if empty := unfilled(job.body, brought):
        raise Unsupported(
            f"The endpoint file {file} has “{empty}” in the body of [{role.value}], which nothing fills; its places "
            f"are {', '.join(sorted(brought))}."
        )


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
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Unsupported(f"The {what} {file} is no text.") from None
    except OSError as error:
        raise Unsupported(f"The {what} {file} cannot be read ({error.strerror}).") from None
