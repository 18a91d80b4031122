"""The borders of the house, held by machine."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    *(ROOT / "pipeline").rglob("*.py"),
    *(ROOT / "pages").rglob("*.py"),
    ROOT / "app.py",
    ROOT / "api.py",
]


def test_imports_run_one_way() -> None:
    """The layers of the design hold: `lint-imports` finds every contract kept."""
    script = Path(sys.executable).with_name("lint-imports")
    report = subprocess.run([script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.returncode == 0, report.stdout


def test_no_package_goes_in_circles() -> None:
    """Whatever stands in one folder, modules and packages alike, imports one another in one direction only."""
    graph = grimp.build_graph("pipeline", "pages", exclude_type_checking_imports=True)
    folders = [module for module in graph.modules if graph.find_children(module)]
    assert len(folders) > 20
    assert {folder: back for folder in folders if (back := graph.nominate_cycle_breakers(folder))} == {}


def test_importing_the_pipeline_loads_nothing_heavy() -> None:
    """Renderer, scipy, OpenCV and trimesh wait until they are needed, so that the first page is up at once."""
    heavy = (
        "mitsuba",
        "scipy",
        "cv2",
        "trimesh",
        "manifold3d",
        "streamlit",
        "skimage",
        "pipeline.demo.server",
    )
    code = (
        "import sys, pipeline.workbench, pipeline.walk, pipeline.__main__; "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


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


VAGUE = {"told", "found", "made", "laid", "own"}
"""Participles that hold anything: a variable is named by the noun it holds."""


def test_variables_are_named_by_nouns() -> None:
    """Nothing is assigned to, looped over or passed as `told`, `found` and the like, and no function is called so."""
    assert [
        f"{p.relative_to(ROOT)}: {name}" for p in SOURCES for name in _bound(p) if name.strip("_") in VAGUE
    ] == []


def _bound(path: Path) -> Iterator[str]:
    """Every name that a module binds: variables, loop variables, parameters, attributes, functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name) | ast.FunctionDef(name=name):
                yield name


MAP = re.compile(r"^\| (`[^|]*) \|", re.MULTILINE)


def test_the_map_of_the_code_is_the_code() -> None:
    """README's map names every folder of the code and every module at its top, and nothing that is not there.

    In a row the first path is whole; another is whole too, or stands in the same folder as it.
    """
    chapter = (ROOT / "README.md").read_text("utf-8").split("## Map of the code")[1].split("\n## ")[0]
    named = set()
    for row in MAP.findall(chapter):
        first, *others = re.findall("`([^`]+)`", row)
        beside = (ROOT / first).parent
        named |= {ROOT / first, *((ROOT if "/" in other else beside) / other for other in others)}
    folders = {p.parent for p in SOURCES} - {ROOT}
    modules = {p for p in (ROOT / "pipeline").glob("*.py") if p.name != "__init__.py"}
    assert {
        p.relative_to(ROOT).as_posix() for p in (folders | modules) - named - {ROOT / "pipeline"}
    } == set()
    assert {p.relative_to(ROOT).as_posix() for p in named if not p.exists()} == set()


def test_functions_are_simple() -> None:
    """No function has more than fifteen branches, boolean operators counted."""
    script = Path(sys.executable).with_name("radon")
    command = [script, "cc", "--json", "--min", "C", "pipeline", "pages", "app.py", "api.py"]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    over = {
        path for path, blocks in json.loads(report).items() if any(_is_complex(block) for block in blocks)
    }
    assert over == set()


def _is_complex(block: dict[str, Any]) -> bool:
    """Whether a function, or one inside it or its class, has more than fifteen branches."""
    inner = [*block.get("methods", ()), *block.get("closures", ())]
    itself = block["type"] != "class" and block["complexity"] > 15
    return itself or any(_is_complex(part) for part in inner)


def test_no_press_is_lost() -> None:
    """A button either acts before its page is drawn or keeps its press until the page has come to it."""
    calls = [
        (path.relative_to(ROOT).as_posix(), call)
        for path in SOURCES
        if path.is_relative_to(ROOT / "pages")
        and path.name not in ("press.py", "access.py")  # who is let in is asked before who may press
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("button", "form_submit_button")
    ]
    assert len(calls) > 50
    others = {"press", "trash", "reading"}  # ours
    lost = [
        f"{name}:{call.lineno}"
        for name, call in calls
        if not (isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in others)
        and "on_click" not in {keyword.arg for keyword in call.keywords}
    ]
    assert lost == []


def test_no_browser_test_looks_at_once() -> None:
    """Pages are drawn anew at any moment: places and sights are awaited, by `tests.browser` and `expect`."""
    at_once = re.compile(
        r"\.bounding_box\(\)|assert .*\.(is_visible|inner_text|get_attribute|input_value)\(|assert .*\.count\(\)"
    )
    hasty = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "tests").rglob("*.py")
        if path.name != "browser.py" and "playwright" in (source := path.read_text("utf-8"))
        for line in source.splitlines()
        if at_once.search(line)
    }
    assert hasty == set()


def test_pages_are_short() -> None:
    """A page is a straight script of at most 230 lines."""
    long = {p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 230}
    assert long == {}
