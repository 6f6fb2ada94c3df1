"""Write the schema of the reading document, and the tables of fields in its page, from the code that reads it.

With ``--check`` nothing is written and the exit code tells whether both files are up to date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from iENEGraderLib.reading.schema import BEYOND_THE_SCHEMA, reading_schema

ROOT = Path(__file__).resolve().parents[1]
SCHEMA_FILE = ROOT / "Docs" / "schema" / "hnn-reading-1.schema.json"
PAGE = ROOT / "Docs" / "reading-document.md"
HEADINGS = ("field", "value", "when missing", "meaning")
TYPES = {
    "array": "list",
    "boolean": "true, false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}


def schema_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(reading_schema(), indent=2) + "\n"


def page_with_tables(page: str) -> str:
    """Return the page with the parts between the marks ``<!-- name -->`` and ``<!-- end -->`` written anew."""
    schema = reading_schema()
    node, evidence = schema["$defs"]["node"], schema["$defs"]["evidence"]
    parts = {
        "reading": _table(schema),
        "node": _table(node),
        "findings": _findings(node["properties"]["findings"]),
        "evidence": _table(evidence),
        "mark": _table(schema["$defs"]["mark"]),
        "beyond": "".join(f"- {sentence}\n" for sentence in BEYOND_THE_SCHEMA),
    }
    for name, text in parts.items():
        start, end = re.escape(f"<!-- {name} -->"), re.escape("<!-- end -->")
        pieces = re.split(f"({start}\n).*?({end})", page, flags=re.DOTALL)
        if len(pieces) != 4:
            raise SystemExit(f"{PAGE.name} must hold the marks <!-- {name} --> and <!-- end --> once")
        page = "".join([*pieces[:2], f"\n{text}\n", *pieces[2:]])
    return page


def _table(schema: dict[str, Any]) -> str:
    """Return the fields of one object, a line each."""
    rows = [HEADINGS, ("---",) * len(HEADINGS)]
    for name, described in schema["properties"].items():
        rows.append((f"`{name}`", _value(described), _missing(name, described, schema), described["description"]))
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _findings(schema: dict[str, Any]) -> str:
    kinds = ", ".join(f"`{kind}`" for kind in schema["properties"])
    certainties = ", ".join(f"`{word}`" for word in next(iter(schema["properties"].values()))["enum"])
    return f"Findings: {kinds}.\n\nEach is one of {certainties}, or missing: not assessed.\n"


def _value(described: dict[str, Any]) -> str:
    """Return the allowed words, or the type with its limits."""
    if "const" in described:
        return f"`{described['const']}`"
    if "enum" in described:
        return ", ".join(f"`{json.dumps(word)}`" for word in described["enum"])
    types = described["type"] if isinstance(described["type"], list) else [described["type"]]
    limits = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "at most"}
    bounds = [f"{word} {described[key]:g}" for key, word in limits.items() if key in described]
    return ", ".join([" ".join([TYPES[types[0]], *bounds]), *(TYPES[each] for each in types[1:])])


def _missing(name: str, described: dict[str, Any], schema: dict[str, Any]) -> str:
    if name in schema["required"]:
        return "**required**"
    return f"`{json.dumps(described['default'])}`" if "default" in described else "left out"


def main(arguments: list[str]) -> int:
    """Write or check both files."""
    page = PAGE.read_text(encoding="utf-8")
    wanted = {SCHEMA_FILE: schema_text(), PAGE: page_with_tables(page)}
    if "--check" not in arguments:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"Docs/{path.relative_to(ROOT / 'Docs').as_posix()} is out of date: run python scripts/make_schema.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
