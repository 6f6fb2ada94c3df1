"""The measurements of a case as lines of text for the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from HeadNeckNodesLib.notice import NOTICE
from iENEGraderLib.export.words import class_in_words, evidence_title, evidence_value

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import NodeRecord
    from iENEGraderLib.reading import Evidence

WIDTH = 100


def measurement_lines(case: CaseMeasurements) -> list[str]:
    """Every node with its measurements, then the warnings and the notice; methods are in the JSON."""
    lines = []
    for record in case.nodes:
        lines += [f"{record.node_id}  {_place(record)}"]
        lines += [f"  {_line(each)}" for each in case.evidence_for(record.node_id)]
        lines += [""]
    lines += [f"caution: {warning}" for warning in case.warnings]
    return [*lines, *wrap(NOTICE, WIDTH)]


def _place(record: NodeRecord) -> str:
    basics, level = record.basics.result, record.level.result
    side = "side not known" if basics is None or basics.side is None else str(basics.side.side)
    return f"{side}, level {'not known' if level is None or level.level is None else level.level}"


def _line(evidence: Evidence) -> str:
    found = class_in_words(evidence)
    value = " ".join(filter(None, (evidence_value(evidence), found and f"[{found}]")))
    return f"{evidence_title(evidence)}: {value}" if value else evidence_title(evidence)
