"""The nodes in the report: a table of all, then each with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, tag

from iENEGraderLib.export.report_rules import rule_links
from iENEGraderLib.export.words import dimension, finding_title, finding_titles, node_place, spaced
from iENEGraderLib.reading import Certainty
from iENEGraderLib.rules.criteria import grade_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import FindingKind, Node, Reading
    from iENEGraderLib.rules import Assessment, NodeGrade

COLUMNS = (
    "Node",
    "Side",
    "Level",
    "Greatest dimension",
    "Grade",
    "Unequivocal",
    "Equivocal: recorded, not counted",
    "Not assessed",
)


def nodes_section(reading: Reading, assessment: Assessment) -> Markup:
    """Return the section on the nodes."""
    heading = tag("h2", "Nodes", id="nodes")
    if not reading.nodes:
        text = "The neck nodes were not assessed (NX)." if reading.nodes is None else "No metastatic node was recorded."
        return tag("section", heading, tag("p", text), aria_labelledby="nodes")
    graded = [(node, assessment.node(node.id)) for node in reading.nodes]
    only_unequivocal = "Only unequivocal findings count. Equivocal findings are recorded and do not count."
    return tag(
        "section",
        heading,
        _table(graded),
        tag("p", only_unequivocal, class_="aside"),
        tag("div", *(_details(node, grade) for node, grade in graded), class_="nodes"),
        aria_labelledby="nodes",
    )


def _table(graded: Sequence[tuple[Node, NodeGrade]]) -> Markup:
    headings = [tag("th", title, scope="col", role="columnheader") for title in COLUMNS]
    return tag(
        "table",
        tag("thead", tag("tr", *headings, role="row"), role="rowgroup"),
        tag("tbody", *(_row(node, grade) for node, grade in graded), role="rowgroup"),
        role="table",
    )


def _row(node: Node, grade: NodeGrade) -> Markup:
    name = node.id if node.count == 1 else f"{node.id} ({node.count} nodes)"
    cells = (
        str(node.side),
        spaced(node.level),
        dimension(node),
        _badge(grade.grade),
        _titles([_title(kind) for kind in node.kinds_with(Certainty.UNEQUIVOCAL)]),
        _titles(finding_titles(node.kinds_with(Certainty.EQUIVOCAL))),
        _number_of_findings(len(grade.not_assessed)) if grade.not_assessed else "none",
    )
    labelled = [tag("td", cell, role="cell", data_label=title) for title, cell in zip(COLUMNS[1:], cells, strict=True)]
    return tag("tr", tag("th", name, scope="row", role="rowheader", data_label=COLUMNS[0]), *labelled, role="row")


def _badge(grade: int) -> Markup:
    return tag("span", f"grade {grade}", class_=f"badge grade-{grade}")


def _title(kind: FindingKind) -> str:
    counts = any(kind in rule.requires for rule in grade_rules())
    return finding_title(kind) if counts else f"{finding_title(kind)} (not counted)"


def _titles(titles: list[str]) -> str:
    return ", ".join(titles) or "none"


def _number_of_findings(number: int) -> str:
    return f"{number or 'no'} finding{'' if number == 1 else 's'}"


def _not_assessed(grade: NodeGrade) -> str:
    if not grade.not_assessed:
        return ""
    summary = tag("summary", f"Not assessed: {_number_of_findings(len(grade.not_assessed))}")
    return tag("details", summary, ", ".join(finding_titles(grade.not_assessed)))


def _details(node: Node, grade: NodeGrade) -> Markup:
    absent = finding_titles(node.kinds_with(Certainty.ABSENT))
    # The reasons name the equivocal findings that could have given a grade; these could not.
    others = [kind for kind in node.kinds_with(Certainty.EQUIVOCAL) if kind not in grade.equivocal]
    return tag(
        "article",
        tag("h3", f"{node.id}: {node_place(node)} ", _badge(grade.grade)),
        bullets(grade.reasons),
        tag("p", f"Equivocal as well: {', '.join(finding_titles(others))}.") if others else "",
        tag("p", f"Absent: {', '.join(absent)}.") if absent else "",
        _not_assessed(grade),
        rule_links(grade.trace),
        class_="node",
    )
