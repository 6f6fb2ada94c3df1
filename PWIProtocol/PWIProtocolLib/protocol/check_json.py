"""A protocol check as JSON, for other programs and for audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.notice import NOTICE

from PWIProtocolLib.protocol.verdict import CriterionResult, Verdict

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.answers import Answer
    from PWIProtocolLib.protocol.checker import ProtocolCheck, SeriesSummary
    from PWIProtocolLib.protocol.recommendations import Indication
    from PWIProtocolLib.protocol.signal.pixel_curve import BolusReading

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
        "answers": [_answer(each) for each in check.answers.items],
        "injection_s": _rounded(check.injection_s),
        "bolus": None if check.bolus is None else _bolus(check.bolus),
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
        "value": _rounded(result.value),
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


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "field": answer.field.value,
        "value": answer.value,
        "unit": answer.unit,
        "who": answer.who,
        "when": answer.when.isoformat(),
    }


def _bolus(reading: BolusReading) -> dict[str, Any]:
    arrival = reading.arrival
    return {
        "reason": reading.reason,
        "frames_before": None if arrival is None else arrival.frames_before,
        "uncertainty_frames": None if arrival is None else _rounded(arrival.uncertainty_frames),
        "arrival_s": None if arrival is None else _rounded(arrival.time_s),
    }


def _rounded(value: float | str | None) -> float | str | None:
    """A number without the noise of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value


def _indication(indication: Indication) -> dict[str, Any]:
    return {
        "id": indication.indication_id,
        "title": indication.title,
        "recommendation": indication.recommended.words,
        "agreement": indication.agreement,
        "source": indication.source,
        "note": indication.note,
    }
