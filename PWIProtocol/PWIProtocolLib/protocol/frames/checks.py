"""Irregularities of frame times: dropped and incomplete frames, jitter, wrong order, sources that disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.frames.cautions import TimeCaution, TimeCautionKind
from PWIProtocolLib.protocol.headers.siemens import siemens_protocol
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.frames.points import TimePoints
    from PWIProtocolLib.protocol.frames.sources import TimeSource
    from PWIProtocolLib.protocol.series import Dynamic, Plane

JITTER_SHARE = 0.1
"""Share of the median interval above which the departure of an interval is worth a caution."""
LONG_SHARE = 1.5
WHOLE_TOLERANCE = 0.2
DISAGREEMENT_SHARE = 0.05
DURATION_SHARE = 0.1
"""Share by which the stated duration may miss the time covered: some scanners count the preparation in."""


def irregularities(dynamic: Dynamic, planes: Sequence[Plane], points: TimePoints) -> tuple[TimeCaution, ...]:
    """Return what is irregular about time points that were found."""
    cautions = [
        _intervals(points),
        _incomplete(points),
        _planned(dynamic, points),
        _duration(dynamic, points),
        _order(planes, points),
    ]
    return tuple(caution for caution in cautions if caution is not None)


def disagreement(
    source: TimeSource, points: TimePoints, others: Sequence[tuple[TimeSource, TimePoints]]
) -> tuple[TimeCaution, ...]:
    """Return a caution for each other source whose median interval is another one."""
    cautions = []
    for other, its in others:
        if len(points.times_s) < 2 or len(its.times_s) < 2:
            continue
        mine_s, its_s = float(np.median(np.diff(points.times_s))), float(np.median(np.diff(its.times_s)))
        if abs(mine_s - its_s) > DISAGREEMENT_SHARE * mine_s:
            text = f"{source.label} gives a median interval of {mine_s:.2f} s, {other.label} one of {its_s:.2f} s"
            cautions.append(TimeCaution(TimeCautionKind.SOURCES_DISAGREE, text))
    return tuple(cautions)


def _intervals(points: TimePoints) -> TimeCaution | None:
    steps = np.diff(points.times_s)
    if len(steps) < 2:
        return None
    usual = float(np.median(steps))
    ratios = steps / usual
    long = ratios > LONG_SHARE
    if long.any() and long.mean() <= 0.25:
        whole = np.abs(ratios[long] - np.round(ratios[long])) <= WHOLE_TOLERANCE
        if whole.all():
            lost = int(np.sum(np.round(ratios[long]) - 1))
            text = f"{lost} frames are missing: {int(long.sum())} intervals are a multiple of the usual {usual:.2f} s"
            return TimeCaution(TimeCautionKind.DROPPED_FRAMES, text)
        text = f"there is a pause: the longest interval is {steps.max():.2f} s, the usual one {usual:.2f} s"
        return TimeCaution(TimeCautionKind.PAUSE, text)
    if np.abs(ratios - 1).max() > JITTER_SHARE:
        text = f"the intervals vary from {steps.min():.2f} to {steps.max():.2f} s around {usual:.2f} s"
        return TimeCaution(TimeCautionKind.JITTER, text)
    return None


def _incomplete(points: TimePoints) -> TimeCaution | None:
    sizes = [len(group) for group in points.members]
    short = sum(size < max(sizes) for size in sizes)
    text = f"{short} of {len(sizes)} frames lack images: the smallest has {min(sizes)}, complete ones {max(sizes)}"
    return TimeCaution(TimeCautionKind.INCOMPLETE_FRAMES, text) if short else None


def _planned(dynamic: Dynamic, points: TimePoints) -> TimeCaution | None:
    """Compare the number of frames with the one that the scanner states."""
    if len(dynamic.series) > 1:
        return None
    stated = dynamic.first.number(Tag.NumberOfTemporalPositions)
    planned, label = stated.value, stated.label
    if planned is None:
        protocol = siemens_protocol(dynamic.first)
        if protocol is None or protocol.repetitions is None:
            return None
        planned, label = protocol.repetitions + 1.0, "the protocol of the scanner (lRepetitions)"
    if planned <= len(points.members):
        return None
    text = f"{len(points.members)} of {planned:.0f} frames are there; {label} states {planned:.0f}"
    return TimeCaution(TimeCautionKind.FEWER_THAN_PLANNED, text)


def _duration(dynamic: Dynamic, points: TimePoints) -> TimeCaution | None:
    """Compare the time covered with the duration that the scanner states, for the series or for a single time point."""
    stated = dynamic.first.number(Tag.AcquisitionDuration)
    if not stated.value or len(points.times_s) < 2 or len(dynamic.series) > 1:
        return None
    usual = float(np.median(np.diff(points.times_s)))
    covered = float(np.ptp(points.times_s)) + usual
    if any(abs(stated.value - each) <= DURATION_SHARE * each for each in (covered, usual)):
        return None
    text = f"{stated.label} states {stated.value:.4g} s, the frames cover {covered:.4g} s"
    return TimeCaution(TimeCautionKind.DURATION, text)


def _order(planes: Sequence[Plane], points: TimePoints) -> TimeCaution | None:
    """Compare the order of times with that of the stated numbers of the time points."""
    first = [planes[group[0]] for group in points.members]
    one_series = len({plane.header.text(Tag.SeriesInstanceUID).value for plane in first}) == 1
    tags = [Tag.TemporalPositionIdentifier, Tag.TemporalPositionIndex]
    if one_series:
        tags.append(Tag.InstanceNumber)
    for tag in tags:
        numbers = [plane.header.number(tag, plane.frame).value for plane in first]
        known = [number for number in numbers if number is not None]
        if len(known) == len(first) and len(set(known)) == len(first) and known != sorted(known):
            text = f"{tag.label} runs in another order than the times; the frames were sorted by time"
            return TimeCaution(TimeCautionKind.ORDER, text)
    return None
