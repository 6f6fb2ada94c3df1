"""The traffic-light table: a row for each criterion, with value, limit, source and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, anchor, bullets, joined, tag

from PWIProtocolLib.report.plain_table import table_head
from PWIProtocolLib.report.verdict_marks import badge, sentence, value_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.verdict import CriterionResult

HEADINGS = ("verdict", "criterion", "found", "limit", "where it stands")


def criteria_table(results: Sequence[CriterionResult]) -> Markup:
    """Return the table of criteria, in the order of the recommendations."""
    return tag("table", table_head(HEADINGS), tag("tbody", *map(_row, results)), class_="criteria")


def criterion_link(result: CriterionResult) -> Markup:
    """Return a link to the row of a criterion."""
    return tag("a", result.title, href=f"#{_place(result)}")


def _place(result: CriterionResult) -> str:
    return anchor("criterion", result.criterion_id)


def _row(result: CriterionResult) -> Markup:
    return tag(
        "tr",
        tag("td", badge(result), data_label="verdict"),
        tag("td", tag("div", _criterion(result)), data_label="criterion", class_="criterion"),
        tag("td", _found(result), data_label="found"),
        tag("td", result.limit or "none", data_label="limit"),
        tag("td", tag("div", _evidence(result)), data_label="where it stands"),
        id=_place(result),
    )


def _criterion(result: CriterionResult) -> Markup:
    site = tag("span", "site rule", class_="site") if result.site_rule else Markup("")
    facts = (
        tag("p", tag("strong", "Recommendation: "), result.statement),
        tag("p", tag("strong", "Agreement: "), result.agreement),
        tag("p", tag("strong", "Why it matters: "), result.why),
        tag("p", tag("strong", "Source: "), f"{result.source} Confidence of this row: {result.confidence}."),
    )
    return tag(
        "div",
        tag("strong", result.title),
        " ",
        site,
        tag("p", sentence(result.reason)),
        bullets(map(sentence, result.warnings), class_="warnings"),
        tag("details", tag("summary", "recommendation and why"), *facts),
    )


def _found(result: CriterionResult) -> Markup:
    value = value_words(result.value, result.unit)
    return tag("span", value, class_="value") if value else tag("span", "nothing", class_="absent")


def _evidence(result: CriterionResult) -> Markup:
    if not result.evidence.attribute:
        return tag("span", "nowhere", class_="absent")
    attributes = [tag("p", part) for part in result.evidence.attribute.split(", ")]
    file = tag("p", result.evidence.file, class_="file") if result.evidence.file else Markup("")
    return joined([*attributes, file])
