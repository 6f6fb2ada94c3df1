"""What the panel says of a check. No Qt, no Slicer."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, joined, tag

from PWIProtocolLib.protocol.recommendations import panel_recommendations
from PWIProtocolLib.protocol.verdict import CriterionResult, Verdict
from PWIProtocolLib.report.verdict_marks import WORDS, sentence, value_words, verdict_words

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.recommendations import Indication

N_STAGING = "n_staging"
NOTHING = "–"


class Shown(Enum):
    """Which criteria the table shows."""

    ALL = "all"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"
    MET = "met"
    ENTERED = "entered"

    def holds(self, result: CriterionResult) -> bool:
        """Whether a criterion is shown. One that was entered is shown with those entered, and by what it comes to."""
        return {
            Shown.ALL: True,
            Shown.NOT_MET: result.satisfied is False,
            Shown.CANNOT_TELL: result.satisfied is None,
            Shown.MET: result.satisfied is True,
            Shown.ENTERED: result.verdict is Verdict.USER_SUPPLIED,
        }[self]


def results_of(check: ProtocolCheck) -> tuple[CriterionResult, ...]:
    """Return what the table lists: criteria of acquisition, and those of the analysis that something is known of."""
    looked_at = (each for each in check.analysis if each.verdict is not Verdict.CANNOT_TELL)
    return (*check.criteria, *looked_at)


def shown_results(check: ProtocolCheck, shown: Shown) -> tuple[CriterionResult, ...]:
    """Return the criteria that pass a filter, in the order of the recommendations."""
    return tuple(each for each in results_of(check) if shown.holds(each))


def summary_words(check: ProtocolCheck) -> str:
    """Return how many criteria have which verdict."""
    counts = ((check.count(verdict), WORDS[verdict]) for verdict in Verdict)
    return " · ".join(f"{count} {word}" for count, word in counts if count)


def head_words(check: ProtocolCheck) -> Markup:
    """Return which study and series were checked against what, and what else to know of it."""
    series = check.dynamic or "no dynamic series"
    lines = [tag("div", tag("b", check.label), f" · {series} · {check.edition}")]
    lines += [tag("div", f"⚠ {sentence(each)}") for each in check.warnings]
    return joined(lines)


def cells(result: CriterionResult) -> tuple[str, str, str]:
    """Return verdict, criterion and value for a line of the table."""
    return verdict_words(result), result.title, value_words(result.value, result.unit) or NOTHING


def facts_html(result: CriterionResult) -> Markup:
    """Return what was found of a criterion, with its limit, its attribute and file, and what casts doubt on it."""
    return joined([
        tag("div", tag("b", f"{result.title}: {verdict_words(result)}."), " ", sentence(result.reason)),
        *(tag("div", f"⚠ {sentence(each)}") for each in result.warnings),
        _line("Found", value_words(result.value, result.unit) or "nothing"),
        _line("Limit", result.limit or "none"),
        _line("Where", _where(result)),
    ])  # fmt: skip


def background_html(result: CriterionResult) -> Markup:
    """Return what a criterion rests on: the recommendation, how far the panel agreed, why it matters, the source."""
    site = [tag("div", tag("i", "A rule of your site."))] if result.site_rule else []
    lines = [
        *site,
        _line("Recommendation", sentence(result.statement)),
        _line("Agreement", sentence(result.agreement)),
        _line("Why it matters", sentence(result.why)),
        _line("Source", f"{result.source} Confidence of this row: {result.confidence}."),
    ]
    return tag("div", *lines, style="font-size: small")


def indication_words(indication: Indication | None) -> str:
    """Return what is said of the chosen clinical scenario; empty when none was chosen."""
    if indication is None:
        return ""
    parts = (f"{indication.title}: {indication.recommended.words.lower()}", indication.agreement, indication.note)
    return " ".join(sentence(part) for part in parts if part)


def staging_notice() -> str:
    """Return that perfusion is not recommended for staging nodes; a site's own rules do not change it."""
    staging = panel_recommendations().indication(N_STAGING)
    return f"{staging.title}: {staging.recommended.words.lower()}. {sentence(staging.note)}"


def _line(name: str, text: str | Markup) -> Markup:
    return tag("div", tag("b", f"{name}: "), text, style="margin-top: 3px")


def _where(result: CriterionResult) -> str:
    parts = (result.evidence.attribute, result.evidence.file)
    return ", in ".join(part for part in parts if part) or "nowhere"
