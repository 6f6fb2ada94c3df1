"""Verdicts in which a user's entry takes part. A header that says something wins; an entry that differs is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.answers import AnswerField, rule_of
from PWIProtocolLib.protocol.verdict import Evidence, Finding, cannot_tell, met, not_met, supplied

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.answers import Answer, Answers
    from PWIProtocolLib.protocol.checks.asking import Reply

DIFFERS = 0.02  # relative: entries are rounded


def yes_or_no(
    reply: Reply, answers: Answers, field: AnswerField, good: tuple[str, ...], words: tuple[str, str]
) -> Finding:
    """Return the verdict of a question that headers or an entry answer.

    Parameters
    ----------
    reply : what the headers say.
    field : the entry that answers the same.
    good : words of the entry that satisfy the recommendation.
    words : the value shown for yes and for no.
    """
    answer = answers.get(field)
    if reply.yes is not None:
        made = met if reply.yes else not_met
        notes = contradiction(answer, agrees=answer is None or (answer.value in good) == reply.yes)
        return made(reply.told, words[0] if reply.yes else words[1], "", reply.evidence, *notes)
    if answer is None:
        return cannot_tell(reply.told, reply.evidence)
    satisfied = answer.value in good
    evidence = entry(answer)
    return supplied(satisfied, f"{answer.words}; {reply.told}", str(answer.value), "", evidence)


def entry(*answers: Answer) -> Evidence:
    """Return the evidence of entries: their names, no file."""
    return Evidence("entry: " + ", ".join(rule_of(each.field).title for each in answers), "")


def contradiction(answer: Answer | None, *, agrees: bool) -> tuple[str, ...]:
    """Return a warning when an entry contradicts the header that decided."""
    if answer is None or agrees:
        return ()
    return (f"the entry {rule_of(answer.field).title}: {answer.words} contradicts the header, which was used",)


def alike(one: float, other: float) -> bool:
    """Whether an entry and a header value are the same, rounding aside."""
    return abs(one - other) <= DIFFERS * max(abs(one), abs(other))
