"""A protocol check as text that a scene can keep, and that gives back the same check without the study's files."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import Confidence
from PWIProtocolLib.protocol.answers import Answer, AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.checker import ProtocolCheck, SeriesSummary
from PWIProtocolLib.protocol.frames import FrameTimes
from PWIProtocolLib.protocol.frames.cautions import TimeCaution, TimeCautionKind
from PWIProtocolLib.protocol.recommendations import Advice, Indication, Recommended
from PWIProtocolLib.protocol.signal.bolus import BolusArrival
from PWIProtocolLib.protocol.signal.pixel_curve import BolusReading
from PWIProtocolLib.protocol.verdict import CriterionResult, Evidence, Verdict

if TYPE_CHECKING:
    Json = dict[str, Any]

SCHEMA = "hnn-pwi-scene/1"


def check_to_text(check: ProtocolCheck) -> str:
    """Return a check, with what was entered and what a plot needs, as JSON."""
    document = {
        "schema": SCHEMA,
        "label": check.label,
        "edition": check.edition,
        "dynamic": check.dynamic,
        "series": [asdict(each) for each in check.series],
        "criteria": [asdict(each) for each in check.criteria],
        "analysis": [asdict(each) for each in check.analysis],
        "advice": [asdict(each) for each in check.advice],
        "indications": [asdict(each) for each in check.indications],
        "warnings": check.warnings,
        "answers": [asdict(each) | {"when": each.when.isoformat()} for each in check.answers.items],
        "indication": "" if check.indication is None else check.indication.indication_id,
        "injection_s": check.injection_s,
        "frames": None if check.times is None else _frames(check.times),
        "bolus": None if check.bolus is None else asdict(check.bolus),
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
            raise InputError(f"{name}: has the form {document['schema']!r}, expected {SCHEMA!r}; check the study again")
        return _check(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise InputError(f"{name}: holds no protocol check ({problem}); check the study again") from error


def _check(document: Json) -> ProtocolCheck:
    indications = tuple(_indication(each) for each in document["indications"])
    chosen = document["indication"]
    return ProtocolCheck(
        label=document["label"],
        edition=document["edition"],
        series=tuple(SeriesSummary(**each) for each in document["series"]),
        dynamic=document["dynamic"],
        criteria=tuple(_result(each) for each in document["criteria"]),
        analysis=tuple(_result(each) for each in document["analysis"]),
        advice=tuple(Advice(**each | {"confidence": Confidence(each["confidence"])}) for each in document["advice"]),
        indication=next((each for each in indications if each.indication_id == chosen), None),
        indications=indications,
        warnings=tuple(document["warnings"]),
        times=None if document["frames"] is None else _frame_times(document["frames"]),
        bolus=None if document["bolus"] is None else _bolus(document["bolus"]),
        injection_s=document["injection_s"],
        answers=Answers(tuple(_answer(each) for each in document["answers"]), chosen),
    )  # fmt: skip


def _result(row: Json) -> CriterionResult:
    known = {
        "verdict": Verdict(row["verdict"]),
        "evidence": Evidence(**row["evidence"]),
        "warnings": tuple(row["warnings"]),
    }
    return CriterionResult(**row | known)


def _indication(row: Json) -> Indication:
    known = {"recommended": Recommended(row["recommended"]), "confidence": Confidence(row["confidence"])}
    return Indication(**row | known)


def _answer(row: Json) -> Answer:
    return answer_from(AnswerField(row["field"]), row["value"], row["who"], datetime.fromisoformat(row["when"]))


def _frames(times: FrameTimes) -> Json:
    """Return frame times without the images, and without the clock: the date of an examination stays out."""
    return {
        "count": times.count,
        "times_s": None if times.times_s is None else [float(each) for each in times.times_s],
        "reason": times.reason,
        "cautions": [asdict(each) for each in times.cautions],
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


def _bolus(row: Json) -> BolusReading:
    known = {
        "arrival": None if row["arrival"] is None else BolusArrival(**row["arrival"]),
        "curve": tuple(row["curve"]),
        "evidence": Evidence(**row["evidence"]),
    }
    return BolusReading(**row | known)
