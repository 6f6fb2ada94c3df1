"""The sections of the report of a check, except the table of criteria and the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, joined, tag

from PWIProtocolLib.protocol.answers import fields_for, rule_of
from PWIProtocolLib.protocol.recommendations import panel_recommendations
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.criteria_table import criterion_link
from PWIProtocolLib.report.plain_table import plain_table
from PWIProtocolLib.report.verdict_marks import WORDS, legend, sentence, shape, value_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.answers import AnswerField
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.recommendations import Indication
    from PWIProtocolLib.protocol.verdict import CriterionResult

FIRST_LOOK = (
    "First look whether the whole study is there, with its headers as the scanner wrote them. "
    "What no header holds can be entered, with who enters it and when."
)
N_STAGING = "n_staging"


def result_section(check: ProtocolCheck) -> Markup:
    """Return the counts, and what is not met by name."""
    counts = [
        tag(
            "li",
            shape(verdict),
            tag("strong", str(check.count(verdict))),
            f" {WORDS[verdict]}",
            class_=f"count {verdict}",
        )
        for verdict in Verdict
    ]
    missed = [each for each in check.criteria if _is_missed(each)]
    none_told = all(each.satisfied is None for each in check.criteria)
    return tag(
        "section",
        tag("h2", "Result", id="result"),
        tag("ul", *counts, class_="counts"),
        tag("p", "Nothing could be told of this study.") if none_told else _missed(missed),
        tag("details", tag("summary", "what the verdicts mean"), legend()),
        aria_labelledby="result",
    )


def _is_missed(result: CriterionResult) -> bool:
    return result.verdict is Verdict.NOT_MET or (result.verdict is Verdict.USER_SUPPLIED and result.satisfied is False)


def _missed(results: Sequence[CriterionResult]) -> Markup:
    if not results:
        return tag("p", "Nothing that could be told is against the recommendations.")
    lines = [
        joined([criterion_link(each), f": {value_words(each.value, each.unit) or each.reason}", _limit(each)])
        for each in results
    ]
    return tag("div", tag("h3", "Not met"), bullets(lines), class_="missed")


def _limit(result: CriterionResult) -> str:
    return f" (limit: {result.limit})" if result.limit and result.value is not None else ""


def open_section(check: ProtocolCheck) -> Markup:
    """Return what cannot be told, and what the user can do about it; nothing when all was told."""
    results = [each for each in check.criteria if each.verdict is Verdict.CANNOT_TELL]
    if not results:
        return Markup("")
    lines = [
        joined([criterion_link(each), f": {sentence(each.reason)} ", tag("em", _remedy(each))]) for each in results
    ]
    return tag(
        "section",
        tag("h2", "What cannot be told, and what you can do", id="open"),
        tag("p", FIRST_LOOK, class_="aside"),
        bullets(lines),
        aria_labelledby="open",
        class_="open",
    )


def _remedy(result: CriterionResult) -> str:
    """Return what can be entered for a criterion; empty when nothing can."""
    fields = [_field_words(field) for field in fields_for(result.criterion_id)]
    return f"Can be entered: {', '.join(fields)}." if fields else ""


def _field_words(field: AnswerField) -> str:
    rule = rule_of(field)
    kind = f" in {rule.unit}" if rule.unit else f" ({', '.join(rule.choices)})" if rule.choices else ""
    return f"{field.value}{kind}"


def cautions_section(check: ProtocolCheck) -> Markup:
    """Return the warnings on the study; nothing when there are none."""
    if not check.warnings:
        return Markup("")
    heading = tag("h2", "Cautions", id="cautions")
    return tag(
        "section", heading, bullets(map(sentence, check.warnings)), class_="cautions", aria_labelledby="cautions"
    )


def entered_section(check: ProtocolCheck) -> Markup:
    """Return what was entered, by whom and when; nothing when nothing was."""
    if not check.answers.items:
        return Markup("")
    lines = [joined([tag("strong", rule_of(each.field).title), f": {each.words}"]) for each in check.answers.items]
    return tag("section", tag("h2", "Entered by hand", id="entered"), bullets(lines), aria_labelledby="entered")


def indication_section(check: ProtocolCheck) -> Markup:
    """Return what the panel says of the clinical scenarios; the chosen one is marked, N staging is always named."""
    staging = panel_recommendations().indication(N_STAGING)
    always = tag("p", tag("strong", f"{staging.title}: {staging.recommended.words.lower()}. "), staging.note)
    chosen = check.indication
    first = (
        tag("p", "No indication was chosen.")
        if chosen is None
        else tag("p", "Chosen: ", tag("strong", f"{chosen.title}: {chosen.recommended.words.lower()}. "), chosen.note)
    )
    return tag(
        "section",
        tag("h2", "Indication", id="indication"),
        tag("div", first, always if chosen != staging else Markup(""), class_="staging"),
        _indications(check.indications, chosen),
        aria_labelledby="indication",
    )


def _indications(indications: Sequence[Indication], chosen: Indication | None) -> Markup:
    rows = [
        ((f"▸ {each.title}" if each == chosen else each.title), each.recommended.words, each.agreement)
        for each in indications
    ]
    marked = [each == chosen for each in indications]
    return plain_table(("scenario", "recommendation", "agreement"), rows, marked)


def series_section(check: ProtocolCheck) -> Markup:
    """Return every series with what it was taken for, and why."""
    rows = [
        (each.label, each.kind.replace("_", " "), sentence(each.reason), str(each.files), str(each.images))
        for each in check.series
    ]
    marked = [each.label == check.dynamic for each in check.series]
    table = plain_table(("series", "taken for", "because", "files", "images"), rows, marked)
    return tag("section", tag("h2", "Series of the study", id="series"), table, aria_labelledby="series")


def advice_section(check: ProtocolCheck) -> Markup:
    """Return what the source advises without a limit."""
    lines = [each.text for each in check.advice]
    return tag("section", tag("h2", "Advice, not judged", id="advice"), bullets(lines), aria_labelledby="advice")
