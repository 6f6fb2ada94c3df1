"""Fat suppression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.checks.asking import ask
from PWIProtocolLib.protocol.checks.supplied import yes_or_no

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation
    from PWIProtocolLib.protocol.verdict import Finding


def fat_suppression(view: StudyView, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge whether fat is suppressed: saturated, not excited, or separated (water image of a Dixon method)."""
    assert view.dynamic is not None
    reply = ask(view.dynamic, "fat_suppressed")
    return yes_or_no(reply, view.answers, AnswerField.FAT_SUPPRESSION, ("yes",), ("suppressed", "not suppressed"))
