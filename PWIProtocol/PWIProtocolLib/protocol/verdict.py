"""Verdicts on a criterion, and the evidence behind them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a statement comes from.

    Attributes
    ----------
    attribute : DICOM keyword and number, several joined by commas, or the name of an entry; empty when there is none.
    file : name of one file that carries it, inside the given folder; empty for entries.
    """

    attribute: str
    file: str


NO_EVIDENCE = Evidence("", "")


class Verdict(StrEnum):
    """What can be said about a criterion.

    ``OPTIMAL`` goes beyond the limit where the recommendation names a better value. ``USER_SUPPLIED`` rests on at
    least one value that somebody entered; whether it meets the limit stands beside it. Missing or malformed evidence
    is always ``CANNOT_TELL``.
    """

    MET = "met"
    OPTIMAL = "optimal"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"
    USER_SUPPLIED = "user_supplied"


@dataclass(frozen=True)
class Finding:
    """What a check found, before the wording of the recommendation is added.

    Attributes
    ----------
    verdict : the verdict.
    reason : one plain sentence that says why.
    value, unit : what was measured; None when nothing could be.
    evidence : attribute (or the entry of a user) and file behind the value.
    satisfied : whether the limit is met; None when that cannot be told.
    warnings : what else a reader should know about the evidence.
    """

    verdict: Verdict
    reason: str
    value: float | str | None = None
    unit: str = ""
    evidence: Evidence = NO_EVIDENCE
    satisfied: bool | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriterionResult:
    """The verdict on one criterion with all that a reader needs to trust or to doubt it.

    Attributes
    ----------
    criterion_id, title : which criterion.
    limit : the limit in words, with its unit.
    statement, agreement, why : the recommendation, its level of agreement, and why it matters.
    source : citation and place in it.
    confidence : how well the row of the recommendation is confirmed by its source.
    site_rule : True when a site's own rule replaced or added it.
    """

    criterion_id: str
    title: str
    verdict: Verdict
    reason: str
    value: float | str | None
    unit: str
    limit: str
    evidence: Evidence
    satisfied: bool | None
    warnings: tuple[str, ...]
    statement: str
    agreement: str
    why: str
    source: str
    confidence: str
    site_rule: bool


def met(reason: str, value: float | str, unit: str, evidence: Evidence, *warnings: str) -> Finding:
    """Return a finding that meets the recommendation."""
    return Finding(Verdict.MET, reason, value, unit, evidence, True, warnings)


def optimal(reason: str, value: float | str, unit: str, evidence: Evidence, *warnings: str) -> Finding:
    """Return a finding that meets the better value that the recommendation names."""
    return Finding(Verdict.OPTIMAL, reason, value, unit, evidence, True, warnings)


def not_met(reason: str, value: float | str | None, unit: str, evidence: Evidence, *warnings: str) -> Finding:
    """Return a finding that misses the recommendation."""
    return Finding(Verdict.NOT_MET, reason, value, unit, evidence, False, warnings)


def supplied(
    satisfied: bool, reason: str, value: float | str, unit: str, evidence: Evidence, *warnings: str
) -> Finding:
    """Return a finding that rests on what somebody entered."""
    return Finding(Verdict.USER_SUPPLIED, reason, value, unit, evidence, satisfied, warnings)


def cannot_tell(reason: str, evidence: Evidence | None = None, *warnings: str) -> Finding:
    """Return a finding that leaves the question open, with the reason."""
    return Finding(Verdict.CANNOT_TELL, reason, None, "", evidence or NO_EVIDENCE, None, warnings)
