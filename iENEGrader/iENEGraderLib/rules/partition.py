"""Proof on load that every table is a partition: each valid combination of inputs matches exactly one row."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading import MarkerStatus, MCategory, Site, TCategory
from iENEGraderLib.rules.conditions import NumberRange, TableError
from iENEGraderLib.rules.facts import NodalFacts
from iENEGraderLib.rules.tables import WORDS, Chapter, EditionTables, NTable, StageTable, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALLEST_STEP = {Variable.COUNT: 1, Variable.SIZE_CM: 0.1, Variable.IENE_GRADE: 1}
LIMITS = {Variable.COUNT: (1, 99), Variable.SIZE_CM: (0.1, 30.0), Variable.IENE_GRADE: (0, 3)}


def check_n_table(table: NTable) -> None:
    """Raise TableError unless every combination of the table's variables matches exactly one row."""
    for facts in every_combination(table):
        rows = [row.basis.rule_id for row in table.rows if row.holds(facts)]
        if len(rows) != 1:
            raise TableError(f"{table.table_id}: {_hole_or_overlap(rows)} at {facts}")


def check_stage_table(table: StageTable) -> None:
    """Raise TableError unless every defined T, N, M of the table matches exactly one row."""
    for row in table.rows:
        if not set(row.t) <= set(table.t) or not set(row.n) <= set(table.n) or not set(row.m) <= set(table.m):
            raise TableError(f"{row.basis.rule_id}: names a T, N or M that the table does not list")
    for t, n, m in itertools.product(table.t, table.n, table.m):
        rows = [row.basis.rule_id for row in table.rows if row.holds(t, n, m)]
        if len(rows) > 1 or (not rows and is_defined(t, n, m)):
            raise TableError(f"{table.table_id}: {_hole_or_overlap(rows)} at {t} {n} {m}")


def check_edition(edition: EditionTables) -> None:
    """Raise TableError unless every tumour has exactly one chapter, whose N and stage tables fit one another."""
    for site, p16, ebv in itertools.product(Site, MarkerStatus, MarkerStatus):
        found = [each.basis.rule_id for each in edition.choices(site, p16, ebv)]
        if len(found) != 1:
            raise TableError(f"{edition.edition}: {_hole_or_overlap(found)} at {site}, p16 {p16}, EBV {ebv}")
    for chapter in edition.chapters:
        _check_chapter(chapter)


def _check_chapter(chapter: Chapter) -> None:
    pairs = (
        (chapter.clinical_n, chapter.clinical_stage),
        (chapter.pathological_n, chapter.pathological_stage),
    )
    for n_table, stage_table in pairs:
        if set(n_table.categories) != set(stage_table.n):
            raise TableError(f"{chapter.basis.rule_id}: {n_table.table_id} and {stage_table.table_id} differ in N")


def is_defined(t: TCategory, n: str, m: MCategory) -> bool:
    """Tell whether a combination means anything: T0 needs a node, and Tis excludes nodes and metastases."""
    if t is TCategory.T0:
        return n != "N0"
    return t is not TCategory.TIS or (n == "N0" and m is MCategory.M0)


def every_combination(table: NTable) -> Iterator[NodalFacts]:
    """Walk all combinations of a table's variables; numbers at every limit in use and one step beside it."""
    values = [_values(table, variable) for variable in table.variables]
    for combination in itertools.product(*values):
        facts = replace(NodalFacts(), **dict(zip(table.variables, combination, strict=True)))
        if facts.is_consistent():
            yield facts


def _values(table: NTable, variable: Variable) -> list[Any]:
    if variable in WORDS:
        return list(WORDS[variable])
    low, high = LIMITS[variable]
    step = SMALLEST_STEP[variable]
    limits = [
        limit
        for row in table.rows
        for name, condition in row.conditions
        if name is variable and isinstance(condition, NumberRange)
        for _, limit in condition.bounds
    ]
    around = [round(limit + side * step, 1) for limit in limits for side in (-1, 0, 1)]
    return sorted({value for value in (low, high, *around) if low <= value <= high})


def _hole_or_overlap(rows: list[str]) -> str:
    return f"overlap of {' and '.join(rows)}" if rows else "no row"
