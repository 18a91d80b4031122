"""What a design says is shown as text: on no page is a word of it read as markdown, HTML, a formula or a picture."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node

from pages.ui import errors
from pipeline.export import archive
from pipeline.records import Design
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT

Open = Callable[..., AppTest]

PAYLOADS = (
    "![x](http://e.example/p.png)",
    "<img src=//e.example/x>",
    "$\\alpha$ **bold**",
    "[l](http://e.example)",
    ":red[r] :material/home:",
    "`c` www.e.example",
    "# h > q ~~s~~ _i_",
)
BARE = re.compile("|".join(rf"(?<!\\){re.escape(payload[:-1])}" for payload in PAYLOADS))
"""One as it was written: its first sign without a backslash. Cut short by its last it would be read as well."""
PLAIN = {
    "Text.body",
    "TextInput.default",
    "TextInput.value",
    "TextArea.default",
    "TextArea.value",
    "Selectbox.options",
    "Selectbox.raw_value",
    "MultiSelect.options",
    "Image.alt",
    "Code.code_text",
    "MediaFile.url",
    "BidiComponent.json",
}
"""Fields the browser shows as they are. Everything else it may read as markdown."""
PAGES = ["gallery", "generate", "crop", "enhance", "sketch", "model3d", "showcase", "compare"]


def poisoned(record: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all strings in a record."""
    items = record.items() if isinstance(record, dict) else enumerate(record)
    for name, value in items:
        here = (*place, name)
        if isinstance(value, str):
            yield here
        elif isinstance(value, dict | list):
            yield from poisoned(value, here)


def poison(record: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """A record whose every string that the schema leaves free says something in markdown, and how many there are."""
    changed = 0
    for number, path in enumerate(list(poisoned(record))):
        if path[-1] in {"id", "design_id", "media_type", "verdict", "raw_verdict"} or "parents" in path:
            continue
        at = record
        for step in path[:-1]:
            at = at[step]
        before = at[path[-1]]
        at[path[-1]] = PAYLOADS[number % len(PAYLOADS)]
        try:
            Design.model_validate_json(json.dumps(record))
            changed += 1
        except ValidationError:
            at[path[-1]] = before
    return record, changed


@cache
def sample() -> bytes:
    return sorted((ROOT / "samples").glob("*.loupe"))[0].read_bytes()


@cache
def poisoned_words(words: str) -> str:
    """The sample's record, poisoned once for all pages."""
    record, changed = poison(json.loads(words))
    assert changed > 100
    return json.dumps(record)


@pytest.fixture
def design(bench: Workbench) -> Design:
    """A finished sample whose every word is markdown."""
    whole = archive.read(bench.store, sample(), ours=True)
    path = bench.store.folder / "designs" / whole.id / "design.json"
    path.write_text(poisoned_words(path.read_text()))
    second = bench.store.duplicate(whole.id)
    assert bench.store.load(second.id).branch
    return bench.store.load(whole.id)


def strings(message: Message) -> Iterator[tuple[str, str]]:
    """Every string of a message, with the name of its field."""
    for field, value in message.ListFields():
        name = f"{message.DESCRIPTOR.name}.{field.name}"
        for each in value if field.is_repeated else [value]:
            if field.type == FieldDescriptor.TYPE_STRING:
                yield name, each
            elif isinstance(each, Message):
                yield from strings(each)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def interpreted(at: AppTest) -> list[tuple[str, str]]:
    """Where a payload stands as it was written in a field that is read as markdown."""
    return [
        (name, text)
        for node in nodes(at._tree)
        if isinstance(getattr(node, "proto", None), Message)
        for name, text in strings(node.proto)
        if name not in PLAIN and not name.endswith(".id") and BARE.search(text)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_designs_words_as_markdown(visit: Open, design: Design, page: str) -> None:
    query = {} if page == "gallery" else {"left": design.id} if page == "compare" else {"design": design.id}
    at = visit(f"pages/{page}.py", **query)
    assert interpreted(at) == []
    assert [card.value for card in at.error] == []
    assert len(list(nodes(at._tree))) > 30


SIGN = r"[!#$&*:<>@\[\\\]^_`{|}~]"


@given(st.text(max_size=300))
def test_escaped_text_loses_nothing(text: str) -> None:
    """What is read back is the same words on one line."""
    shown = errors.plain(text)
    back = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace("\u2060", "")
    kept = " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text).split())
    assert back == kept.replace("\u2060", "")


@given(st.text(alphabet="!*_[]()<>$`#~|:\\@.w/-=+ 1x\n", max_size=80))
def test_nothing_is_left_to_interpret_link_or_replace(text: str) -> None:
    """Neither before unescaping nor after: no bare sign, no list, no address, no shortcode, no arrow."""
    shown = errors.plain(text)
    assert not re.search(SIGN, re.sub(r"\\[!-/:-@\[-`{-~]", "", shown))
    assert not re.match(r"[-+=]|\d{1,2}[.)]", shown)
    read = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown)
    assert not re.search(r"://|www\.|[^\s\u2060]@|:[\w/]+:|->|<-|--|>=|<=|~=", read)
