"""Readings made from two public cohorts of head and neck cancer patients, with everything they leave open.

The tables are lyDATA's (Ludwig et al., doi:10.5281/zenodo.5833835; Barbatei et al., doi:10.5281/zenodo.10210361;
CC BY-SA 4.0). They record which neck levels are involved, T, N and the edition, but no node sizes; one of them has no
node counts and no word on extranodal extension. Each patient therefore becomes several readings, one for every way
to fill in what is not recorded.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    FindingKind,
    MarkerStatus,
    NeckLevel,
    Node,
    Reading,
    Side,
    Site,
    TCategory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COHORT_FILES = ("2021-usz-oropharynx.csv", "2023-clb-multisite.csv")
HEADER_ROWS = 3
IMAGING = ("PET", "CT", "MRI", "pCT", "diagnostic_consensus")
# A node in a sublevel is recorded at its level too, so a level counts by its sublevels where they are given.
LEVELS = {
    "I": NeckLevel.IB, "Ia": NeckLevel.IA, "Ib": NeckLevel.IB, "II": NeckLevel.IIA, "IIa": NeckLevel.IIA,
    "IIb": NeckLevel.IIB, "III": NeckLevel.III, "IV": NeckLevel.IV, "V": NeckLevel.VA, "VI": NeckLevel.VI,
    "VII": NeckLevel.RETROPHARYNGEAL, "VIII": NeckLevel.PAROTID, "IX": NeckLevel.FACIAL, "X": NeckLevel.OTHER,
}  # fmt: skip
SUBLEVELS = {"I": ("Ia", "Ib"), "II": ("IIa", "IIb")}
SITES = {
    "C01": Site.OROPHARYNX, "C02": Site.ORAL_CAVITY, "C03": Site.ORAL_CAVITY, "C04": Site.ORAL_CAVITY,
    "C05": Site.ORAL_CAVITY, "C06": Site.ORAL_CAVITY, "C09": Site.OROPHARYNX, "C10": Site.OROPHARYNX,
    "C12": Site.HYPOPHARYNX, "C13": Site.HYPOPHARYNX, "C32": Site.LARYNX,
}  # fmt: skip
SOFT_PALATE = ("C05.1", "C05.2")
HPV = {"true": MarkerStatus.POSITIVE, "false": MarkerStatus.NEGATIVE, "": MarkerStatus.UNKNOWN}
OPPOSITE = {Side.RIGHT: Side.LEFT, Side.LEFT: Side.RIGHT}
# One size within each interval that the tables of N distinguish: up to 3 cm, up to 6 cm, beyond.
UP_TO_3_CM, UP_TO_6_CM, OVER_6_CM = 20.0, 45.0, 70.0
# One count within each interval that they distinguish, for a neck whose nodes were not counted.
COUNTS = (1, 2, 5)


class Row:
    """One patient's row, looked up by the three header lines."""

    def __init__(self, number: int, cells: Mapping[tuple[str, str, str], str]) -> None:
        self.number = number
        self._cells = cells

    def text(self, group: str, name: str) -> str:
        """Cell of a column that is not about a side; empty when the table has no such column."""
        for side in ("#", "1", "info"):
            if (group, side, name) in self._cells:
                return self._cells[group, side, name].strip()
        return ""

    def flag(self, group: str, side: str, level: str) -> bool | None:
        """Whether a level is involved by this modality; None when that is not recorded."""
        return {"true": True, "false": False}.get(self._cells.get((group, side, level), "").strip().lower())

    def positive_nodes(self, side: str, level: str) -> int | None:
        """Number of positive nodes that pathology found in a level; None when it was not recorded."""
        text = self._cells.get(("positive_dissected", side, level), "").strip()
        return int(float(text)) if text else None


@dataclass(frozen=True)
class CohortCase:
    """One patient: what was recorded, and the readings that fit it.

    Attributes
    ----------
    row : line in the public file, counted from 1 with the three header lines.
    recorded_n : main N category (0 to 3) in the table.
    as_recorded : sizes left open; it also leaves open p16, when that was not tested, as the reader's decision.
    usual, unusual : all ways to fill in what is open; `usual` without a node over 6 cm and without extranodal
        extension that the table does not state.
    """

    cohort: str
    row: int
    edition: str
    recorded_n: int
    site: Site
    p16: MarkerStatus
    classification: Classification
    as_recorded: Reading
    usual: tuple[Reading, ...]
    unusual: tuple[Reading, ...]


def cohort_cases(path: Path) -> list[CohortCase]:
    """Read one table.

    Raises
    ------
    InputError
        When the file is not one of lyDATA's tables.
    """
    return [_case(path.stem, row) for row in _rows(path)]


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    columns = list(zip(*lines[:HEADER_ROWS], strict=True))
    if ("patient", "#", "n_stage") not in columns:
        raise InputError(f"{path.name}: found no column patient/#/n_stage; expected a lyDATA table")
    for number, line in enumerate(lines[HEADER_ROWS:], start=HEADER_ROWS + 1):
        yield Row(number, dict(zip(columns, line, strict=True)))


