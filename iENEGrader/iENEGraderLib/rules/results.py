"""What grading and staging give back: values, reasons in words, and the rules that gave them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iENEGraderLib.reading import FindingKind


class Edition(StrEnum):
    """Staging system in force somewhere; results of different editions are never mixed."""

    UICC9 = "UICC9"
    AJCC_CURRENT = "AJCC_current"
    TNM8 = "TNM8"


class Confidence(StrEnum):
    """How well a rule is confirmed; see the staging rules page for what each means."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class TorsCriterion(StrEnum):
    """The iENE criterion of the guideline on transoral robotic surgery: information, never 'eligible'."""

    MET = "met"
    NOT_MET = "not met"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Trace:
    """One rule that led to a result.

    Attributes
    ----------
    rule_id : id of the row in the rule tables; also its anchor in the staging rules page.
    matched : what the rule says, in words.
    sources : keys into ``sources.toml``.
    """

    rule_id: str
    matched: str
    sources: tuple[str, ...]
    confidence: Confidence

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "rule": self.rule_id,
            "matched": self.matched,
            "sources": list(self.sources),
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class NodeGrade:
    """Grade of one node: the highest grade whose findings are all unequivocal."""

    node_id: str
    grade: int
    equivocal: tuple[FindingKind, ...]
    not_assessed: tuple[FindingKind, ...]
    reasons: tuple[str, ...]
    trace: tuple[Trace, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "id": self.node_id,
            "grade": self.grade,
            "equivocal": list(self.equivocal),
            "not_assessed": list(self.not_assessed),
            "reasons": list(self.reasons),
            "trace": [trace.to_json() for trace in self.trace],
        }


@dataclass(frozen=True)
class Alternative:
    """Another category that holds under a condition which the texts leave open."""

    n: str
    stage: str | None
    when: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"N": self.n, "stage": self.stage, "when": self.when}


@dataclass(frozen=True)
class EditionResult:
    """N category and stage of one edition.

    Attributes
    ----------
    n : with its prefix (``cN2b``, ``pN1a``), or None when it cannot be computed; `reasons` say why.
    stage : stage group, or None when it cannot be computed.
    missing : what the reader would have to add so that both can be computed; empty when both are there.
    """

    edition: Edition
    title: str
    n: str | None
    stage: str | None
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    missing: tuple[str, ...] = ()
    trace: tuple[Trace, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "N": self.n,
            "stage": self.stage,
            "reasons": list(self.reasons),
            "flags": list(self.flags),
            "alternatives": [alternative.to_json() for alternative in self.alternatives],
            "missing": list(self.missing),
            "trace": [trace.to_json() for trace in self.trace],
        }


@dataclass(frozen=True)
class Assessment:
    """Everything the rules say about one reading.

    Attributes
    ----------
    grade : highest grade of all nodes; 0 when there are none.
    refusals : why this reading cannot be staged as it stands (T0 N0, TX where the stage depends on it ...).
        Hosts that must not give partial answers stop on these; a panel shows them.
    """

    nodes: tuple[NodeGrade, ...]
    grade: int
    staging: tuple[EditionResult, ...]
    tors_iene_criterion: TorsCriterion
    tors_reason: str = ""
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    def edition(self, edition: Edition) -> EditionResult:
        """Return the result of one edition."""
        return next(result for result in self.staging if result.edition is edition)

    def node(self, node_id: str) -> NodeGrade:
        """Return the grade of one node."""
        return next(grade for grade in self.nodes if grade.node_id == node_id)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``hnn stage --json`` prints."""
        return {
            "nodes": [grade.to_json() for grade in self.nodes],
            "grade": self.grade,
            "staging": {str(result.edition): result.to_json() for result in self.staging},
            "tors_iene_criterion": self.tors_iene_criterion,
            "tors_reason": self.tors_reason,
            "warnings": list(self.warnings),
        }
