"""Reads the staging tables of all editions from TOML and checks them: no hole, no overlap, no unknown word."""

from __future__ import annotations

from functools import cache
from typing import Any

from iENEGraderLib.reading import MCategory, TCategory
from iENEGraderLib.rules.basis import basis_of, read_table
from iENEGraderLib.rules.conditions import TableError, parse_range, parse_words
from iENEGraderLib.rules.partition import check_edition, check_n_table, check_stage_table
from iENEGraderLib.rules.results import Edition
from iENEGraderLib.rules.tables import (
    TUMOUR_WORDS,
    WORDS,
    Chapter,
    Choice,
    EditionTables,
    NRow,
    NTable,
    Refused,
    StageRow,
    StageTable,
    Variable,
)

FILES = ("uicc9.toml", "ajcc_current.toml", "tnm8.toml")


@cache
def editions() -> tuple[EditionTables, ...]:
    """Return all editions, checked.

    Raises
    ------
    TableError
        When a table has a hole or an overlap, or names something that does not exist.
    """
    return build_editions([read_table(name) for name in FILES])


def build_editions(files: list[dict[str, Any]]) -> tuple[EditionTables, ...]:
    """Build editions from parsed TOML files; tables may be shared between the files."""
    n_rows = {row["id"]: row for file in files for row in file.get("n_table", ())}
    stage_rows = {row["id"]: row for file in files for row in file.get("stage_table", ())}
    n_tables = {table_id: _n_table(row, n_rows) for table_id, row in n_rows.items()}
    stage_tables = {table_id: _stage_table(row, stage_rows) for table_id, row in stage_rows.items()}
    for n_table in n_tables.values():
        check_n_table(n_table)
    for stage_table in stage_tables.values():
        check_stage_table(stage_table)
    found = tuple(_edition(file, n_tables, stage_tables) for file in files)
    for edition in found:
        check_edition(edition)
    return found


def _n_table(row: dict[str, Any], tables: dict[str, dict[str, Any]]) -> NTable:
    table_id = row["id"]
    variables = tuple(Variable(name) for name in row["variables"])
    given = _rows_of(row, tables, "n_table")
    rows = [_n_row({**each, **_overrides(row)}, table_id, variables) for each in given]
    may_set = row.get("imaging_may_set_clinical_ene", False)
    return NTable(table_id, row["title"], variables, tuple(rows), may_set, row.get("flag", ""))


def _rows_of(row: dict[str, Any], tables: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Rows of a table, or those of the table that it shares them with."""
    other = row.get("same_rows_as")
    if other is None:
        return list(row["row"])
    if other not in tables:
        raise TableError(f"{row['id']}: same_rows_as names an unknown {kind} {other!r}")
    return list(tables[other]["row"])


def _overrides(row: dict[str, Any]) -> dict[str, Any]:
    """Sources and confidence that a table sets for all of its rows."""
    return {key: row[key] for key in ("sources", "confidence") if key in row}


def _n_row(row: dict[str, Any], table_id: str, variables: tuple[Variable, ...]) -> NRow:
    rule_id = ".".join(filter(None, (table_id, row["n"], row.get("id", ""))))
    conditions = []
    for name, value in row["when"].items():
        variable = Variable(name)
        if variable not in variables:
            raise TableError(f"{rule_id}: {name} is not among the table's variables")
        where = f"{rule_id}.{name}"
        parsed = parse_words(value, WORDS[variable], where) if variable in WORDS else parse_range(value, where)
        conditions.append((variable, parsed))
    other = row.get("alternative", {"n": "", "when": ""})
    basis = basis_of(row, rule_id)
    return NRow(row["n"], tuple(conditions), basis, row.get("flag", ""), other["n"], other["when"])


def _stage_table(row: dict[str, Any], tables: dict[str, dict[str, Any]]) -> StageTable:
    t = tuple(TCategory(name) for name in row["T"])
    m = tuple(MCategory(name) for name in row["M"])
    n = tuple(row["N"])
    rows = []
    for each in _rows_of(row, tables, "stage_table"):
        basis = basis_of(_overrides(row), f"{row['id']}.{each['stage']}")
        row_t = tuple(TCategory(name) for name in each["T"]) if "T" in each else t
        row_m = tuple(MCategory(name) for name in each["M"]) if "M" in each else m
        rows.append(StageRow(each["stage"], row_t, tuple(each.get("N", n)), row_m, basis))
    return StageTable(row["id"], row["title"], t, n, m, tuple(rows), row.get("flag", ""))


def _choice(row: dict[str, Any], where: str) -> Choice:
    for name in row["when"]:
        if name not in TUMOUR_WORDS:
            raise TableError(f"{where}: {name!r} is none of {', '.join(TUMOUR_WORDS)}")
    return Choice(tuple((name, parse_words(row["when"][name], TUMOUR_WORDS[name], where)) for name in row["when"]))


def _edition(file: dict[str, Any], n_tables: dict[str, NTable], stage_tables: dict[str, StageTable]) -> EditionTables:
    edition = Edition(file["edition"])
    chapters = []
    for row in file["chapter"]:
        rule_id = f"{edition}.{row['id']}"
        try:
            tables = (
                n_tables[row["clinical_n"]],
                n_tables[row["pathological_n"]],
                stage_tables[row["clinical_stage"]],
                stage_tables[row["pathological_stage"]],
            )
        except KeyError as error:
            raise TableError(f"{rule_id}: unknown table {error}") from error
        flags = (row.get("flag", ""), row.get("pathological_n0_flag", ""))
        chapters.append(Chapter(_choice(row, rule_id), *tables, *flags, basis_of(row, rule_id)))
    refused = [
        Refused(_choice(row, row["id"]), basis_of(row, f"{edition}.refused.{row['id']}")) for row in file["refused"]
    ]
    n0 = file["n0"]
    return EditionTables(
        edition,
        file["title"],
        basis_of(n0, f"{edition}.N0"),
        n0["pathological_flag"],
        tuple(chapters),
        tuple(refused),
    )
