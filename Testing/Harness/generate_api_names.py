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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

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

    def asJson(self) -> str:
        record = {
            "base": self.base,
            "enums": self.enums,
            "methods": sorted(self.methods),
            "properties": sorted(self.properties),
            "signals": sorted(self.signals),
        }
        return json.dumps(record, sort_keys=True)


def withoutComments(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    return re.sub(r"^\s*#.*$", " ", re.sub(r"//[^\n]*", " ", text), flags=re.MULTILINE)


def balanced(text: str, start: int) -> str:
    """Return what stands between the brace at a position and the one that closes it."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return text[start + 1 : position]
    return text[start + 1 :]


def withoutBodies(text: str) -> str:
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


def functionNames(text: str) -> set[str]:
    names = set()
    for statement in text.split(";"):
        found = FUNCTION.search(statement)
        if found and not found.group(0).startswith("~") and not found.group(1).startswith("Q_"):
            names.add(found.group(1))
    return names


def parseClass(base: str, body: str) -> ApiNames:
    api = ApiNames(base, properties=set(PROPERTY.findall(body)))
    exposed = set(re.findall(r"Q_(?:ENUMS?|FLAGS?)\s*\(\s*(\w+)", body))
    flags = dict(re.findall(r"Q_DECLARE_FLAGS\s*\(\s*(\w+)\s*,\s*(\w+)", body))
    exposed |= {flags[name] for name in exposed & set(flags)}
    for name, members in ENUM.findall(body):
        if name in exposed:
            api.enums[name] = re.findall(r"(?:^|,)\s*(\w+)", members)
    for kind, text in sections(withoutBodies(ENUM.sub(" ", body))):
        if kind == "signals":
            api.signals |= functionNames(text)
        elif kind == "slots":
            api.methods |= functionNames(text)
        elif kind == "public":
            invokable = (statement for statement in text.split(";") if "Q_INVOKABLE" in statement)
            api.methods |= functionNames(";".join(part.split("Q_INVOKABLE")[1] for part in invokable))
    return api


def parseHeaders(paths: list[Path]) -> dict[str, ApiNames]:
    classes: dict[str, ApiNames] = {}
    decorators: list[str] = []
    for path in paths:
        text = withoutComments(path.read_text(encoding="utf-8", errors="replace"))
        if path.name.endswith("PythonQtDecorators.h"):
            decorators.append(withoutBodies(text[text.find("class ") :].split("{", 1)[-1]))
            continue
        for found in CLASS.finditer(text):
            body = balanced(text, found.end() - 1)
            if "Q_OBJECT" in body or "Q_GADGET" in body:
                classes[found.group(1)] = parseClass(found.group(2) or "", body)
    for text in decorators:
        for method, owner in DECORATED.findall(text):
            if owner in classes and not method.startswith(("new_", "delete_")):
                classes[owner].methods.add(method.removeprefix(f"static_{owner}_"))
    return classes


def withBases(names: set[str], classes: dict[str, ApiNames]) -> list[str]:
    wanted: set[str] = set()
    for start in names:
        name = start
        while name in classes and name not in wanted:
            wanted.add(name)
            name = classes[name].base
    return sorted(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ctk", type=Path, required=True, help="checkout of commontk/CTK")
    parser.add_argument("--slicer", type=Path, required=True, help="checkout of Slicer/Slicer")
    target = Path(__file__).parent / "slicer_harness" / "api_names.json"
    arguments = parser.parse_args()
    headers = sorted((arguments.ctk / "Libs").rglob("ctk*.h")) + sorted(arguments.slicer.rglob("q*.h"))
    classes = parseHeaders(headers)

    from slicer_harness import stand_ins

    offered = withBases(set(stand_ins.names()), classes)
    missing = sorted(set(stand_ins.names()) - set(offered))
    if missing:
        raise SystemExit(f"no header declares {', '.join(missing)}")
    lines = ",\n".join(f'"{name}": {classes[name].asJson()}' for name in offered)
    target.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(offered)} classes written to {target.name}")


if __name__ == "__main__":
    main()
