"""Write the lists of scripts and resources in each module's CMakeLists.txt from what is in its folder.

Slicer packages only the listed files, so a forgotten line is a module that fails on the user's machine.
With ``--check`` nothing is written and the exit code tells whether the lists are up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = {"iENEGrader": ("HeadNeckNodesLib", "iENEGraderLib"), "PWIProtocol": ("PWIProtocolLib",)}
"""Each module and the libraries that it brings."""
DATA_SUFFIXES = {".css", ".html", ".js", ".json", ".svg", ".toml"}
RESOURCE_SUFFIXES = DATA_SUFFIXES | {".png", ".qss", ".txt", ".ui", ".md"}


def scripts_of(module: str, root: Path = ROOT) -> list[str]:
    """Return the module's Python files, relative to its folder: the entry file, then its libraries."""
    folder = root / module
    return [f"{module}.py", *_of_libraries(module, folder, {".py"})]


def resources_of(module: str, root: Path = ROOT) -> list[str]:
    """Return the module's other files to package: icons and forms, and the data inside its libraries."""
    folder = root / module
    resources = _files(folder, folder / "Resources", RESOURCE_SUFFIXES)
    return resources + _of_libraries(module, folder, DATA_SUFFIXES)


def _of_libraries(module: str, folder: Path, suffixes: set[str]) -> list[str]:
    return [file for library in MODULES[module] for file in _files(folder, folder / library, suffixes)]


def _files(folder: Path, start: Path, suffixes: set[str]) -> list[str]:
    found = (path.relative_to(folder) for path in start.rglob("*") if path.is_file() and path.suffix in suffixes)
    # Caches of tools lie in hidden folders.
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def with_lists(text: str, module: str, root: Path = ROOT) -> str:
    """Return the text of a CMakeLists.txt with both lists replaced by what is on disk."""
    text = _with_list(text, "MODULE_PYTHON_SCRIPTS", scripts_of(module, root))
    return _with_list(text, "MODULE_PYTHON_RESOURCES", resources_of(module, root))


def _with_list(text: str, variable: str, files: list[str]) -> str:
    lines = "".join(f"  {file}\n" for file in files)
    replaced, count = re.subn(rf"(set\({variable}\n)[^)]*\)", rf"\g<1>{lines}  )", text)
    if count != 1:
        raise SystemExit(f"CMakeLists.txt must hold set({variable} ...) once, found {count} times")
    return replaced


def main(arguments: list[str]) -> int:
    """Update or check the lists of both modules."""
    is_check = "--check" in arguments
    stale = []
    for module in MODULES:
        path = ROOT / module / "CMakeLists.txt"
        old = path.read_text(encoding="utf-8")
        new = with_lists(old, module)
        if new != old:
            stale.append(f"{module}/CMakeLists.txt")
            if not is_check:
                path.write_text(new, encoding="utf-8")
    if stale and is_check:
        print(f"out of date: {', '.join(stale)}; run: make format", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
