"""Temporal resolution, total time, and volumes before contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.checks.supplied import alike, contradiction, entry
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Finding, cannot_tell, met, not_met, supplied

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
    from PWIProtocolLib.protocol.frames import FrameTimes
    from PWIProtocolLib.protocol.recommendations import Recommendation

JITTER = 1.1  # an interval this much longer than the limit is no rounding
FEW = 0.1  # of the intervals may be longer, for example where a frame was dropped


def temporal_resolution(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the interval between volumes: the median, and how many are longer."""
    assert view.dynamic is not None
    times, limit = view.dynamic.times, rule.limit("maximum")
    answer = view.answers.get(AnswerField.FRAME_INTERVAL)
    entered = view.answers.number(AnswerField.FRAME_INTERVAL)
    median, intervals = times.interval_s, times.intervals_s
    if median is None or intervals is None or not _sound(median):
        reason = times.reason if times.times_s is None else "one time point has no interval"
        if answer is None or entered is None:
            return cannot_tell(reason, times.evidence)
        good = entered <= limit + rule.limit("tolerance")
        return supplied(good, f"{answer.words}; {reason}", entered, "s", entry(answer))
    agrees = entered is None or alike(entered, median)
    notes = (*_cautions(times), *contradiction(answer, agrees=agrees))
    evidence = times.evidence or NO_EVIDENCE
    told = f"a volume every {median:.3g} s (median), {times.shortest_s:.3g} to {times.longest_s:.3g} s"
    slow = float((intervals > JITTER * limit).mean())
    if median > limit + rule.limit("tolerance"):
        return not_met(f"{told}; at most {limit:g} s", round(median, 4), "s", evidence, *notes)
    if slow > FEW:
        reason = f"{told}: {slow:.0%} of the intervals are longer than {limit:g} s"
        return not_met(reason, round(median, 4), "s", evidence, *notes)
    return met(told, round(median, 4), "s", evidence, *notes)


def total_time(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the time covered: the number of volumes times their interval, with the last volume itself."""
    assert view.dynamic is not None
    times, least = view.dynamic.times, rule.limit("minimum") - rule.limit("tolerance")
    total = times.total_s
    if total is None or not _sound(total):
        return _total_entered(view, times, least)
    answer, entered = view.answers.get(AnswerField.FRAME_INTERVAL), view.answers.number(AnswerField.FRAME_INTERVAL)
    agrees = entered is None or times.interval_s is None or alike(entered, times.interval_s)
    notes = (*_cautions(times), *contradiction(answer, agrees=agrees))
    evidence = times.evidence or NO_EVIDENCE
    told = f"{times.count} volumes cover {total:.0f} s"
    if total >= least:
        return met(told, round(total, 2), "s", evidence, *notes)
    planned = planned_frames(view.dynamic)
    if planned is not None and times.count and planned > times.count and planned * (times.interval_s or 0.0) >= least:
        reason = f"{told}, but {planned} volumes were planned: some are missing here"
        return cannot_tell(reason, evidence, *notes)
    return not_met(f"{told}; at least {rule.limit('minimum'):g} s", round(total, 2), "s", evidence, *notes)


def planned_frames(dynamic: DynamicView) -> int | None:
    """Return how many volumes the scanner meant to acquire, None when the headers do not say."""
    if len(dynamic.dynamic.series) > 1:
        return None
    stated = dynamic.dynamic.first.number(Tag.NumberOfTemporalPositions).value
    if stated is not None and stated > 1:
        return int(stated)
    protocol = dynamic.siemens
    return None if protocol is None or protocol.repetitions is None else protocol.repetitions + 1


def _total_entered(view: StudyView, times: FrameTimes, least: float) -> Finding:
    answer, interval = view.answers.get(AnswerField.FRAME_INTERVAL), view.answers.number(AnswerField.FRAME_INTERVAL)
    if answer is None or interval is None or times.count is None:
        return cannot_tell(times.reason if times.times_s is None else "one time point covers no time", times.evidence)
    total = times.count * interval
    reason = f"{times.count} volumes, {answer.words} apart, cover {total:.0f} s"
    return supplied(total >= least, reason, round(total, 2), "s", entry(answer))


def _sound(value: float) -> bool:
    return bool(np.isfinite(value)) and value > 0


def _cautions(times: FrameTimes) -> tuple[str, ...]:
    return tuple(each.text for each in times.cautions)
