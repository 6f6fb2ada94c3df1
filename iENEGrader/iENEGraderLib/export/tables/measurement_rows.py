"""All measurements of a case as rows of a CSV file, one row for each: for statistics by vessel or by kind."""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.evidence_class import class_word
from iENEGraderLib.export.tables.cells import guarded, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from iENEGraderLib.reading import Evidence, Reading

MEANINGS = {
    "case_id": "case of the reading; a pseudonym when the export is de-identified",
    "node_id": "node of the reading",
    "side": "right, left, midline",
    "level": "neck level",
    "origin": "reading: stands in the reading; export: measured in the outlines when the case was exported",
    "kind": "what was measured, as in the reading document",
    "structure": "structure or node that is meant",
    "value": "number; empty where there is none",
    "unit": "UCUM code; 1 is a share",
    "uncertainty": "expected error, in the same unit",
    "class": "against the threshold of the criterion: met, not_met, indeterminate, not_assessable, "
    "lost_not_enough_alone (a fat plane); empty when compared with none",
    "method": "how, in words",
    "right_mm": "place, RAS",
    "anterior_mm": "place, RAS",
    "superior_mm": "place, RAS",
}
"""Columns and what they hold."""


class Origin(StrEnum):
    """Where a measurement comes from."""

    READING = "reading"
    EXPORT = "export"


def measurement_rows(reading: Reading, further: Mapping[str, Sequence[Evidence]]) -> tuple[tuple[str, ...], ...]:
    """Return a row for each measurement, in the order of the nodes and of the reading.

    Parameters
    ----------
    further : measurements beyond the reading, by the id of the node.
    """
    rows = []
    for node in reading.nodes or ():
        of_node = (guarded(reading.case_id), guarded(node.id), str(node.side), str(node.level))
        for origin, found in ((Origin.READING, node.evidence), (Origin.EXPORT, further.get(node.id, ()))):
            rows += [(*of_node, *_cells(origin, each)) for each in found]
    return tuple(rows)


def measurements_text(rows: Iterable[Sequence[str]]) -> str:
    """Return the text of the file with its header line, RFC 4180; to be written as UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(MEANINGS)
    writer.writerows(rows)
    return target.getvalue()


def measurements_of_text(text: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a file that :func:`measurements_text` gave.

    Raises
    ------
    InputError
        When its columns are not those of this version.
    """
    header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    if header != list(MEANINGS):
        raise InputError(f"{name}: its columns are not those of this version; export the case again with --force")
    return tuple(tuple(row) for row in rows)


def _cells(origin: Origin, evidence: Evidence) -> Iterator[str]:
    yield str(origin)
    yield evidence.kind
    yield guarded(evidence.structure or "")
    yield number(evidence.value)
    yield evidence.unit or ""
    yield number(evidence.uncertainty)
    yield class_word(evidence) or ""
    yield guarded(evidence.method or "")
    place = (None, None, None) if evidence.place is None else evidence.place.ras_mm
    yield from (number(each) for each in place)
