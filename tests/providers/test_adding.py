"""The recipe for a new provider, followed to the letter in a copy of the project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "pipeline" / "providers" / "ADDING.md"


def insert(file: Path, after: str, text: str) -> None:
    whole = file.read_text("utf-8")
    assert after in whole, f"{file.name} has changed; the recipe must change with it"
    file.write_text(whole.replace(after, f"{after}\n{text}", 1), "utf-8")


def test_the_recipe_makes_a_provider_that_keeps_the_contract(tmp_path: Path) -> None:
    """Five steps, and every cell of the contract's new rows is green."""
    shutil.copytree(ROOT / "pipeline", tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "providers", tmp_path / "tests" / "providers")
    for name in ("pyproject.toml", "tests/conftest.py", "tests/taken_in.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    blocks = dict(re.findall(r"```python (\S+)\n(.*?)\n```", RECIPE.read_text("utf-8"), re.S))
    providers, demo = tmp_path / "pipeline" / "providers", tmp_path / "pipeline" / "demo"

    settings = tmp_path / "pipeline" / "settings.py"
    insert(settings, '"Tripo\'s `model`.")', "\n" + blocks["settings"])
    (providers / "vendors" / "lumen.py").write_text(blocks["adapter"] + "\n", "utf-8")
    insert(providers / "call" / "prices.py", "PRICES: dict[str, Price] = {", blocks["price"])
    registry = providers / "registry.py"
    insert(registry, "TABLE: tuple[Line, ...] = (", blocks["line"])
    insert(
        registry,
        "from pipeline.providers.vendors.magnific import Magnific",
        "from pipeline.providers.vendors.lumen import Lumen",
    )
    (demo / "lumen.py").write_text(blocks["stand-in"] + "\n", "utf-8")
    stand_ins = demo / "stand_ins.py"
    insert(stand_ins, "VENDORS: Mapping[str, type[StandIn]] = {", blocks["vendor"])
    insert(
        stand_ins,
        "from pipeline.demo.gemini import GeminiImages",
        "from pipeline.demo.lumen import LumenApi",
    )

    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/providers/test_contract.py",
        "-k",
        "lumen",
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    told = [line for line in run.stdout.splitlines() if line.startswith("lumen")]
    assert [line.split()[1:3] for line in told] == [["generate", "ok"], ["enhance", "ok"]]
    new = ["pipeline/providers/vendors/lumen.py", "pipeline/demo/lumen.py"]
    ruff = [sys.executable, "-m", "ruff", "check", *new]
    checked = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout
