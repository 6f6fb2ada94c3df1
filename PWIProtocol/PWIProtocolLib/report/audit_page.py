"""Several checks on one page: a row for each study, a column for each criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, joined, tag
from HeadNeckNodesLib.html.page import html_page

from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.check_page import style
from PWIProtocolLib.report.verdict_marks import (
    badge,
    legend,
    sentence,
    shape,
    value_words,
    verdict_class,
    verdict_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.verdict import CriterionResult


def audit_html(checks: Sequence[ProtocolCheck], software: str = "") -> str:
    """Return the table of several studies as a self-contained HTML page.

    Parameters
    ----------
    checks : at least one, in the order in which they are shown.
    software : name and version of the program that writes the page.
    """
    editions = ", ".join(dict.fromkeys(each.edition for each in checks))
    headings = (
        tag("p", "Audit of DCE-MRI (perfusion) protocols of the head and neck", class_="kind"),
        tag("h1", f"{len(checks)} studies" if len(checks) > 1 else "1 study"),
        tag("p", editions, class_="primary"),
    )
    written = tag("p", f"Written by {software}.", class_="aside") if software else Markup("")
    sections = (_matrix(checks), _studies(checks), written)
    return html_page("Audit of DCE-MRI protocols", headings, joined(sections, "\n"), style())


def _matrix(checks: Sequence[ProtocolCheck]) -> Markup:
    titles = {each.criterion_id: each.title for check in checks for each in check.criteria}
    head = [tag("th", "study", scope="col"), *(_head(title) for title in titles.values())]
    rows = [_study_row(check, titles) for check in checks]
    share = [tag("th", "met", scope="row"), *(_share(checks, name, title) for name, title in titles.items())]
    return tag(
        "section",
        tag("h2", "Criteria by study", id="matrix"),
        tag("p", "A value entered by hand counts as met in the last row when it meets the limit.", class_="aside"),
        tag(
            "div",
            tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), tag("tfoot", tag("tr", *share))),
            class_="wide audit",
        ),
        tag("details", tag("summary", "what the verdicts mean"), legend()),
        aria_labelledby="matrix",
    )


def _head(title: str) -> Markup:
    return tag("th", tag("span", title), scope="col", class_="upright")


def _study_row(check: ProtocolCheck, titles: dict[str, str]) -> Markup:
    found = {each.criterion_id: each for each in check.criteria}
    cells = [_cell(found.get(name), title) for name, title in titles.items()]
    return tag("tr", tag("th", check.label, scope="row", data_label="study"), *cells)


def _cell(result: CriterionResult | None, title: str) -> Markup:
    if result is None:
        return tag("td", "not checked", data_label=title)
    words = tag("span", verdict_words(result), class_="said")
    # Words would make the columns wide; they stand in the table file and in the report of the study.
    measured = "" if isinstance(result.value, str) else value_words(result.value, result.unit)
    value = tag("span", measured, class_="value")
    content = tag("span", shape(result.verdict), words, " ", value, class_=verdict_class(result))
    return tag("td", content, data_label=title, title=f"{title}: {verdict_words(result)}. {sentence(result.reason)}")


def _share(checks: Sequence[ProtocolCheck], name: str, title: str) -> Markup:
    results = [each for check in checks for each in check.criteria if each.criterion_id == name]
    return tag("td", f"{sum(map(_is_good, results))}/{len(results)}", data_label=title)


def _is_good(result: CriterionResult) -> bool:
    entered_and_met = result.verdict is Verdict.USER_SUPPLIED and result.satisfied is True
    return result.verdict in (Verdict.MET, Verdict.OPTIMAL) or entered_and_met


def _studies(checks: Sequence[ProtocolCheck]) -> Markup:
    return tag(
        "section",
        tag("h2", "What is missing, by study", id="studies"),
        *map(_study, checks),
        aria_labelledby="studies",
    )


def _study(check: ProtocolCheck) -> Markup:
    wanting = [each for each in check.criteria if each.verdict in (Verdict.NOT_MET, Verdict.CANNOT_TELL)]
    wanting.sort(key=lambda each: each.verdict is Verdict.CANNOT_TELL)
    lines = [joined([badge(each), f" {each.title}: {sentence(each.reason)}"]) for each in wanting]
    counts = f"{check.count(Verdict.NOT_MET)} not met, {check.count(Verdict.CANNOT_TELL)} cannot tell"
    inner = (
        (bullets(lines, class_="wanting"), bullets(map(sentence, check.warnings), class_="warnings"))
        if lines
        else (tag("p", "Nothing."),)
    )
    return tag("details", tag("summary", tag("strong", check.label), f" {counts}"), *inner)
