"""The top of the report: the grade, the three editions side by side, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, joined, tag

from iENEGraderLib.export.report_rules import rule_links, source_link
from iENEGraderLib.export.words import GRADE_MEANINGS, node_place
from iENEGraderLib.rules.notes import notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment, EditionResult


def headline(reading: Reading, assessment: Assessment) -> Markup:
    """Return the section with grade, N and stage, and what leads to them."""
    editions = [_edition(result) for result in assessment.staging]
    return tag(
        "section",
        tag("h2", "Result", id="result"),
        _refusals(assessment),
        _grade(reading, assessment),
        tag("h3", "N category and stage, by edition of the staging system", class_="systems"),
        tag("div", *editions, class_="editions"),
        tag("p", _comparison(assessment), class_="aside"),
        aria_labelledby="result",
    )


def cautions(assessment: Assessment) -> Markup:
    """Return the section of cautions; nothing when there are none."""
    if not assessment.warnings:
        return Markup("")
    heading = tag("h2", "Cautions", id="cautions")
    return tag("section", heading, bullets(assessment.warnings), class_="cautions", aria_labelledby="cautions")


def tors(assessment: Assessment) -> Markup:
    """Return the iENE criterion of the guideline on transoral robotic surgery, as information for the team."""
    basis = notes()["tors"]
    return tag(
        "section",
        tag("h2", "For the multidisciplinary team", id="mdt"),
        tag(
            "p",
            "iENE criterion of the guideline on transoral robotic surgery: ",
            tag("strong", assessment.tors_iene_criterion),
            f" ({assessment.tors_reason}).",
        ),
        tag("p", f"{basis.text[:1].upper()}{basis.text[1:]}. It does not answer whether surgery suits a patient."),
        tag("p", "Sources: ", joined([source_link(key) for key in basis.sources], ", "), class_="aside"),
        aria_labelledby="mdt",
    )


def _comparison(assessment: Assessment) -> str:
    results = {(result.n, result.stage) for result in assessment.staging}
    differ = "The editions differ here: the second line under Why shows what each of them asks about the nodes. "
    rule = "Never combine the N of one edition with the stage of another."
    return (differ if len(results) > 1 else "") + rule


def _refusals(assessment: Assessment) -> Markup:
    if not assessment.refusals:
        return Markup("")
    heading = tag("h3", "This reading cannot be staged as it stands")
    return tag("div", heading, bullets(assessment.refusals), class_="refusal", role="note")


def _grade(reading: Reading, assessment: Assessment) -> Markup:
    grade = assessment.grade
    value = tag("p", tag("span", "iENE grade"), tag("strong", str(grade)), class_=f"grade grade-{grade}")
    because = tag(
        "div", tag("p", tag("strong", f"Grade {grade}: {GRADE_MEANINGS[grade]}.")), _because(reading, assessment)
    )
    return tag("div", value, tag("div", because, _ladder(grade), class_="because"), class_="verdict")


def _because(reading: Reading, assessment: Assessment) -> Markup:
    if reading.nodes is None:
        return tag("p", "The neck nodes were not assessed (NX).")
    if not reading.nodes:
        return tag("p", "No metastatic node (N0).")
    deciding = [node for node in assessment.nodes if node.grade == assessment.grade]
    if assessment.grade == 0:
        count = "the only node" if len(deciding) == 1 else f"any of {len(deciding)} entries"
        return tag("p", f"No sign was unequivocal in {count}; see the nodes below.")
    items = [
        tag(
            "li",
            tag("strong", f"{node.node_id} ({node_place(reading.node(node.node_id))}): "),
            joined(node.reasons, "; "),
        )
        for node in deciding
    ]
    return tag("ul", *items)


def _ladder(grade: int) -> Markup:
    steps = [
        tag("li", tag("strong", str(step)), f" {meaning}", class_=f"grade-{step}", aria_current=_current(step == grade))
        for step, meaning in enumerate(GRADE_MEANINGS)
    ]
    return tag("ol", *steps, class_="ladder", aria_label="The four grades")


def _current(is_current: bool) -> str | bool:
    return "true" if is_current else False


def _edition(result: EditionResult) -> Markup:
    n = result.n or _either(each.n for each in result.alternatives) or "no N"
    stage = result.stage or _either(each.stage or "none" for each in result.alternatives if result.n is None)
    settled = "edition" if result.n and result.stage else "edition incomplete"
    return tag(
        "article",
        tag("h3", result.title),
        tag("p", tag("strong", n, class_="category"), " ", tag("span", f"stage {stage}" if stage else "no stage")),
        _listed("Why", result.reasons, "why"),
        _alternatives(result),
        _listed("Missing", result.missing, "missing"),
        _listed("To note", result.flags, "flags"),
        rule_links(result.trace),
        class_=settled,
    )


def _either(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(values))


def _listed(title: str, texts: tuple[str, ...], kind: str) -> Markup:
    if not texts:
        return Markup("")
    return tag("div", tag("h4", title), bullets(texts), class_=kind)


def _alternatives(result: EditionResult) -> Markup:
    texts = tuple(
        joined([tag("strong", each.n + (f", stage {each.stage}" if each.stage else "")), ": ", each.when])
        for each in result.alternatives
    )
    return _listed("Also possible" if result.n else "One of these", texts, "alternatives")
