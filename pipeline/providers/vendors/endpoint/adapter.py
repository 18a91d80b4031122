"""Whatever a description says: upload, order, looks, and the result wherever it stands."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from pipeline.errors import Moderated, ProviderError, UnusableAnswer
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    ModelRequest,
    ReadRequest,
    Request,
    SketchRequest,
    Watch,
    pictures_of,
    role_of,
)
from pipeline.providers.call.answers import data_uri, file_of, from_base64, glb, json_object, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unpaid, unusable
from pipeline.providers.call.http import Door, File, Parts
from pipeline.providers.call.placeholders import fill
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, number_of, words_of
from pipeline.providers.call.tasks import Linked, Look, identifier, run_task
from pipeline.providers.vendors.endpoint.description import Auth, Description, Job, Poll, Success, Upload
from pipeline.records import Detail, Role

_ERROR_FIELDS = ("error.message", "error", "message", "detail", "msg")
_PLACE = re.compile(r"\{[^{}]+\}")
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError)


class Endpoint(Remote):
    """Whatever the file describes."""

    def __init__(self, connection: Connection, description: Description) -> None:
        url = description.base_url.rstrip("/")
        connection = replace(
            connection,
            name=description.name,
            base_url=url,
            place=connection.place or url,
            key=_key(connection, description.auth),
        )
        self._jobs = description.jobs
        super().__init__(
            connection,
            {role: job.model for role, job in self._jobs.items()},
            {role: _limits(role, job) for role, job in self._jobs.items()},
        )
        auth, constant = description.auth, description.headers
        self._door = Door(
            connection,
            lambda key: {**constant, **({auth.header: auth.value.replace("{key}", key)} if auth else {})},
            _explain,
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
                return errand.read(reply, "", watch)
            link = errand.address(reply, "")
        return run_task(self.connection, key, Linked(link, errand.fetched), watch)


class _Errand:
    def __init__(self, connection: Connection, door: Door, job: Job, role: Role, request: Request) -> None:
        self._connection = connection
        self._door = door
        self._job = job
        self._role = role
        self._request = request
        self._names: dict[bytes, Any] = {}
        """What the service calls the pictures that were uploaded."""

    def order(self) -> Reply:
        """Place it, after what has to be uploaded first."""
        job = self._job
        given = {name: value for name, value in _given(self._request).items() if name in job.places}
        if job.upload is not None:
            given = {name: self._uploaded(value, job.upload) for name, value in given.items()}
        elif job.encoding != "multipart":
            given = {name: _coded(value, job.encoding) for name, value in given.items()}
        named = {theirs: given[ours] for ours, theirs in job.fields.items() if ours in given}
        body = {**fill(job.body, given), **job.fixed, **named}
        if job.encoding == "multipart":
            return self._accepted(self._door.post(job.path, parts=_form(body)))
        return self._accepted(self._door.post(job.path, body=body))

    def _uploaded(self, value: Any, upload: Upload) -> Any:
        """A picture's name at the service, where the value is one or several of them."""
        if isinstance(value, list):
            return [self._uploaded(part, upload) for part in value]
        if not isinstance(value, bytes):
            return value
        if value not in self._names:
            self._names[value] = self._uploaded_once(value, upload)
        return self._names[value]

    def _uploaded_once(self, value: bytes, upload: Upload) -> Any:
        parts = _form({**upload.fixed, upload.field: value})
        with unpaid(), self._understood():
            reply = self._accepted(self._door.post(upload.path, parts=parts, paid=False))
            return _at(reply.json(), upload.at)

    def _accepted(self, reply: Reply) -> Reply:
        """The reply, unless it says of itself that it is a refusal."""
        ok = self._job.ok
        if ok is not None and _refused(reply, ok):
            words = words_of(_maybe_at(reply.fields(), ok.error)) if ok.error else _explain(reply)[1]
            error = self._door.trouble(UnusableAnswer, words)
            error.charged = False
            raise error
        return reply

    def submit(self) -> Any:
        reply = self.order()
        with self._understood():
            task = _at(reply.json(), self._poll.id)
            identifier(task)
            return str(task)

    def look(self, task: Any, watch: Watch) -> Look:
        poll = self._poll
        reply = self._door.get(_path(poll.path, task), watch, accept=(404, 410))
        if reply.status in {404, 410}:
            return Look("unknown")
        self._accepted(reply)
        with self._understood():
            status = reply.json() if reply.body.strip() or poll.absent == "error" else {}
            state = _maybe_at(status, poll.status, task)
            state = None if state is None else _text(state)
            if state is None and poll.absent == "error":
                raise KeyError(poll.status)
            share = number_of(_maybe_at(status, poll.progress, task)) if poll.progress else None
        if state is None:
            return Look("waiting")
        if _one_of(state, poll.done):
            return Look("done", 1.0, result=task)
        if _one_of(state, (*poll.moderated, *poll.failed)):
            return self._failed(status, state, task)
        return Look("running", share / 100 if share and share > 1 else share, state[:40])

    def _failed(self, status: Any, state: str, task: Any) -> Look:
        words = words_of(_maybe_at(status, self._poll.error, task)) if self._poll.error else ""
        kind = Moderated if _one_of(state, self._poll.moderated) else UnusableAnswer
        return Look("failed", trouble=self._door.trouble(kind, words or f"the task is {state[:40]}"))

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        where = self._job.answer.path or self._poll.path
        return self.read(self._accepted(self._door.get(_path(where, task), watch)), str(task), watch)

    def cancel(self, task: Any) -> bool:
        method, _, path = self._poll.cancel.partition(" ")
        return bool(path) and self._door.withdraw(method, _path(path, task))

    def read(self, reply: Reply, task: str, watch: Watch) -> Answer:
        """The answer behind a reply that has it, or knows where it is."""
        kind = self._job.answer.kind
        if kind == "url":
            return self.fetched(self.address(reply, task), watch)
        if kind == "bytes":
            return self._checked(reply.body)
        with self._understood():
            text = _at(reply.json(), self._job.answer.at, task)
        if kind == "text":
            return Answer(json_object(self._connection, json.dumps(text) if isinstance(text, dict) else text))
        return self._checked(from_base64(self._connection, text))

    def address(self, reply: Reply, task: str) -> str:
        """Where the result is: as it is told, or made of what is told."""
        form = self._job.answer.url
        with self._understood():
            place = _at(reply.json(), self._job.answer.at, task) if self._job.answer.at else reply.json()
            if form:
                fields = place if isinstance(place, dict) else {"value": place}
                coded = {name: quote(_text(value), safe="") for name, value in fields.items()}
                address = str(fill(form, {**coded, "id": quote(task, safe="")}))
                if _PLACE.search(address):
                    raise KeyError(form)
                return address
            if not isinstance(place, str):
                raise TypeError("no address")
            return place

    def fetched(self, link: Any, watch: Watch) -> Answer:
        """A result behind its address; one without a host is asked for at the endpoint itself, with the key."""
        address = str(link)
        if address.startswith("/") and not address.startswith("//"):
            return self._checked(self._door.get(address, watch).body)
        return self._checked(self._door.download(address, watch))

    def _checked(self, data: bytes) -> Answer:
        if self._role is Role.READ:
            return Answer(json_object(self._connection, data.decode("utf-8", "replace")))
        check = glb if self._role is Role.MODEL else picture
        return Answer(check(self._connection, data))

    def _understood(self) -> Any:
        return unusable(self._connection.provider, self._connection.name)

    @property
    def _poll(self) -> Poll:
        assert self._job.poll is not None  # noqa: S101 - only polled jobs come here
        return self._job.poll


