"""What was measured at each node, in the report: one line for each measurement, its method folded, and figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, tag

from iENEGraderLib.export.words import (
    class_in_words,
    evidence_title,
    evidence_value,
    node_place,
    place_in_words,
)
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.reading import EvidenceClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iENEGraderLib.export.report_content import ReportFigure
    from iENEGraderLib.reading import Evidence, Node, Reading

MEANING = (
    "A measurement supports a finding and never sets a grade: the reader decides. The class compares the value with "
    "the threshold of the criterion: met, not met, indeterminate (within the uncertainty, in a range that "
    "the criterion leaves open, or on an image too coarse to rule it out) or not assessable. A lost fat plane beside a "
    "structure meets no criterion by itself. Open a line for its method, its thresholds and its place."
)


def measurements_section(reading: Reading, figures: Sequence[ReportFigure]) -> Markup:
    """Return the section on what was measured; nothing when nothing was."""
    measured = [node for node in reading.nodes or () if node.evidence]
    if not measured:
        return Markup("")
    return tag(
        "section",
        tag("h2", "Measurements", id="measurements"),
        tag("p", MEANING, class_="aside"),
        *(_node(node, [each for each in figures if each.node_id == node.id]) for node in measured),
        aria_labelledby="measurements",
    )


def with_further(reading: Reading, further: Mapping[str, Sequence[Evidence]]) -> Reading:
    """Return a reading that also holds what was measured besides, by the id of the node, for being shown."""
    if reading.nodes is None:
        return reading
    return reading.with_nodes(
        replace(node, evidence=(*node.evidence, *further.get(node.id, ()))) for node in reading.nodes
    )


def _node(node: Node, figures: Sequence[ReportFigure]) -> Markup:
    return tag(
        "article",
        tag("h3", f"{node.id}: {node_place(node)}"),
        _lines(node.evidence),
        _figures(figures),
        class_="measured",
    )


def _lines(evidence: Iterable[Evidence]) -> Markup:
    """Return a line for each measurement; those that say something about a criterion come first."""
    ordered = sorted(evidence, key=_rank)
    return tag("div", *(_line(each) for each in ordered), class_="lines")


def _rank(evidence: Evidence) -> int:
    # Sorting keeps the order within a class.
    found = (EvidenceClass.MET, EvidenceClass.INDETERMINATE, None, EvidenceClass.NOT_MET, EvidenceClass.NOT_ASSESSABLE)
    shown = EvidenceClass.INDETERMINATE if evidence.kind == Kind.FAT_PLANE else EvidenceClass.MET
    return found.index(shown if evidence.evidence_class is EvidenceClass.MET else evidence.evidence_class)


def _line(evidence: Evidence) -> Markup:
    name, value = tag("span", evidence_title(evidence), class_="what"), tag("span", evidence_value(evidence))
    summary = tag("summary", name, " ", tag("span", value, class_="value"), " ", _badge(evidence))
    details = [tag("p", text) for text in (evidence.method, _place(evidence)) if text]
    return tag("details", summary, *details) if details else tag("p", name, " ", value)


def _badge(evidence: Evidence) -> Markup:
    if evidence.evidence_class is None:
        return Markup("")
    # A lost fat plane beside a structure is told, and does not look like a criterion that is met.
    is_lost = evidence.kind == Kind.FAT_PLANE and evidence.evidence_class is EvidenceClass.MET
    shown = EvidenceClass.INDETERMINATE if is_lost else evidence.evidence_class
    return tag("span", class_in_words(evidence), class_=f"evidence {shown}")


def _place(evidence: Evidence) -> str:
    return "" if evidence.place is None else f"At {place_in_words(evidence.place)}."


def _figures(figures: Sequence[ReportFigure]) -> Markup:
    if not figures:
        return Markup("")
    return tag("div", *(_figure(each) for each in figures), class_="figures")


def _figure(figure: ReportFigure) -> Markup:
    return tag("figure", Markup(figure.svg), aria_label=figure.name)
