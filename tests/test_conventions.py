"""The borders of the house, held by machine."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]


def test_imports_run_one_way() -> None:
    """The layers of the design hold: `lint-imports` finds every contract kept."""
    script = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_importing_the_pipeline_loads_nothing_heavy() -> None:
    """Renderer, scipy, OpenCV and trimesh wait until they are needed, so that the first page is up at once."""
    heavy = ("mitsuba", "scipy", "cv2", "trimesh", "manifold3d", "streamlit", "skimage")
    code = (
        "import sys, pipeline.workbench, pipeline.walk, pipeline.__main__; "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("word", ["st.session_state"])
def test_one_module_holds_the_session(word: str) -> None:
    """Only the session module and the components' wrappers name streamlit's session state."""
    named = [p.relative_to(ROOT).as_posix() for p in SOURCES if word in p.read_text("utf-8")]
    assert [n for n in named if not n.startswith("pages/ui/components/")] == ["pages/ui/session.py"]


def test_one_module_builds_the_http_client() -> None:
    """Every call goes through one door."""
    named = [
        p.relative_to(ROOT).as_posix()
        for p in SOURCES
        if re.search(r"httpx\.(Client|get|post|stream)\(", p.read_text())
    ]
    assert named in ([], ["pipeline/providers/call/http.py"])


def test_nothing_is_unpickled() -> None:
    """No pickle anywhere: not in the cache, not in the store, not on the wire."""
    named = [
        p.name
        for p in SOURCES
        if re.search(r"^\s*(import|from) (pickle|marshal|shelve)", p.read_text(), re.MULTILINE)
    ]
    assert named == []


def test_functions_are_simple() -> None:
    """No function has more than fifteen branches, boolean operators counted."""
    script = Path(sys.executable).with_name("radon")
    command = [script, "cc", "--json", "--min", "C", "pipeline", "pages", "app.py"]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    over = {
        path for path, blocks in json.loads(report).items() if any(_is_complex(block) for block in blocks)
    }
    assert over == set()


def _is_complex(block: dict[str, Any]) -> bool:
    """Whether a function, or one inside it or its class, has more than fifteen branches."""
    inner = [*block.get("methods", ()), *block.get("closures", ())]
    own = block["type"] != "class" and block["complexity"] > 15
    return own or any(_is_complex(part) for part in inner)


def test_pages_are_short() -> None:
    """A page is a straight script of at most 230 lines."""
    long = {p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 230}
    assert long == {}