def _key(connection: Connection, auth: Auth | None) -> SecretStr | None:
    if auth is None:
        return SecretStr("")
    return SecretStr(auth.written_key) if auth.written_key else connection.key


def _limits(role: Role, job: Job) -> Limits:
    detail = Detail.UPSCALED if job.detail == "super-resolution" else Detail.REDRAWN
    answer = None
    if job.answer.limits is not None:
        answer = Frame(**job.answer.limits.model_dump())
    elif role is Role.ENHANCE and not job.limits.factors and job.places & {"width", "factor"}:
        answer = Frame(max_pixels=48_000_000)
    return Limits(**job.limits.model_dump(), answer=answer, detail=detail, seed="seed" in job.places)


def _given(request: Request) -> dict[str, Any]:
    """Everything a description may ask for, by our names."""
    if isinstance(request, ReadRequest):
        return {
            "prompt": request.prompt,
            "instructions": request.instructions,
            "schema": json.loads(request.schema),
        }
    fields: dict[str, Any] = {"prompt": request.prompt, "seed": seed_of(request)}
    if isinstance(request, ModelRequest):
        return {**fields, "image": request.images[0], "images": list(request.images), "kind": request.kind}
    fields["width"], fields["height"] = size_of(request)
    match request:
        case GenerateRequest():
            return {**fields, "kind": request.kind}
        case EnhanceRequest():
            fields["factor"] = request.factor
        case SketchRequest():
            fields["style"] = request.style
    return {**fields, "image": request.image, "images": list(pictures_of(request))}


