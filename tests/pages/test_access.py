"""A shared deployment: visitors look, whoever signs in works; refused where the change is made, not only hidden."""

import io
import re
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import access
from pages.ui.workbench import forget, opened
from pipeline import log
from pipeline.brake import BURST, Brake
from pipeline.errors import ReadOnly
from pipeline.orders import ModelOrder
from pipeline.records import Design, Recipe
from pipeline.workbench import Workbench

PAGES = [
    f"pages/{name}.py" for name in ("gallery", "generate", "crop", "enhance", "sketch", "model3d", "showcase")
]
Open = Callable[..., AppTest]


@pytest.fixture
def design(bench: Workbench, photographed: Callable[..., Design]) -> Design:
    """A design with a photograph for its master."""
    return photographed(bench.store)


@pytest.fixture
def shared(bench: Workbench, design: Design, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """The same folder, opened as a shared deployment with an access code."""
    bench.cache.close()
    monkeypatch.setenv("LOUPE_DATA_DIR", str(bench.settings.data_dir))
    monkeypatch.setenv("LOUPE_READ_ONLY", "true")
    monkeypatch.setenv("LOUPE_ACCESS_CODE", "open sesame")
    monkeypatch.setattr(access, "_BRAKE", Brake())
    forget()
    return opened()


CHANGES: dict[str, Callable[[Workbench, Design], object]] = {
    "order": lambda b, d: b.submit(ModelOrder(design_id=d.id, provider="local")),
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


WORK = {
    "pages/generate.py": ("whole-set", "generate"),
    "pages/crop.py": ("suggest", "add-box"),
    "pages/enhance.py": ("enhance-all",),
    "pages/sketch.py": ("draw-all",),
    "pages/model3d.py": ("make-model",),
}


@pytest.mark.parametrize("path", WORK)
def test_what_begins_work_is_out_of_a_visitors_use_and_says_why(
    shared: Workbench, design: Design, visit: Open, path: str
) -> None:
    """A visitor is told to sign in before the press; one sent all the same begins nothing and changes nothing."""
    before = shared.store.load(design.id)
    at = visit(path, design=design.id)
    for key in WORK[path]:
        assert at.button(key=key).disabled
        assert "Sign in" in at.button(key=key).help
        at.button(key=key).proto.disabled = False  # as a browser may send it
        at.button(key=key).click().run()
        assert not at.exception
    assert shared.jobs.running() == ()
    assert shared.store.load(design.id) == before
    shown = [
        b.key for b in at.button if not b.disabled and (b.key or "").startswith(("next", "back", "settings"))
    ]
    assert shown


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


def test_guesses_are_refused_at_once_and_behind_the_brake(
    shared: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    """After a handful of tries even the right code is refused, at once and with the seconds to wait; each is logged."""
    at = AppTest.from_string(SIGN_IN).run()
    for _ in range(BURST):
        at.text_input(key="access-code").set_value("guess")
        at.button[0].click().run()
        assert "not the access code" in at.error[0].value
    started = time.monotonic()
    for _ in range(3):
        at.text_input(key="access-code").set_value("open sesame")
        at.button[0].click().run()
        assert re.search(r"try again in \d+ s", at.error[0].value)
    assert time.monotonic() - started < 3.0
    assert at.text[0].value == "looks"
    events = [record.message for record in caplog.records]
    assert events.count("access.wrong") == BURST
    assert events.count("access.braked") == 3
    assert "sesame" not in caplog.text


@pytest.mark.parametrize(
    "sent", [["open sesame"], {"open sesame": 1}, 5, 1.5, True, None, b"open sesame", "\ud800", ""], ids=repr
)
def test_a_code_that_is_no_text_is_a_wrong_one(monkeypatch: pytest.MonkeyPatch, sent: object) -> None:
    """A browser may send anything for the field: nothing but the code itself lets in, and nothing breaks."""
    monkeypatch.setattr(access, "_BRAKE", Brake())
    assert access._refusal(sent, "open sesame") == "This is not the access code."


def test_no_address_of_anybody_stands_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries from one place are told under one name, from another under another; none of them is the address."""
    stream = io.StringIO()
    log.forget()
    log.configure("INFO", "text", stream)
    monkeypatch.setattr(access, "_BRAKE", Brake())
    for address in ("203.0.113.7", "2001:db8::7"):
        monkeypatch.setattr(access.st, "context", SimpleNamespace(ip_address=address))
        for code in ("guess", "open sesame", *["guess"] * (BURST + 1)):
            access._refusal(code, "open sesame")
    log.forget()
    told = stream.getvalue()
    assert {"access.wrong", "access.admitted", "access.braked"} <= set(told.split())
    assert len(set(re.findall(r"source=(\S+)", told))) == 2
    assert "203.0" not in told
    assert "db8" not in told


SIGNED_IN = {"is_logged_in": True, "email": "Boss@studio.example", "iss": "https://id.example/t1/v2.0"}
NAMED = "https://id.example/t1/v2.0"


@pytest.mark.parametrize("claim", [None, 0, 1, False, "", "false", "no", "1", [], {}, "missing"], ids=repr)
def test_an_address_nobody_vouches_for_is_no_sign_in(claim: object) -> None:
    """Only a claim that says true is believed, whoever is named."""
    claims: dict[str, object] = {**SIGNED_IN, "email_verified": claim}
    if claim == "missing":
        claims.pop("email_verified")
    assert access.vouched_address(claims, "") == ""
    assert access.vouched_address(claims, NAMED) == ""


@pytest.mark.parametrize(
    ("claims", "issuers", "counts"),
    [
        ({"email_verified": True}, "", True),
        ({"email_verified": "true"}, "", True),
        ({"email_verified": True}, NAMED, True),
        ({"email_verified": True}, f"https://other.example, {NAMED}/", True),
        ({"email_verified": True}, "https://other.example", False),
        ({"email_verified": True}, "https://id.example", False),
        ({"email_verified": True, "iss": None}, NAMED, False),
        ({"email_verified": True, "iss": ""}, "=studio.example", False),
        ({}, f"{NAMED}=studio.example", True),
        ({"email_verified": True}, f"{NAMED}=@studio.example", True),
        ({}, f"{NAMED}=other.example", False),
        ({"email_verified": True}, f"{NAMED}=other.example", False),
        ({"email_verified": False}, f"{NAMED}=studio.example", False),
        ({"email_verified": "false"}, f"{NAMED}=studio.example", False),
        ({"iss": "https://id.example/t2/v2.0"}, f"{NAMED}=studio.example", False),
        ({"email": "boss@evil.studio.example"}, f"{NAMED}=studio.example", False),
        ({"email_verified": True, "is_logged_in": False}, "", False),
        ({"email_verified": True, "is_logged_in": "yes"}, "", False),
        ({"email_verified": True, "email": None}, "", False),
    ],
)
def test_whose_word_counts_is_a_setting(claims: dict[str, object], issuers: str, counts: bool) -> None:
    """A named issuer counts alone; one bound to its domain counts for that domain, and no other tenant does."""
    address = access.vouched_address({**SIGNED_IN, **claims}, issuers)
    assert address == ("boss@studio.example" if counts else "")


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
