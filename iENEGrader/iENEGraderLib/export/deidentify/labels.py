"""Where values count that are too short or common to be looked for everywhere: after words that announce them."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.identifiers import KIND_BY_KEYWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = "|".join(sorted(keyword.lower() for keyword in KIND_BY_KEYWORD))
LABELS = (
    "patient(?<!orientationpatient)(?<!positionpatient)(?<!centerpatient)(?<!sourcetopatient)(?!position)|name|birth"
    "|accession|institution|hospital|physician|operator|reader|mrn|case(?<![a-z]case)|study(?<![a-z]study)"
    rf"|{KEYWORDS}"
)
"""Not the patient of ``ImageOrientationPatient: 1``."""
LABEL_WORDS = {"patient", "name", "birth", "hospital", "physician", "operator", "reader", "case", "study"} | {
    "node", "nodes", "segment", "segments",
}  # fmt: skip
"""As values they would be found after each other's label (``case_id,reader``), and in names of segments."""
AFTER_LABEL = rf"(?:{LABELS})[a-z_ ]{{0,24}}(?![\"']\s*[,}}])[\W_]{{0,8}}[:=<>\"'|,;^\t\n]+[\W_]{{0,8}}"
TYPED = (
    r"(?:(?<![a-z])(?:id|pid|title|notes?|remarks?)|identifier|comments?|description|textvalue"
    r"|order[ _]?(?:id|no|nr|number))[\"']?\s*[:=]\s*[\"'\[]{0,2}"
    rf"|(?:{LABELS})[a-z_ ]{{0,24}}:?\s*(?:<[^<>]{{1,80}}>\s*){{1,4}}:?\s*"
    r"|patient/|\"identifier\"\s*:\s*\[?\s*\{[^{}]{0,200}\"value\"\s*:\s*\""
)
"""What may hold an id as the whole of its text; and how FHIR gives one."""
END_OF_VALUE = r"(?=\s*(?:[\"'\]<>,;}]|[\r\n]|$))"
COLUMN = re.compile(
    r"(?:patient|accession|mrn|pid|case|study|order|institution|hospital|physician|operator|reader|name|id|birth)"
    r"[ _]?(?:id|ids|name|number|no|nr|key|date)?"
)
"""The whole name of an identifying column."""
SEPARATORS = ",;\t|"
LONGEST_HEAD = 20_000


def labelled_cells(plain: str) -> str:
    """Return the cells of identifying columns of a table, each once as ``patient column: cell``, or nothing.

    Parameters
    ----------
    plain : a folded text; a table has the names of its columns in the first line.
    """
    head = plain[:LONGEST_HEAD].lstrip("\ufeff\x7f").partition("\n")[0].strip()
    found = {line for separator in SEPARATORS if separator in head for line in _cells(plain, head, separator)}
    return "\n".join(sorted(found))


def _cells(plain: str, head: str, separator: str) -> Iterator[str]:
    columns = [name.strip().strip("\"'") for name in head.split(separator)]
    telling = [place for place, name in enumerate(columns) if COLUMN.fullmatch(name)]
    if not telling:
        return
    try:
        for row in csv.reader(plain.splitlines()[1:], delimiter=separator):
            yield from (f"patient {columns[place]}: {row[place].strip()}" for place in telling if place < len(row))
    except csv.Error:
        # No table then, and the text is searched as it is.
        return