def _coded(value: Any, encoding: str) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode() if encoding == "base64" else data_uri(value)
    return [_coded(part, encoding) for part in value] if isinstance(value, list) else value


def _form(fields: Mapping[str, Any]) -> Parts:
    """A multipart body: pictures as files, several of them under one name, everything else as text."""
    return {name: _part(name, value) for name, value in fields.items()}


def _part(name: str, value: Any) -> str | File | list[File]:
    if isinstance(value, bytes):
        return file_of(name, value)
    if isinstance(value, list) and value and all(isinstance(part, bytes) for part in value):
        return [file_of(name, part) for part in value]
    return _text(value)


def _text(value: Any) -> str:
    """A value in a form or an address: what is no text and no number as JSON."""
    return str(value) if isinstance(value, str | float) else "" if value is None else json.dumps(value)


def _one_of(state: str, words: Iterable[str]) -> bool:
    """Whether a state is one of the words, in capitals or not: services write theirs in either way."""
    return state.casefold() in {word.casefold() for word in words}


def _path(path: str, task: Any) -> str:
    return path.replace("{id}", quote(str(task), safe=""))


def _at(value: Any, path: str, task: Any = "") -> Any:
    """Follow a dotted path; numbers index lists, `{id}` is the task's, `*` the first step that leads on.

    Raises KeyError, IndexError, TypeError or ValueError.
    """
    return _followed(value, [step.replace("{id}", str(task)) for step in path.split(".")])


def _followed(value: Any, steps: list[str]) -> Any:
    for number, step in enumerate(steps):
        if step == "*":
            return _first(value.values() if isinstance(value, dict) else list(value), steps[number + 1 :])
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _first(values: Iterable[Any], steps: list[str]) -> Any:
    """What the first of several values has at the end of a path. Raises KeyError where none has it."""
    for value in values:
        try:
            end = _followed(value, steps)
        except _UNREADABLE:
            continue
        if end is not None:
            return end
    raise KeyError("*")


def _maybe_at(value: Any, path: str, task: Any = "") -> Any:
    try:
        return _at(value, path, task)
    except _UNREADABLE:
        return None


def _refused(reply: Reply, ok: Success) -> bool:
    """Whether a JSON reply tells something else than success; what is no JSON is judged where it is read."""
    try:
        body = reply.json()
    except (ValueError, RecursionError):
        return False
    word = _maybe_at(body, ok.at)
    return not any(word == good and isinstance(word, bool) == isinstance(good, bool) for good in ok.is_)


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    reasons = (_maybe_at(fields, path) for path in _ERROR_FIELDS)
    return None, next((words_of(words) for words in reasons if words), "")
