"""Volumes before contrast: the bolus seen in the signal, checked against the injection time that headers state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.checks.contrast_headers import injection_offset_s, volumes_marked_before
from PWIProtocolLib.protocol.checks.supplied import contradiction, entry
from PWIProtocolLib.protocol.checks.timing import planned_frames
from PWIProtocolLib.protocol.verdict import Evidence, Finding, cannot_tell, met, not_met, supplied

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
    from PWIProtocolLib.protocol.recommendations import Recommendation

PART_OF_FRAME = 0.25  # clocks of injector and scanner are set by hand


@dataclass(frozen=True)
class _Count:
    """Volumes before contrast by one source; the truth lies from `low` to `high`."""

    low: int
    high: int
    told: str
    evidence: Evidence
    notes: tuple[str, ...] = ()


def precontrast_acquisitions(view: StudyView, rule: Recommendation) -> Finding:
    """Judge how many volumes were acquired before the contrast agent.

    The panel counts to the administration; where only the arrival in the neck is seen, it is counted to that, and said.
    """
    assert view.dynamic is not None
    least = int(rule.limit("minimum"))
    answer = view.answers.get(AnswerField.FRAMES_BEFORE_CONTRAST)
    entered = view.answers.number(AnswerField.FRAMES_BEFORE_CONTRAST)
    count = _count(view.dynamic, rule.limit("latest_arrival"))
    if isinstance(count, Finding) or count.low < least <= count.high:
        open_ = count if isinstance(count, Finding) else _between(count)
        if answer is None or entered is None:
            return open_
        reason = f"{answer.words}; {open_.reason}"
        return supplied(entered >= least, reason, entered, "frames", entry(answer), *open_.warnings)
    agrees = entered is None or count.low <= entered <= count.high
    notes = (*count.notes, *contradiction(answer, agrees=agrees))
    if count.low >= least:
        return met(count.told, count.low, "frames", count.evidence, *notes)
    planned, found = planned_frames(view.dynamic), view.dynamic.times.count
    if planned is not None and found is not None and planned > found:
        reason = f"{count.told}, but {planned - found} of {planned} planned volumes are missing here"
        return cannot_tell(reason, count.evidence, *notes)
    return not_met(f"{count.told}; at least {least}", count.high, "frames", count.evidence, *notes)


def _count(dynamic: DynamicView, latest_s: float) -> _Count | Finding:
    marked = volumes_marked_before(dynamic)
    seen, bolus = _seen(dynamic), dynamic.bolus
    injected = _injected(dynamic)
    if marked is not None:
        told = f"{marked.count} volumes are marked as acquired before the agent was administered"
        return _Count(marked.count, marked.count, told, marked.evidence)
    if injected is None:
        return seen or cannot_tell(bolus.reason, bolus.evidence)
    if seen is None:
        if bolus.looked:
            reason = f"{injected.told}, but {bolus.reason}"
            return cannot_tell(reason, injected.evidence)
        note = f"not confirmed by the signal: {bolus.reason}"
        return _Count(injected.low, injected.high, injected.told, injected.evidence, (note,))
    arrival_s = bolus.arrival.time_s if bolus.arrival is not None else None
    delay = None if arrival_s is None or injected.at_s is None else arrival_s - injected.at_s
    step = dynamic.times.interval_s or 0.0
    if delay is None or not -step <= delay <= latest_s:
        note = f"{injected.told} by its header, which does not fit the arrival in the signal and was not used"
        return _Count(seen.low, seen.high, seen.told, seen.evidence, (note,))
    note = f"{seen.told}, {max(delay, 0.0):.0f} s after the injection"
    evidence = Evidence(f"{injected.evidence.attribute}, {seen.evidence.attribute}", injected.evidence.file)
    return _Count(min(injected.low, seen.low), min(injected.high, seen.high), injected.told, evidence, (note,))


def _seen(dynamic: DynamicView) -> _Count | None:
    """The count from the signal; an uncertainty of a frame or more widens it."""
    arrival = dynamic.bolus.arrival
    if arrival is None:
        return None
    slack = math.floor(arrival.uncertainty_frames)
    told = f"the bolus arrives after {arrival.frames_before} volumes"
    if slack:
        told += f" (plus or minus {slack})"
    note = "counted to the arrival of the bolus in the images; the injection itself was some seconds earlier"
    low = max(arrival.frames_before - slack, 0)
    return _Count(low, arrival.frames_before + slack, told, dynamic.bolus.evidence, (note,))


@dataclass(frozen=True)
class _Injected(_Count):
    """The count from the injection time of the headers."""

    at_s: float | None = None


def _injected(dynamic: DynamicView) -> _Injected | None:
    offset = injection_offset_s(dynamic)
    times, step = dynamic.times.times_s, dynamic.times.interval_s
    if offset.value is None or times is None or step is None:
        return None
    before = int((np.asarray(times) + step <= offset.value + PART_OF_FRAME * step).sum())
    told = f"the injection starts after {before} volumes"
    return _Injected(before, before, told, offset.evidence, at_s=offset.value)


def _between(count: _Count) -> Finding:
    reason = f"{count.told}: between {count.low} and {count.high}, too uncertain to judge"
    return cannot_tell(reason, count.evidence, *count.notes)
