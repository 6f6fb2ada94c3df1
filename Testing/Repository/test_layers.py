"""The contracts between the layers really fail when a line of code breaks them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "HeadNeckNodesLib": "iENEGrader",
    "iENEGraderLib": "iENEGrader",
    "PWIProtocolLib": "PWIProtocol",
    "hnn": "ReadingRoom",
}


@pytest.fixture
def a_copy_of_the_packages(tmp_path: Path) -> Path:
    for package, folder in PACKAGES.items():
        ignored = shutil.ignore_patterns("__pycache__", "*.json", "*.toml")
        shutil.copytree(ROOT / folder / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check_layers(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    # The copied code is not the code whose coverage is measured.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment = {**inherited, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def add_line(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_code_as_it_is_keeps_the_contracts(a_copy_of_the_packages: Path) -> None:
    result = check_layers(a_copy_of_the_packages)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("iENEGraderLib/rules/__init__.py", "import slicer", "The domain runs without Slicer"),
        ("iENEGraderLib/measure/__init__.py", "from vtk.util import numpy_support", "The domain runs without Slicer"),
        ("iENEGraderLib/scene/__init__.py", "def show():\n    import qt", "The scene layer runs without Qt"),
        ("iENEGraderLib/reading/__init__.py", "import iENEGraderLib.rules", "iENEGraderLib: panel over scene"),
        ("iENEGraderLib/export/__init__.py", "import iENEGraderLib.scene", "iENEGraderLib: panel over scene"),
        ("iENEGraderLib/scene/__init__.py", "import iENEGraderLib.panel", "iENEGraderLib: panel over scene"),
        ("iENEGraderLib/rules/__init__.py", "import PWIProtocolLib", "Hosts stand above"),
        ("PWIProtocolLib/__init__.py", "import iENEGraderLib.reading", "Hosts stand above"),
        ("HeadNeckNodesLib/__init__.py", "import iENEGraderLib.reading", "Hosts stand above"),
        ("HeadNeckNodesLib/html/__init__.py", "import HeadNeckNodesLib.drawing", "HeadNeckNodesLib: widgets"),
        ("iENEGraderLib/panel/__init__.py", "import hnn.headless", "Hosts stand above"),
        ("hnn/headless/__init__.py", "import hnn.cli", "hnn: commands over the demo"),
    ],
)
def test_one_wrong_import_breaks_its_contract(
    a_copy_of_the_packages: Path, module: str, line: str, broken: str
) -> None:
    add_line(a_copy_of_the_packages / module, line)
    result = check_layers(a_copy_of_the_packages)
    assert result.returncode == 1, result.stdout + result.stderr
    verdicts = " ".join(result.stdout.split())
    assert "BROKEN" in verdicts
    assert broken in verdicts.split("Broken contracts", maxsplit=1)[1]
