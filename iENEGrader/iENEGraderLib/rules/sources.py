"""Where the rules come from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A published or registered source of rules.

    Attributes
    ----------
    url : stable address, empty when there is none.
    seen : how much of it was read when the tables were written.
    """

    key: str
    kind: str
    citation: str
    url: str
    seen: str


@cache
def sources() -> dict[str, Source]:
    """Return all sources by their key."""
    text = (Path(__file__).parent / "sources.toml").read_text(encoding="utf-8")
    return {row["key"]: Source(**row) for row in tomllib.loads(text)["source"]}
