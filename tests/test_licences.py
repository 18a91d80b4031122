"""What runs with the app is under licences the README names, and none that would ask the same of the app's own code."""

import ast
import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|MPL|Mozilla|Zlib|CC0|SciPy|Altair)\b",
    re.I,
)
WEAK = re.compile(r"\bLGPL|Lesser General Public", re.I)
STRONG = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", re.I)


def _installed() -> dict[str, Distribution]:
    """Everything that requirements.txt brings here, by name."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    waiting = [Requirement(line) for line in lines if line]
    found: dict[str, Distribution] = {}
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found[name] = distribution(name)
        waiting += map(Requirement, found[name].requires or [])
    return found


def _licence(package: Distribution) -> str:
    """A package's own statement: the expression, else the classifiers, else the first line of the text."""
    about = package.metadata
    stated = about.get("License-Expression") or ""
    classified = " ".join(each for each in about.get_all("Classifier") or [] if each.startswith("License ::"))
    text = (about.get("License") or "").strip()
    return f"{stated} {classified} {text.splitlines()[0] if text else ''}".strip()


@pytest.fixture(scope="module")
def installed() -> dict[str, Distribution]:
    return _installed()


def test_every_package_is_under_a_licence_that_asks_nothing_of_ours(
    installed: dict[str, Distribution],
) -> None:
    """Permissive, or a library's under the LGPL that the README names."""
    assert len(installed) > 60
    stated = {name: _licence(package) for name, package in installed.items()}
    assert {name: words for name, words in stated.items() if STRONG.search(words)} == {}
    assert {
        name: words for name, words in stated.items() if not FREE.search(words) and not WEAK.search(words)
    } == {}
    assert {
        name for name, words in stated.items() if WEAK.search(words) and f"`{name}`" not in README
    } == set()


def test_encoders_under_the_gpl_come_with_the_wheels_the_readme_names(
    installed: dict[str, Distribution],
) -> None:
    """Wheels carry libraries whose licences are not the package's: x264 and x265 are the usual ones."""
    carriers = {
        name
        for name, package in installed.items()
        if any(re.match(r"(lib)?(x26[45]|postproc|fdk-aac|xvid)", file.name) for file in package.files or ())
    }
    assert carriers <= {"av", "pillow-heif"}
    assert all(re.search(rf"`{name}`[^`]*x26[45][^`]*GPL-2", README) for name in ("av", "pillow-heif"))


def test_the_app_runs_without_the_tests_own_tools() -> None:
    """requirements.txt lists pytest, for the card does; nothing that serves pages imports it or its like."""
    tools = {"pytest", "hypothesis", "playwright", "tests", "benchmarks", "_pytest"}
    scripts = [
        ROOT / "app.py",
        ROOT / "api.py",
        *(ROOT / "pages").rglob("*.py"),
        *(ROOT / "pipeline").rglob("*.py"),
    ]
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in scripts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
        if name.partition(".")[0] in tools
    }
    assert found == set()
