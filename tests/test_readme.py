"""The README says what is so."""

import re
from pathlib import Path

from pipeline.settings import table

README = Path(__file__).parent.parent / "README.md"


def test_the_table_of_settings_is_the_settings() -> None:
    """`python -m pipeline settings` prints the table between the marks."""
    told = re.search(r"<!-- settings -->\n(.*?)\n?<!-- /settings -->", README.read_text("utf-8"), re.DOTALL)
    assert told is not None
    assert told.group(1) == table()


def test_every_place_on_the_map_exists() -> None:
    """The map of the code names files and folders that are there."""
    rows = [line for line in README.read_text("utf-8").splitlines() if line.startswith("| `")]
    rows = [line for line in rows if "LOUPE_" not in line]
    assert rows
    for row in rows:
        names = re.findall(r"`([^`]+)`", row.split("|")[1])
        folder = Path(names[0]).parent if "/" in names[0].rstrip("/") else Path()
        for name in names:
            path = README.parent / name
            assert path.exists() or (README.parent / folder / name).exists(), name


def test_the_screenshot_is_there() -> None:
    """The picture the README shows is in the repository."""
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README.read_text("utf-8"))
    assert shown
    assert all((README.parent / path).is_file() for path in shown)


def test_the_lines_of_log_are_what_the_log_writes() -> None:
    """Each line it shows has the form of the log, and its event and fields are written somewhere in the code."""
    lines = re.findall(
        r"^\d{4}-\d\d-\d\dT\S+Z (?:INFO|WARNING) (\S+)((?: [a-z_]+=\S+)+)$", README.read_text(), re.MULTILINE
    )
    assert len(lines) == 5
    code = "".join(
        path.read_text("utf-8")
        for folder in ("pages", "pipeline")
        for path in (README.parent / folder).rglob("*.py")
    )
    for event, fields in lines:
        assert f'event("{event}"' in code or f'"{event}",' in code, event
        for name in re.findall(r" ([a-z_]+)=", fields):
            assert f"{name}=" in code, name
