"""Your own endpoint, described by a short TOML file: where to send, which fields, where the answer stands.

`EXAMPLE` shows everything such a file can say.
"""

import base64
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from pipeline.errors import Moderated, ProviderError, Unsupported, UnusableAnswer
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    ModelRequest,
    Request,
    SketchRequest,
    Watch,
    role_of,
)
from pipeline.providers.call.answers import data_uri, file_of, from_base64, glb, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door, File, Parts
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Linked, Look, run_task
from pipeline.records import Detail, Role

EXAMPLE = """\
name = "My studio"
base_url = "https://studio.example/api"

[auth]                                  # left out: no key is sent
header = "Authorization"
value = "Bearer {key}"

[enhance]                               # likewise generate, sketch, model
path = "/enhance"
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

# The fields Loupe can fill: prompt, image (images for a model), width, height, factor, seed, style, kind.
"""
_ERROR_FIELDS = ("error.message", "error", "message", "detail", "msg")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Told):
    """The header that carries the key."""

    header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    value: str = "Bearer {key}"


class Where(_Told):
    """Where the result stands: the body itself, or a dotted path into its JSON."""

    kind: Literal["bytes", "base64", "url"] = "bytes"
    at: str = ""


class Poll(_Told):
    """How a task is followed. Paths into JSON are dotted; `cancel` is a method and a path."""

    id: str
    path: str = Field(pattern=r"^/.*\{id\}")
    status: str
    done: tuple[str, ...] = ("done", "succeeded", "success", "completed")
    failed: tuple[str, ...] = ("failed", "error", "cancelled", "canceled")
    moderated: tuple[str, ...] = ()
    error: str = ""
    progress: str = ""
    cancel: str = Field(default="", pattern=r"^$|^(POST|PUT|DELETE) /.*\{id\}")


class Given(_Told):
    """Limits, as in `providers.base.Limits`."""

    min_side_px: int = 1
    max_side_px: int = 8192
    min_pixels: int = 1
    max_pixels: int = 48_000_000
    multiple_of: int = 1
    min_aspect: float = 0.0
    max_aspect: float = 1e9
    sizes: tuple[tuple[int, int], ...] = ()
    factors: tuple[int, ...] = ()
    formats: tuple[str, ...] = ("image/png", "image/jpeg")
    max_bytes: int = 20_000_000
    max_images: int = 1
    concurrency: int = 2


class Job(_Told):
    """One of the four jobs."""

    path: str = Field(pattern=r"^/")
    encoding: Literal["json", "base64", "multipart"] = "json"
    price_usd: float = Field(default=0.0, ge=0)
    detail: Literal["super-resolution", "redrawn"] = "redrawn"
    fields: dict[
        Literal["prompt", "image", "images", "width", "height", "factor", "seed", "style", "kind"], str
    ]
    fixed: dict[str, str | int | float | bool] = Field(default_factory=dict)
    limits: Given = Given()
    answer: Where = Where()
    poll: Poll | None = None


class Description(_Told):
    """The whole file."""

    name: str = Field(default="Your endpoint", min_length=1, max_length=60)
    base_url: str = Field(pattern=r"^https?://")
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
    try:
        return parse_description(file.read_text("utf-8"), file)
    except OSError as error:
        raise Unsupported(f"The endpoint file {file} cannot be read ({error.strerror}).") from None


def parse_description(text: str, file: Path) -> Description:
    """Understand a description; `file` is named in complaints. Raises Unsupported."""
    try:
        description = Description.model_validate(tomllib.loads(text))
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
    return description


class Endpoint(Remote):
    """Whatever the file describes."""

    def __init__(self, connection: Connection, description: Description) -> None:
        url = description.base_url.rstrip("/")
        key = connection.key if description.auth else SecretStr("")
        connection = replace(
            connection, name=description.name, base_url=url, place=connection.place or url, key=key
        )
        self._jobs = description.jobs
        super().__init__(
            connection,
            {role: job.path for role, job in self._jobs.items()},
            {role: _limits(role, job) for role, job in self._jobs.items()},
        )
        auth = description.auth
        self._door = Door(
            connection, lambda key: {auth.header: auth.value.replace("{key}", key)} if auth else {}, _explain
        )

    def rate(self, role: Role) -> Price:
        """The price its description names."""
        return Price(self._jobs[role].price_usd, source="its own description")

    def _do(self, request: Request, watch: Watch) -> Answer:
        role = role_of(request)
        errand = _Errand(self.connection, self._door, self._jobs[role], role, request)
        if self._jobs[role].poll is not None:
            return run_task(self.connection, key_of(self, request), errand, watch)
        key, link = key_of(self, request), ""
        if self.connection.cache.task(key) is None:
            watch.progress(0.1, "waiting for the answer")
            reply = errand.order()
            if self._jobs[role].answer.kind != "url":
                return errand.read(reply, watch)
            link = errand.text(reply)
        return run_task(self.connection, key, Linked(link, errand.fetched), watch)


