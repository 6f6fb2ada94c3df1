"""The extension as the Extensions Index and Slicer's build see it: metadata, lists of files, icons, licence."""

from __future__ import annotations

import importlib.util
import json
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes"
RAW = "https://raw.githubusercontent.com/HeadNeckNodes/SlicerHeadNeckNodes/main/"
ENTRY = ROOT / "Docs" / "HeadNeckNodes.json"
SCHEMA_URL = re.compile(
    r"https://raw\.githubusercontent\.com/Slicer/Slicer/main/Schemas/"
    r"slicer-extension-catalog-entry-schema-v1\.0\.[12]\.json#"
)
# Categories of the index that fit; it refuses words of one's own.
FITTING_CATEGORIES = {"Quantification", "Segmentation", "Otolaryngology", "Radiotherapy"}
# What the catalogue's schema says, version 1.0.1: these keys and no others.
ENTRY_SCHEMA = {
    "type": "object",
    "required": ["$schema", "category", "scm_url"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "category": {"type": "string"},
        "scm_url": {"type": "string"},
        "scm_revision": {"type": "string"},
        "scm_type": {"enum": ["git", "local"]},
        "build_dependencies": {"type": "array", "items": {"type": "string"}},
        "build_subdirectory": {"type": "string"},
        "enabled": {"type": "boolean"},
        "tier": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}


@pytest.fixture
def the_cmake_file() -> str:
    return (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")


@pytest.fixture
def the_catalogue_entry() -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(ENTRY.read_text(encoding="utf-8"))
    return entry


@pytest.fixture
def the_list_writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update_cmake_lists", ROOT / "scripts/update_cmake_lists.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def value_of(variable: str, cmake: str) -> str:
    """Read a variable as the index does: one line, one quoted string."""
    found = re.findall(rf'^set\({variable} "([^"\n]+)"\)$', cmake, re.MULTILINE)
    assert len(found) == 1, f"{variable} must be set once, on one line, to one quoted string"
    return found[0]


def png_size(path: Path) -> tuple[int, int]:
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:24])
    return width, height


def is_a_cache(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def test_the_project_is_named_like_the_catalogue_entry_and_not_after_slicer(the_cmake_file: str) -> None:
    name = re.findall(r"^project\((\w+)\)$", the_cmake_file, re.MULTILINE)
    assert name == [ENTRY.stem]
    assert not ENTRY.stem.lower().startswith("slicer")


@pytest.mark.parametrize(
    "variable", ["HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "DEPENDS", "CATEGORY"]
)
def test_each_piece_of_metadata_is_one_quoted_string_on_one_line(the_cmake_file: str, variable: str) -> None:
    assert value_of(f"EXTENSION_{variable}", the_cmake_file).strip()


def test_the_metadata_and_the_catalogue_entry_agree(the_cmake_file: str, the_catalogue_entry: dict[str, Any]) -> None:
    assert value_of("EXTENSION_HOMEPAGE", the_cmake_file) == HOME == the_catalogue_entry["scm_url"]
    assert value_of("EXTENSION_CATEGORY", the_cmake_file) == the_catalogue_entry["category"]
    assert value_of("EXTENSION_DEPENDS", the_cmake_file) == "NA"
    assert the_catalogue_entry["build_dependencies"] == []


def test_the_icon_and_every_screenshot_are_files_of_the_repository(the_cmake_file: str) -> None:
    icon = value_of("EXTENSION_ICONURL", the_cmake_file)
    screenshots = value_of("EXTENSION_SCREENSHOTURLS", the_cmake_file).split()
    for url in [icon, *screenshots]:
        assert url.startswith(RAW)
        assert png_size(ROOT / url.removeprefix(RAW)) >= (128, 128)


def test_the_catalogue_entry_obeys_the_schema(the_catalogue_entry: dict[str, Any]) -> None:
    jsonschema.validate(the_catalogue_entry, ENTRY_SCHEMA)
    assert SCHEMA_URL.fullmatch(the_catalogue_entry["$schema"])
    assert the_catalogue_entry["category"] in FITTING_CATEGORIES
    assert the_catalogue_entry["scm_url"].rsplit("/", 1)[1] == f"Slicer{ENTRY.stem}"
    assert b"\r" not in ENTRY.read_bytes()


@pytest.mark.parametrize("module", ["iENEGrader", "PWIProtocol"])
def test_each_module_lists_exactly_the_files_in_its_folder(the_list_writer: ModuleType, module: str) -> None:
    text = (ROOT / module / "CMakeLists.txt").read_text(encoding="utf-8")
    assert the_list_writer.with_lists(text, module) == text, "run: make format"


@pytest.mark.parametrize("module", ["iENEGrader", "PWIProtocol"])
def test_every_listed_file_exists(module: str) -> None:
    text = (ROOT / module / "CMakeLists.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^  ([\w/.-]+\.\w+)$", text, re.MULTILINE)
    assert f"{module}.py" in listed
    assert [file for file in listed if not (ROOT / module / file).is_file()] == []


@pytest.mark.parametrize("module", ["iENEGrader", "PWIProtocol"])
def test_each_module_is_built_and_its_self_test_registered(the_cmake_file: str, module: str) -> None:
    assert f"add_subdirectory({module})" in the_cmake_file
    text = (ROOT / module / "CMakeLists.txt").read_text(encoding="utf-8")
    assert "WITH_GENERIC_TESTS" in text
    assert "slicer_add_python_unittest(SCRIPT ${MODULE_NAME}.py)" in text


def test_a_file_added_to_a_library_changes_the_list(the_list_writer: ModuleType, tmp_path: Path) -> None:
    library = tmp_path / "iENEGrader" / "iENEGraderLib" / "rules"
    library.mkdir(parents=True)
    (library / ".mypy_cache").mkdir()
    for name in ("new_table.toml", "new_rule.py", "notes.bak", ".mypy_cache/meta.json"):
        (library / name).touch()
    text = "set(MODULE_PYTHON_SCRIPTS\n  )\nset(MODULE_PYTHON_RESOURCES\n  )\n"

    listed = the_list_writer.with_lists(text, "iENEGrader", tmp_path)

    assert listed == (
        "set(MODULE_PYTHON_SCRIPTS\n  iENEGrader.py\n  iENEGraderLib/rules/new_rule.py\n  )\n"
        "set(MODULE_PYTHON_RESOURCES\n  iENEGraderLib/rules/new_table.toml\n  )\n"
    )


@pytest.mark.parametrize(
    "icon",
    [
        "HeadNeckNodes.png",
        "iENEGrader/Resources/Icons/iENEGrader.png",
        "PWIProtocol/Resources/Icons/PWIProtocol.png",
    ],
)
def test_each_icon_is_a_png_of_128_pixels(icon: str) -> None:
    assert png_size(ROOT / icon) == (128, 128)


def test_the_licence_is_apache_in_full() -> None:
    text = (ROOT / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_no_file_of_the_project_is_large() -> None:
    folders = ["Docs", "iENEGrader", "PWIProtocol", "ReadingRoom", "Testing", "scripts"]
    large = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.stat().st_size > 2_000_000 and not is_a_cache(path.relative_to(ROOT))
    ]
    assert large == []
