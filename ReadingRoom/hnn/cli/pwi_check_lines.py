"""A protocol check as lines of text."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from HeadNeckNodesLib.notice import NOTICE
from PWIProtocolLib.protocol.recommendations import panel_recommendations
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.verdict_marks import WORDS, sentence, value_words, verdict_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.verdict import CriterionResult

WIDTH = 100
VERDICT_WIDTH, TITLE_WIDTH = 17, 38
N_STAGING = "n_staging"


def check_lines(check: ProtocolCheck) -> list[str]:
    """Return one study: a line for each criterion with its reason, then what the study is."""
    lines = [f"{check.label}: {check.dynamic or 'no dynamic series'}", f"by {check.edition}", ""]
    for result in check.criteria:
        lines += _criterion(result)
    lines += ["", ", ".join(f"{check.count(verdict)} {WORDS[verdict]}" for verdict in Verdict), ""]
    lines += [line for each in check.warnings for line in wrap(f"caution: {each}", WIDTH, subsequent_indent="  ")]
    lines += _indications(check)
    for each in check.series:
        lines += wrap(f"{each.label}: {each.kind.replace('_', ' ')}, {each.reason}", WIDTH, subsequent_indent="  ")
    return [*lines, "", *wrap(NOTICE, WIDTH)]


def _indications(check: ProtocolCheck) -> list[str]:
    """Return the scenario that was chosen, and N staging in any case."""
    staging = panel_recommendations().indication(N_STAGING)
    shown = [staging] if check.indication in (None, staging) else [check.indication, staging]
    texts = [f"{each.title}: {each.recommended.words.lower()}. {each.note}" for each in shown if each is not None]
    return [line for text in texts for line in wrap(text, WIDTH)]


def audit_lines(checks: Sequence[ProtocolCheck]) -> list[str]:
    """Return several studies: a line for each."""
    width = max(len(check.label) for check in checks)
    lines = []
    for check in checks:
        counts = ", ".join(f"{check.count(verdict)} {WORDS[verdict]}" for verdict in Verdict)
        missed = ", ".join(each.criterion_id for each in check.criteria if each.verdict is Verdict.NOT_MET)
        lines += wrap(
            f"{check.label:{width}}  {counts}{f'; not met: {missed}' if missed else ''}",
            WIDTH,
            subsequent_indent=" " * (width + 2),
        )
    return [*lines, "", *wrap(NOTICE, WIDTH)]


def _criterion(result: CriterionResult) -> list[str]:
    value = value_words(result.value, result.unit)
    limit = f"(limit: {result.limit})" if result.limit else ""
    head = f"{verdict_words(result):{VERDICT_WIDTH}}{result.title:{TITLE_WIDTH}}{f'{value} {limit}'.strip()}".rstrip()
    indent = " " * VERDICT_WIDTH
    return [head, *wrap(sentence(result.reason), WIDTH, initial_indent=indent, subsequent_indent=indent)]
