"""Why the result is what it is, as rich text with a link to every rule and source. No Qt, no Slicer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from iENEGraderLib.panel.result.presenter import NOTHING
from iENEGraderLib.rules import Confidence, TorsCriterion
from iENEGraderLib.rules.sources import sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.rules import Assessment, EditionResult, NodeGrade, Trace
    from iENEGraderLib.rules.criteria import Criterion

DOCUMENTATION = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs"
RULES_PAGE = f"{DOCUMENTATION}/staging-rules.md"


def why_html(assessment: Assessment | None) -> str:
    """Reasons, flags, alternatives and rules behind grade, category and stage."""
    if assessment is None:
        return ""
    nodes = "".join(_node_html(grade) for grade in assessment.nodes)
    editions = "".join(_edition_html(result) for result in assessment.staging)
    return editions + _tors_html(assessment) + nodes


def cautions_html(texts: Iterable[str]) -> str:
    """Return cautions as a list."""
    return _bullets([escape(text) for text in texts])


def criterion_html(criterion: Criterion) -> str:
    """Definition of a finding, what is not enough for it, and where both come from."""
    return (
        f"<b>{escape(criterion.title)}.</b> {escape(criterion.definition)}<br>"
        f"<b>Not enough:</b> {escape(criterion.not_enough)}<br>"
        f"{_source_links(criterion.sources)}"
    )


def _node_html(grade: NodeGrade) -> str:
    reasons = [escape(reason) for reason in grade.reasons]
    return f"<b>{escape(grade.node_id)}: grade {grade.grade}</b>{_bullets([*reasons, *_rules(grade.trace)])}"


def _edition_html(result: EditionResult) -> str:
    value = "not computed" if result.n is None else f"{result.n}, stage {result.stage or NOTHING}"
    lines = [escape(reason) for reason in result.reasons]
    lines += [f"<b>flag:</b> {escape(flag)}" for flag in result.flags]
    lines += [
        f"<b>alternative:</b> {escape(other.n)}, stage {escape(other.stage or NOTHING)}: {escape(other.when)}"
        for other in result.alternatives
    ]
    lines += [f"<b>missing:</b> {escape(missing)}" for missing in result.missing]
    return f"<b>{escape(result.title)}: {escape(value)}</b>{_bullets([*lines, *_rules(result.trace)])}"


def _tors_html(assessment: Assessment) -> str:
    if assessment.tors_iene_criterion is TorsCriterion.NOT_APPLICABLE:
        return ""
    text = f"iENE criterion of the guideline on transoral robotic surgery: {assessment.tors_iene_criterion}"
    return f"<p>{escape(text)} (information for the tumour board, not a statement on eligibility)</p>"


def _rules(traces: Iterable[Trace]) -> list[str]:
    return [_rule_html(trace) for trace in dict.fromkeys(traces)]


def _rule_html(trace: Trace) -> str:
    link = f'<a href="{RULES_PAGE}#{escape(trace.rule_id, quote=True)}">{escape(trace.rule_id)}</a>'
    doubt = "" if trace.confidence is Confidence.HIGH else f"; confidence {trace.confidence}"
    return f"rule {link} ({_source_links(trace.sources)}{doubt})"


def _source_links(keys: Iterable[str]) -> str:
    return ", ".join(_source_link(key) for key in keys)


def _source_link(key: str) -> str:
    source = sources().get(key)
    if source is None or not source.url:
        return escape(key)
    title = escape(source.citation, quote=True)
    return f'<a href="{escape(source.url, quote=True)}" title="{title}">{escape(key)}</a>'


def _bullets(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else ""
