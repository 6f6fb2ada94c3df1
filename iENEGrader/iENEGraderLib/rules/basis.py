"""What every rule row carries: its id, its wording, its sources and how well it is confirmed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iENEGraderLib.rules.conditions import TableError
from iENEGraderLib.rules.results import Confidence, Trace
from iENEGraderLib.rules.sources import sources


@dataclass(frozen=True)
class Basis:
    """Id, wording, sources and confidence of a rule."""

    rule_id: str
    text: str
    sources: tuple[str, ...]
    confidence: Confidence

    def trace(self, text: str | None = None) -> Trace:
        """Return the trace entry of this rule, with its wording filled in where it has blanks."""
        return Trace(self.rule_id, text or self.text, self.sources, self.confidence)


def basis_of(row: dict[str, Any], rule_id: str) -> Basis:
    """Read the basis of a row; a rule without a known source is an error."""
    keys = tuple(row.get("sources", ()))
    unknown = [key for key in keys if key not in sources()]
    if not keys or unknown:
        raise TableError(f"{rule_id}: every rule needs known sources; unknown: {unknown or 'none given'}")
    if row.get("confidence") not in set(Confidence):
        raise TableError(f"{rule_id}: confidence must be one of {', '.join(Confidence)}")
    return Basis(rule_id, row.get("text", ""), keys, Confidence(row["confidence"]))


def read_table(name: str) -> dict[str, Any]:
    """Read one TOML file of this package."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
