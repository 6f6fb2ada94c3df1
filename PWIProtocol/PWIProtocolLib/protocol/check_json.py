"""A protocol check as JSON, for other programs and for audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.notice import NOTICE

from PWIProtocolLib.protocol.verdict import CriterionResult, Verdict

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck, SeriesSummary
    from PWIProtocolLib.protocol.recommendations import Indication

SCHEMA = "hnn-pwi-check/1"


def to_json(check: ProtocolCheck) -> dict[str, Any]:
    """Return a check as a document that `json.dumps` writes with standard values only."""
    return {
        "schema": SCHEMA,
        "study": check.label,
        "edition": check.edition,
        "dynamic": check.dynamic,
        "series": [_series(each) for each in check.series],
        "criteria": [_criterion(each) for each in check.criteria],
        "analysis": [_criterion(each) for each in check.analysis],
        "summary": {verdict.value: check.count(verdict) for verdict in Verdict},
        "indication": None if check.indication is None else _indication(check.indication),
        "indications": [_indication(each) for each in check.indications],
        "advice": [{"id": each.advice_id, "text": each.text, "source": each.source} for each in check.advice],
        "warnings": list(check.warnings),
        "notice": NOTICE,
    }


def _series(summary: SeriesSummary) -> dict[str, Any]:
    return {
        "label": summary.label,
        "number": summary.number,
        "kind": summary.kind,
        "reason": summary.reason,
        "files": summary.files,
        "images": summary.images,
    }


def _criterion(result: CriterionResult) -> dict[str, Any]:
    return {
        "id": result.criterion_id,
        "title": result.title,
        "verdict": result.verdict.value,
        "value": result.value,
        "unit": result.unit,
        "limit": result.limit,
        "evidence": {"attribute": result.evidence.attribute, "file": result.evidence.file},
        "statement": result.statement,
        "agreement": result.agreement,
        "why": result.why,
        "reason": result.reason,
        "satisfied": result.satisfied,
        "warnings": list(result.warnings),
        "source": result.source,
        "confidence": result.confidence,
        "site_rule": result.site_rule,
    }


def _indication(indication: Indication) -> dict[str, Any]:
    return {
        "id": indication.indication_id,
        "title": indication.title,
        "recommendation": indication.recommended.words,
        "agreement": indication.agreement,
        "source": indication.source,
        "note": indication.note,
    }