class _Errand:
    def __init__(self, connection: Connection, door: Door, job: Job, role: Role, request: Request) -> None:
        self._connection = connection
        self._door = door
        self._job = job
        self._role = role
        self._request = request

    def order(self) -> Reply:
        given = _given(self._request)
        filled = {theirs: given[ours] for ours, theirs in self._job.fields.items() if ours in given}
        if self._job.encoding != "multipart":
            coded = {name: _coded(value, self._job.encoding) for name, value in filled.items()}
            return self._door.post(self._job.path, body={**self._job.fixed, **coded})
        parts: Parts = {
            **{name: _text(value) for name, value in self._job.fixed.items()},
            **{name: _part(name, value) for name, value in filled.items()},
        }
        return self._door.post(self._job.path, parts=parts)

    def submit(self) -> Any:
        reply = self.order()
        with unusable(self._connection.provider, self._connection.name):
            task = _at(reply.json(), self._poll.id)
            if not isinstance(task, str | int) or not 0 < len(str(task)) <= 200:
                raise ValueError("no id")
            return str(task)

    def look(self, task: Any, watch: Watch) -> Look:
        poll = self._poll
        reply = self._door.get(poll.path.replace("{id}", quote(str(task), safe="")), watch, accept=(404, 410))
        if reply.status in {404, 410}:
            return Look("unknown")
        with unusable(self._connection.provider, self._connection.name):
            status = reply.json()
            state = str(_at(status, poll.status))
            share = float(_at(status, poll.progress)) if poll.progress else None
        if state in poll.done:
            return Look("done", 1.0, result=task)
        if state in poll.moderated or state in poll.failed:
            words = words_of(_maybe_at(status, poll.error)) if poll.error else ""
            kind = Moderated if state in poll.moderated else UnusableAnswer
            return Look("failed", trouble=self._door.trouble(kind, words or f"the task is {state[:40]}"))
        return Look("running", None if share is None else share / 100 if share > 1 else share, state[:40])

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        return self.read(
            self._door.get(self._poll.path.replace("{id}", quote(str(task), safe="")), watch), watch
        )

    def cancel(self, task: Any) -> bool:
        method, _, path = self._poll.cancel.partition(" ")
        return bool(path) and self._door.withdraw(method, path.replace("{id}", quote(str(task), safe="")))

    def read(self, reply: Reply, watch: Watch) -> Answer:
        kind = self._job.answer.kind
        if kind == "url":
            return self.fetched(self.text(reply), watch)
        return self._checked(
            reply.body if kind == "bytes" else from_base64(self._connection, self.text(reply))
        )

    def text(self, reply: Reply) -> str:
        """The picture as text, or its address."""
        with unusable(self._connection.provider, self._connection.name):
            text = _at(reply.json(), self._job.answer.at)
            if not isinstance(text, str):
                raise TypeError("no text")
            return text

    def fetched(self, link: Any, watch: Watch) -> Answer:
        """A result behind its address; one without a host is asked for at the endpoint itself, with the key."""
        address = str(link)
        if address.startswith("/") and not address.startswith("//"):
            return self._checked(self._door.get(address, watch).body)
        return self._checked(self._door.download(address, watch))

    def _checked(self, data: bytes) -> Answer:
        check = glb if self._role is Role.MODEL else picture
        return Answer(check(self._connection, data))

    @property
    def _poll(self) -> Poll:
        assert self._job.poll is not None  # noqa: S101 - only polled jobs come here
        return self._job.poll


def _limits(role: Role, job: Job) -> Limits:
    detail = Detail.UPSCALED if job.detail == "super-resolution" else Detail.REDRAWN
    limits = job.limits.model_dump()
    answer = Frame(max_pixels=48_000_000) if role is Role.ENHANCE and not job.limits.factors else None
    sized = answer if "width" in job.fields or "factor" in job.fields else None
    return Limits(**limits, answer=sized, detail=detail, seed="seed" in job.fields)


def _given(request: Request) -> dict[str, Any]:
    """Everything a description may ask for, by our names."""
    fields: dict[str, Any] = {"prompt": request.prompt, "seed": seed_of(request)}
    if isinstance(request, ModelRequest):
        return {**fields, "image": request.images[0], "images": list(request.images)}
    fields["width"], fields["height"] = size_of(request)
    match request:
        case GenerateRequest():
            fields["kind"] = request.kind
        case EnhanceRequest():
            fields |= {"image": request.image, "factor": request.factor}
        case SketchRequest():
            fields |= {"image": request.image, "style": request.style}
    return fields


def _coded(value: Any, encoding: str) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode() if encoding == "base64" else data_uri(value)
    return [_coded(part, encoding) for part in value] if isinstance(value, list) else value


def _part(name: str, value: Any) -> str | File:
    if isinstance(value, list):
        value = value[0]
    return file_of(name, value) if isinstance(value, bytes) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at(value: Any, path: str) -> Any:
    """Follow a dotted path; numbers index lists. Raises KeyError, IndexError or TypeError."""
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _maybe_at(value: Any, path: str) -> Any:
    try:
        return _at(value, path)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    reasons = (_maybe_at(fields, path) for path in _ERROR_FIELDS)
    return None, next((words_of(words) for words in reasons if words), "")
