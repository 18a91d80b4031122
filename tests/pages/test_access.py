"""A shared deployment: visitors look, whoever signs in works; refused where the change is made, not only hidden."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import access
from pages.ui.workbench import forget, opened
from pipeline.errors import ReadOnly
from pipeline.jobs import Order
from pipeline.records import Design, Recipe
from pipeline.stages import generate
from pipeline.workbench import Workbench

PAGES = [
    f"pages/{name}.py" for name in ("gallery", "generate", "crop", "enhance", "sketch", "model3d", "showcase")
]
Open = Callable[..., AppTest]


@pytest.fixture
def design(bench: Workbench, ring_png: bytes) -> Design:
    """A design with a photograph for its master."""
    made = bench.store.create("Ring of the house", kind="ring")
    return generate.upload(bench.store, made.id, ring_png)


@pytest.fixture
def shared(bench: Workbench, design: Design, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """The same folder, opened as a shared deployment with an access code."""
    bench.cache.close()
    monkeypatch.setenv("LOUPE_DATA_DIR", str(bench.settings.data_dir))
    monkeypatch.setenv("LOUPE_READ_ONLY", "true")
    monkeypatch.setenv("LOUPE_ACCESS_CODE", "open sesame")
    monkeypatch.setattr(access, "_WRONG_S", 0.0)
    forget()
    return opened()


CHANGES: dict[str, Callable[[Workbench, Design], object]] = {
    "order": lambda b, d: b.submit(Order(d.id, "model", {"provider": "local"})),
    "create": lambda b, d: b.store.create("Mine"),
    "add": lambda b, d: b.store.add(d.model_copy(update={"id": "another"})),
    "update": lambda b, d: b.store.update(d.id, lambda old: old),
    "rename": lambda b, d: b.store.rename(d.id, "Mine"),
    "duplicate": lambda b, d: b.store.duplicate(d.id),
    "delete": lambda b, d: b.store.delete(d.id),
    "restore": lambda b, d: b.store.restore(d.id),
    "put": lambda b, d: b.store.put(b"glTF", Recipe(role="model", provider="local")),
    "clear the cache": lambda b, d: b.clear_cache(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_visitors_workbench_takes_no_change(bench: Workbench, design: Design, change: str) -> None:
    """What a visitor's session holds refuses every change by itself; reading goes on."""
    bench.store.duplicate(design.id)
    before = {d.id: d for d in bench.store.designs()}
    if change == "restore":
        bench.store.delete(design.id)
        before.pop(design.id)
    view = bench.for_visitor()
    with pytest.raises(ReadOnly):
        CHANGES[change](view, design)
    assert {d.id: d for d in view.store.designs()} == before
    assert bench.jobs.running() == ()


@pytest.mark.parametrize("path", PAGES)
def test_visitors_can_look_at_every_page(shared: Workbench, design: Design, visit: Open, path: str) -> None:
    """Every page is drawn for a visitor, and nothing on disk changes by looking."""
    before = shared.store.load(design.id)
    at = visit(path, design=design.id)
    assert not at.exception
    assert not at.error
    assert shared.store.load(design.id) == before
    assert not [b for b in at.button if (b.key or "").startswith(("delete-", "copy-", "new", "import"))]


def test_pressing_is_refused_in_a_sentence(shared: Workbench, design: Design, visit: Open) -> None:
    """A visitor who presses a step's button is told to sign in, and no work begins."""
    at = visit("pages/model3d.py", design=design.id)
    at.button(key="make-model").click().run()
    assert "looking as a visitor" in at.error[0].value
    assert shared.jobs.running() == ()


SIGN_IN = """
import streamlit as st
from pages.ui import access
from pages.ui.workbench import workbench
access.draw(workbench().settings)
st.text("works" if workbench().editable else "looks")
"""


def test_the_access_code_lets_in(shared: Workbench) -> None:
    """A wrong code is refused, the right one makes this session, and no other, an editor's."""
    assert shared.settings.read_only
    at, other = (AppTest.from_string(SIGN_IN).run() for _ in range(2))
    at.text_input(key="access-code").set_value("guess")
    at.button[0].click().run()
    assert "not the access code" in at.error[0].value
    assert at.text[0].value == "looks"
    at.text_input(key="access-code").set_value(" open sesame ")
    at.button[0].click().run()
    assert not at.error
    assert at.text[0].value == "works"
    assert other.run().text[0].value == "looks"


@pytest.mark.parametrize(
    ("editors", "email", "works"),
    [
        ("", "ada@house.example", False),
        ("ada@house.example", "ADA@House.example", True),
        ("bo@house.example, @atelier.example", "cy@atelier.example", True),
        ("@house.example", "ada@house.example.evil.example", False),
        ("@house.example", "ada@evil.example", False),
        ("@", "ada@house.example", False),
        ("@house.example", "", False),
        ("@house.example", "@house.example", False),
    ],
)
def test_editors_are_named(editors: str, email: str, works: bool) -> None:
    """Signing in is not enough: the address, or its domain, is on the list."""
    assert access.is_editor(editors, email) is works
