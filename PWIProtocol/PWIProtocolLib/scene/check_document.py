"""A protocol check as text that a scene can keep, and that gives back the same check without the study's files."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.bolus import BolusArrival
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.protocol.checker import ProtocolCheck, SeriesSummary
from PWIProtocolLib.protocol.frames import FrameTimes
from PWIProtocolLib.protocol.pixel_curve import BolusReading
from PWIProtocolLib.protocol.recommendations import Advice, Confidence, Indication, Recommended
from PWIProtocolLib.protocol.time_cautions import TimeCaution, TimeCautionKind
from PWIProtocolLib.protocol.verdict import CriterionResult, Evidence, Verdict

if TYPE_CHECKING:
    Json = dict[str, Any]

SCHEMA = "hnn-pwi-scene/1"


def check_to_text(check: ProtocolCheck) -> str:
    """Return a check, with what was entered and what a plot needs, as JSON."""
    document = {
        "schema": SCHEMA,
        "check": to_json(check),
        "answers": [
            {"field": each.field.value, "value": each.value, "who": each.who, "when": each.when.isoformat()}
            for each in check.answers.items
        ],
        "injection_s": check.injection_s,
        "frames": None if check.times is None else _frames(check.times),
        "bolus": None if check.bolus is None else _bolus(check.bolus),
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def check_from_text(text: str, name: str = "protocol check") -> ProtocolCheck:
    """Return the check that a text holds. It lacks nothing but the images behind the frames.

    Parameters
    ----------
    name : where the text stands, for messages.

    Raises
    ------
    InputError
        When the text is no check, or not one that this version can read.
    """
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise InputError(f"{name}: is of the form {document['schema']!r}, expected {SCHEMA!r}; check the study again")
        return _check(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise InputError(f"{name}: holds no protocol check ({problem}); check the study again") from error


def _check(document: Json) -> ProtocolCheck:
    check = document["check"]
    indication = check["indication"]
    return ProtocolCheck(
        label=check["study"],
        edition=check["edition"],
        series=tuple(SeriesSummary(**each) for each in check["series"]),
        dynamic=check["dynamic"],
        criteria=tuple(_result(each) for each in check["criteria"]),
        analysis=tuple(_result(each) for each in check["analysis"]),
        advice=tuple(_advice(each) for each in check["advice"]),
        indication=None if indication is None else _indication(indication),
        indications=tuple(_indication(each) for each in check["indications"]),
        warnings=tuple(check["warnings"]),
        times=None if document["frames"] is None else _frame_times(document["frames"]),
        bolus=None if document["bolus"] is None else _bolus_reading(document["bolus"]),
        injection_s=document["injection_s"],
        answers=_answers(document["answers"], "" if indication is None else indication["id"]),
    )


def _result(row: Json) -> CriterionResult:
    fields = {key: value for key, value in row.items() if key != "id"}
    return CriterionResult(
        **fields
        | {
            "criterion_id": row["id"],
            "verdict": Verdict(row["verdict"]),
            "evidence": Evidence(**row["evidence"]),
            "warnings": tuple(row["warnings"]),
        }
    )


def _answers(rows: list[Json], indication: str) -> Answers:
    found = (
        answer_from(AnswerField(row["field"]), row["value"], row["who"], datetime.fromisoformat(row["when"]))
        for row in rows
    )
    return Answers(tuple(found), indication)


def _frames(times: FrameTimes) -> Json:
    return {
        "count": times.count,
        "times_s": None if times.times_s is None else [float(each) for each in times.times_s],
        "reason": times.reason,
        "cautions": [{"kind": each.kind.value, "text": each.text} for each in times.cautions],
    }


def _frame_times(row: Json) -> FrameTimes:
    return FrameTimes(
        count=row["count"],
        times_s=None if row["times_s"] is None else np.array(row["times_s"], dtype=float),
        frames=(),
        source=None,
        reason=row["reason"],
        evidence=None,
        cautions=tuple(TimeCaution(TimeCautionKind(each["kind"]), each["text"]) for each in row["cautions"]),
    )


def _bolus(bolus: BolusReading) -> Json:
    arrival = bolus.arrival
    return {
        "reason": bolus.reason,
        "curve": list(bolus.curve),
        "looked": bolus.looked,
        "arrival": None
        if arrival is None
        else {
            "frame": arrival.frame,
            "uncertainty_frames": arrival.uncertainty_frames,
            "frames_before": arrival.frames_before,
            "time_s": arrival.time_s,
        },
    }


def _bolus_reading(row: Json) -> BolusReading:
    arrival = None if row["arrival"] is None else BolusArrival(**row["arrival"])
    return BolusReading(arrival, row["reason"], tuple(row["curve"]), looked=row["looked"])
