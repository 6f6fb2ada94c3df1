"""Gadolinium-based contrast agents: from what somebody typed to concentration and label dose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import Confidence
from PWIProtocolLib.protocol.toml_rows import Row, own_table

KEYS = ("id", "synonyms", "concentration", "dose", "source", "confidence", "note")


@dataclass(frozen=True)
class Agent:
    """A contrast agent.

    Attributes
    ----------
    concentration_mmol_per_ml : gadolinium in the vial.
    dose_mmol_per_kg : dose of the label for adults.
    """

    name: str
    synonyms: tuple[str, ...]
    concentration_mmol_per_ml: float
    dose_mmol_per_kg: float
    source: str
    confidence: Confidence
    note: str


@cache
def agents() -> tuple[Agent, ...]:
    """Return every agent of the table.

    Raises
    ------
    InputError
        When a row is incomplete, or two rows share a name.
    """
    return read_agents(own_table("agents.toml"))


def read_agents(table: Row) -> tuple[Agent, ...]:
    """Read and check the rows of a table of agents."""
    sources = {row.text("key"): row.text("citation") for row in table.rows("source")}
    found = tuple(_agent(row, sources) for row in table.rows("agent"))
    names = [name for each in found for name in (each.name, *each.synonyms)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{table.where}: the name {twice[0]!r} stands in two agents; each name may stand once")
    return found


def agent_named(text: str | None) -> Agent | None:
    """Return the agent that a free text names, or None when it names none or several.

    Technologists type a trade name with a volume, a generic name, or just "YES".
    """
    words = f" {_words(text or '')} "
    hits = [
        (wanted, each)
        for each in agents()
        for name in (each.name, *each.synonyms)
        if (wanted := f" {_words(name)} ") in words
    ]
    names = [name for name, _ in hits]
    part_of_other = {name for name in names if any(name != other and name in other for other in names)}
    whole = {each.name: each for name, each in hits if name not in part_of_other}
    return next(iter(whole.values())) if len(whole) == 1 else None


def _agent(row: Row, sources: dict[str, str]) -> Agent:
    row.allow_only(KEYS)
    concentration, dose = row.number("concentration"), row.number("dose")
    if not 0.01 <= concentration <= 2 or not 0.01 <= dose <= 0.3:
        raise InputError(f"{row.where}: concentration must be 0.01 to 2 mmol/mL and dose 0.01 to 0.3 mmol/kg")
    if row.text("source") not in sources:
        raise InputError(f"{row.where}: source {row.text('source')!r} is not among the [[source]] rows")
    return Agent(
        name=row.text("id").lower(),
        synonyms=tuple(each.lower() for each in row.texts("synonyms")),
        concentration_mmol_per_ml=concentration,
        dose_mmol_per_kg=dose,
        source=sources[row.text("source")],
        confidence=row.word("confidence", Confidence),
        note=row.text("note", ""),
    )


def _words(text: str) -> str:
    """Lower case words and numbers, one space between them."""
    return " ".join(re.findall(r"[a-z]+|\d+", text.lower()))
