"""The wheel holds every Python file and every data file of the four packages, and the command."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "HeadNeckNodesLib": "iENEGrader",
    "iENEGraderLib": "iENEGrader",
    "PWIProtocolLib": "PWIProtocol",
    "hnn": "ReadingRoom",
}


@pytest.fixture(scope="module")
def the_names_in_the_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    source = tmp_path_factory.mktemp("source")
    for folder in set(FOLDERS.values()):
        ignored = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE.txt"):
        shutil.copy(ROOT / name, source)
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, check=True)
    with zipfile.ZipFile(next(source.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def is_a_cache(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def test_every_file_of_the_packages_is_in_the_wheel(the_names_in_the_wheel: set[str]) -> None:
    on_disk = {
        path.relative_to(ROOT / folder).as_posix()
        for package, folder in FOLDERS.items()
        for path in (ROOT / folder / package).rglob("*")
        if path.is_file() and not is_a_cache(path.relative_to(ROOT))
    }
    assert on_disk - the_names_in_the_wheel == set()


def test_the_wheel_holds_nothing_but_the_packages_and_their_metadata(the_names_in_the_wheel: set[str]) -> None:
    top_folders = {name.split("/")[0] for name in the_names_in_the_wheel}
    assert top_folders - set(FOLDERS) == {"headnecknodes-0.1.0.dist-info"}


def test_the_wheel_brings_the_command_and_the_licence(the_names_in_the_wheel: set[str]) -> None:
    assert "headnecknodes-0.1.0.dist-info/entry_points.txt" in the_names_in_the_wheel
    assert "headnecknodes-0.1.0.dist-info/licenses/LICENSE.txt" in the_names_in_the_wheel
