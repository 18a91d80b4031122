"""The showcase: presented without the workshop around it, handed out with its progress, shared by a link."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import handout
from pages.ui.workbench import forget, opened
from pipeline.errors import LoupeError
from pipeline.export.documents import DOCUMENTS, make, stored
from pipeline.records import Design
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.pages.conftest import finish

SHOWCASE = "pages/showcase.py"
Open = Callable[..., AppTest]


@pytest.fixture
def design(bench: Workbench, finished: Callable[..., Design]) -> Design:
    """A finished design."""
    return finished(bench.store)


def keys(at: AppTest) -> set[str]:
    """The keys of the buttons on the page."""
    return {str(button.key) for button in at.button}


def test_documents_are_made_once(visit: Open, bench: Workbench, design: Design) -> None:
    """A press begins the work in the background; once made, the document is there to be saved, also for others."""
    at = visit(SHOWCASE, design=design.id)
    assert {f"make-{kind}" for kind in DOCUMENTS} <= keys(at)
    at.button(key="make-dossier").click().run()
    at = finish(at, bench, design.id, "export-dossier")
    assert "make-dossier" not in keys(at)
    file = stored(bench.store, design, "dossier")
    assert file is not None
    assert file.read_bytes().startswith(b"%PDF")
    assert any("Save · PDF dossier" in button.label for button in at.get("download_button"))


def test_a_changed_design_is_written_anew(bench: Workbench, design: Design) -> None:
    """A document belongs to one state of a design, and old states do not pile up."""
    store = bench.store
    told: list[float] = []
    first = make(store, design, "page", lambda fraction, _: told.append(fraction))
    assert told == sorted(told)
    assert len(told) > 1
    for name in ("One", "Two", "Three"):
        design = store.rename(design.id, name)
        assert stored(store, design, "page") is None
        assert name in make(store, design, "page", lambda *_: None).read_text("utf-8")
    assert not first.exists()
    assert len(list(first.parent.parent.iterdir())) == 2


def test_visitors_take_documents_away(
    bench: Workbench, design: Design, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a deployment for looking a visitor can still have the documents made."""
    bench.cache.close()
    monkeypatch.setenv("LOUPE_DATA_DIR", str(bench.settings.data_dir))
    monkeypatch.setenv("LOUPE_READ_ONLY", "true")
    forget()
    shared = opened()
    at = visit(SHOWCASE, design=design.id)
    at.button(key="make-archive").click().run()
    finish(at, shared, design.id, "export-archive")
    assert stored(shared.store, design, "archive") is not None


def test_presented_without_the_workshop(visit: Open, design: Design) -> None:
    """Presenting leaves the pieces, the figures and one way back; no steps, no downloads, no sidebar."""
    at = visit(SHOWCASE, design=design.id, present="1")
    assert {"proof", "leave"} <= keys(at)
    assert not {"present", "make-archive", "back"} & keys(at)
    assert not at.title
    assert not at.sidebar.children
    at.button(key="leave").click().run()
    assert "present" in keys(at)


def test_the_link_opens_the_presentation(design: Design) -> None:
    """The link keeps host and base path and names the design, nothing else of the address it was made from."""
    made = handout.link("https://atelier.example/loupe/showcase?design=other&x=1#y", design)
    assert made == f"https://atelier.example/loupe/showcase?design={design.id}&present=1"


def test_what_cannot_be_kept_is_told(design: Design, empty_store: Store) -> None:
    """A store that cannot keep a document says so in a sentence."""
    (empty_store.folder / "exports").write_text("in the way")
    with pytest.raises(LoupeError, match="could not be kept"):
        make(
            empty_store,
            design.model_copy(update={"branches": (), "candidates": ()}),
            "archive",
            lambda *_: None,
        )


@pytest.fixture
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """An empty data folder."""
    return Store(tmp_path_factory.mktemp("other"))