def _case(cohort: str, row: Row) -> CohortCase:
    reading = _reading(row)
    extracapsular = {"true": True, "false": False}.get(row.text("patient", "extracapsular").lower())
    is_pathological = reading.classification is Classification.PATHOLOGICAL
    stated = extracapsular if is_pathological else None
    are_counted = is_pathological and _has_counts(row)
    usual = _filled(reading, (UP_TO_3_CM, UP_TO_6_CM), (bool(stated),), are_counted)
    extensions = (False, True) if stated is None else (stated,)
    every = _filled(reading, (UP_TO_3_CM, UP_TO_6_CM, OVER_6_CM), extensions, are_counted)
    return CohortCase(
        cohort,
        row.number,
        row.text("patient", "tnm_edition"),
        int(row.text("patient", "n_stage")),
        _site(row),
        reading.p16,
        reading.classification,
        reading if stated is None else _with_extension(reading, stated),
        usual,
        tuple(each for each in every if each not in usual),
    )


def _reading(row: Row) -> Reading:
    primary = {"right": Side.RIGHT, "left": Side.LEFT, "central": Side.MIDLINE}.get(
        row.text("tumor", "side"), Side.RIGHT
    )
    p16 = HPV[row.text("patient", "hpv_status").lower()]
    is_pathological = row.text("tumor", "stage_prefix") == "p"
    return Reading(
        case_id=f"row {row.number}",
        site=_site(row),
        p16=p16,
        untested_p16_as_negative=p16 is MarkerStatus.UNKNOWN,
        primary_side=primary,
        t_category=TCategory(f"T{row.text('tumor', 't_stage')}"),
        classification=Classification.PATHOLOGICAL if is_pathological else Classification.CLINICAL,
        nodes=tuple(_nodes(row, primary, is_pathological)),
    )


def _site(row: Row) -> Site:
    subsite = row.text("tumor", "subsite")
    return Site.OROPHARYNX if subsite in SOFT_PALATE else SITES[subsite.split(".")[0]]


def _nodes(row: Row, primary: Side, is_pathological: bool) -> Iterator[Node]:
    """Make one entry per involved level; a central tumour's sides are taken as right (ipsilateral) and left."""
    ipsilateral = Side.RIGHT if primary is Side.MIDLINE else primary
    for name, side in (("ipsi", ipsilateral), ("contra", OPPOSITE[ipsilateral])):
        for level, place in LEVELS.items():
            if _is_involved(row, name, level, is_pathological) and not _is_told_by_sublevels(row, name, level):
                count = row.positive_nodes(name, level) if is_pathological else None
                yield Node(f"{name}-{level}", side, place, count=count or 1)


def _is_told_by_sublevels(row: Row, side: str, level: str) -> bool:
    groups = (*IMAGING, "FNA", "pathology")
    return any(row.flag(group, side, part) for part in SUBLEVELS.get(level, ()) for group in groups)


def _is_involved(row: Row, side: str, level: str, is_pathological: bool) -> bool:
    """Pathology decides where the N category is pathological; else cytology, else the majority of the imaging."""
    if is_pathological and _has_pathology(row):
        return row.flag("pathology", side, level) is True
    cytology = row.flag("FNA", side, level)
    if cytology is not None:
        return cytology
    votes = [row.flag(group, side, level) for group in IMAGING]
    return votes.count(True) > 0 and votes.count(True) >= votes.count(False)


def _has_pathology(row: Row) -> bool:
    return any(row.flag("pathology", side, level) is not None for side in ("ipsi", "contra") for level in LEVELS)


def _has_counts(row: Row) -> bool:
    return any(row.positive_nodes(side, level) is not None for side in ("ipsi", "contra") for level in LEVELS)


def _filled(
    reading: Reading, sizes_mm: tuple[float, ...], extensions: tuple[bool, ...], are_counted: bool
) -> tuple[Reading, ...]:
    if not reading.nodes:
        return (reading,)
    first, *others = reading.nodes
    counts = (first.count,) if are_counted else COUNTS
    small = [replace(node, greatest_dimension_mm=UP_TO_3_CM) for node in others]
    return tuple(
        _with_extension(reading.with_nodes([replace(first, greatest_dimension_mm=size, count=count), *small]), extends)
        for size, count, extends in product(sizes_mm, counts, extensions)
    )


def _with_extension(reading: Reading, extends: bool) -> Reading:
    """State extranodal extension in the way that fits the classification."""
    if reading.classification is Classification.CLINICAL:
        return replace(reading, clinical_ene=extends)
    if not reading.nodes:
        return reading
    certainty = Certainty.UNEQUIVOCAL if extends else Certainty.ABSENT
    others = [node.with_finding(FindingKind.PATHOLOGICAL_ENE, Certainty.ABSENT) for node in reading.nodes[1:]]
    return reading.with_nodes([reading.nodes[0].with_finding(FindingKind.PATHOLOGICAL_ENE, certainty), *others])
