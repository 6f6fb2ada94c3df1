"""Read from public C++ headers which names a CTK or Slicer widget shows to Python.

Only names are kept (facts): properties, public slots and invokable methods, signals, enumerators and the
base class. PythonQt shows exactly these for classes that are known by their Qt meta object alone, and the
slots of ``*PythonQtDecorators.h`` in addition. The stand-ins of the harness are checked against the list.

    python generate_api_names.py --ctk /path/CTK --slicer /path/Slicer
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASS = re.compile(r"\bclass\s+(?:\w+_EXPORT\s+)?(\w+)\s*(?:final\s*)?(?::\s*public\s+(?:virtual\s+)?(\w+))?[^;{()]*\{")
ACCESS = re.compile(r"\b(?:(public|protected|private)(?:\s+(?:Q_SLOTS|slots))?|(?:Q_SIGNALS|signals))\s*:(?!:)")
PROPERTY = re.compile(r"Q_PROPERTY\s*\(\s*[\w:<>\s\*]+?\s*\*?(\w+)\s+(?:READ|MEMBER)\b")
ENUM = re.compile(r"\benum\s+(?:class\s+)?(\w+)[^{;]*\{([^}]*)\}")
FUNCTION = re.compile(r"~?\b(\w+)\s*\(")
DECORATED = re.compile(r"\b(\w+)\s*\(\s*(\w+)\s*\*")


@dataclass
class ApiNames:
    """Names of one class that Python code in Slicer can use."""

    base: str
    properties: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    signals: set[str] = field(default_factory=set)
    enums: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the record as one line of JSON."""
        record = {
            "base": self.base,
            "enums": self.enums,
            "methods": sorted(self.methods),
            "properties": sorted(self.properties),
            "signals": sorted(self.signals),
        }
        return json.dumps(record, sort_keys=True)


def without_comments(text: str) -> str:
    """Remove comments, preprocessor lines and the contents of strings."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r'"[^"\n]*"', '""', text)  # an address in a string is no comment
    return re.sub(r"^\s*#.*$", " ", re.sub(r"//[^\n]*", " ", text), flags=re.MULTILINE)


def balanced(text: str, start: int) -> str:
    """Return what stands between the brace at a position and the one that closes it."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return text[start + 1 : position]
    return text[start + 1 :]


def without_bodies(text: str) -> str:
    """Replace everything in braces by a semicolon."""
    previous = ""
    while previous != text:
        previous, text = text, re.sub(r"\{[^{}]*\}", ";", text)
    return text


def sections(body: str) -> Iterator[tuple[str, str]]:
    """Yield (kind of section, its text); the kind is 'slots', 'signals', 'public' or 'hidden'."""
    marks = list(ACCESS.finditer(body))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(body)
        label = mark.group(0)
        if mark.group(1) is None:
            kind = "signals"
        elif mark.group(1) != "public":
            kind = "hidden"
        else:
            kind = "slots" if "lots" in label.lower() else "public"
        yield kind, body[mark.end() : end]


def function_names(text: str) -> set[str]:
    """Return the names of the functions declared in a section."""
    names = set()
    for statement in text.split(";"):
        found = FUNCTION.search(statement)
        if found and not found.group(0).startswith("~") and not found.group(1).startswith("Q_"):
            names.add(found.group(1))
    return names


def parse_class(base: str, body: str) -> ApiNames:
    """Read the names that a class body shows to Python."""
    api = ApiNames(base, properties=set(PROPERTY.findall(body)))
    exposed = set(re.findall(r"Q_(?:ENUMS?|FLAGS?)\s*\(\s*(\w+)", body))
    flags = dict(re.findall(r"Q_DECLARE_FLAGS\s*\(\s*(\w+)\s*,\s*(\w+)", body))
    exposed |= {flags[name] for name in exposed & set(flags)}
    for name, members in ENUM.findall(body):
        if name in exposed:
            api.enums[name] = re.findall(r"(?:^|,)\s*(\w+)", members)
    for kind, text in sections(without_bodies(ENUM.sub(" ", body))):
        if kind == "signals":
            api.signals |= function_names(text)
        elif kind == "slots":
            api.methods |= function_names(text)
        elif kind == "public":
            invokable = (statement for statement in text.split(";") if "Q_INVOKABLE" in statement)
            api.methods |= function_names(";".join(part.split("Q_INVOKABLE")[1] for part in invokable))
    return api


def parse_headers(paths: list[Path]) -> dict[str, ApiNames]:
    """Read all classes with a Qt meta object from headers, and what the decorators add to them."""
    classes: dict[str, ApiNames] = {}
    decorators: list[str] = []
    for path in paths:
        text = without_comments(path.read_text(encoding="utf-8", errors="replace"))
        if path.name.endswith("PythonQtDecorators.h"):
            decorators.append(without_bodies(text[text.find("class ") :].split("{", 1)[-1]))
            continue
        for found in CLASS.finditer(text):
            body = balanced(text, found.end() - 1)
            if "Q_OBJECT" in body or "Q_GADGET" in body:
                classes[found.group(1)] = parse_class(found.group(2) or "", body)
    for text in decorators:
        for method, owner in DECORATED.findall(text):
            if owner in classes and not method.startswith(("new_", "delete_")):
                classes[owner].methods.add(method.removeprefix(f"static_{owner}_"))
    return classes


def with_bases(names: set[str], classes: dict[str, ApiNames]) -> list[str]:
    """Return the given classes and all their bases that were read, in order of name."""
    wanted: set[str] = set()
    for start in names:
        name = start
        while name in classes and name not in wanted:
            wanted.add(name)
            name = classes[name].base
    return sorted(wanted)


def main() -> None:
    """Write api_names.json for the classes that the harness offers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ctk", type=Path, required=True, help="checkout of commontk/CTK")
    parser.add_argument("--slicer", type=Path, required=True, help="checkout of Slicer/Slicer")
    target = Path(__file__).parent / "slicer_harness" / "api_names.json"
    arguments = parser.parse_args()
    headers = sorted((arguments.ctk / "Libs").rglob("ctk*.h")) + sorted(arguments.slicer.rglob("q*.h"))
    classes = parse_headers(headers)

    import slicer_harness

    slicer_harness.start()
    from slicer_harness import stand_ins

    offered = with_bases(set(stand_ins.names()), classes)
    missing = sorted(set(stand_ins.names()) - set(offered))
    if missing:
        raise SystemExit(f"no header declares {', '.join(missing)}")
    lines = ",\n".join(f'"{name}": {classes[name].as_json()}' for name in offered)
    target.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(offered)} classes written to {target.name}")


if __name__ == "__main__":
    main()
