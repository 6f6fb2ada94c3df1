"""Frame times of a dynamic: read from the source that its vendor makes most trustworthy, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.frames.cautions import TimeCaution, TimeCautionKind
from PWIProtocolLib.protocol.frames.checks import disagreement, irregularities
from PWIProtocolLib.protocol.frames.dynamic_planes import signal_planes
from PWIProtocolLib.protocol.frames.points import TimePoints, group_by_index, group_by_time, place_numbers, repeats
from PWIProtocolLib.protocol.frames.sources import DAY_S, TimeSource, plane_times_s, trusted_sources
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.series import Dynamic, Plane
    from PWIProtocolLib.protocol.verdict import Evidence

LONGEST_DYNAMIC_S = 6 * 3600.0
FIRST_STEP_TOLERANCE = 0.2
"""How far the first stated time may miss the usual interval when the frame before it lacks its time."""


@dataclass(frozen=True, eq=False)
class FrameTimes:
    """Times of the frames of a dynamic, or why they cannot be told.

    Attributes
    ----------
    count : number of time points; None when the places of the images are not known.
    times_s : shape (count,), seconds since the first frame, ascending; None when they cannot be told.
    frames : the images of each time point in order of time, along the normal; empty when they cannot be sorted.
    source : attribute that the times come from; None with the times.
    reason : one plain sentence: where the times come from, or why there are none.
    evidence : attribute and file behind the times.
    cautions : irregularities.
    start : when the first frame was acquired; None when date or time is not stated. Not for display.
    start_clock_s : the same as seconds since midnight.
    """

    count: int | None
    times_s: NDArray[np.float64] | None
    frames: tuple[tuple[Plane, ...], ...]
    source: TimeSource | None
    reason: str
    evidence: Evidence | None
    cautions: tuple[TimeCaution, ...] = ()
    start: datetime | None = None
    start_clock_s: float | None = None

    @property
    def intervals_s(self) -> NDArray[np.float64] | None:
        """Intervals between frames; None without times or for a single frame."""
        return None if self.times_s is None or len(self.times_s) < 2 else np.diff(self.times_s)

    @property
    def interval_s(self) -> float | None:
        """Median interval: the temporal resolution."""
        return None if self.intervals_s is None else float(np.median(self.intervals_s))

    @property
    def shortest_s(self) -> float | None:
        """Shortest interval."""
        return None if self.intervals_s is None else float(self.intervals_s.min())

    @property
    def longest_s(self) -> float | None:
        """Longest interval."""
        return None if self.intervals_s is None else float(self.intervals_s.max())

    @property
    def jitter_s(self) -> float | None:
        """How far an interval departs from the median, at most."""
        steps = self.intervals_s
        return None if steps is None else float(np.abs(steps - np.median(steps)).max())

    @property
    def total_s(self) -> float | None:
        """Time covered: from the first start to the last, and one median interval for the last frame itself."""
        if self.times_s is None or self.interval_s is None:
            return None
        return float(self.times_s[-1]) + self.interval_s


def frame_times(dynamic: Dynamic) -> FrameTimes:
    """Return the frame times of a dynamic.

    The sources are tried in the order of trust for the vendor; the first one that tells all time points apart is used,
    and the next such one checks it. Nothing is interpolated or assumed.
    """
    planes, cautions = signal_planes(dynamic.planes)
    places = place_numbers(planes)
    if places is None:
        return FrameTimes(None, None, (), None, _unplaced(planes), None, cautions)
    found: list[tuple[TimeSource, TimePoints, tuple[TimeCaution, ...]]] = []
    refused: list[str] = []
    for source in trusted_sources(planes, dynamic.vendor):
        if found and source is TimeSource.DYNAMIC_SCAN_BEGIN:
            continue  # opens every file again, too dear for a check
        outcome = _points_by(planes, places, source)
        if isinstance(outcome, str):
            refused.append(outcome)
        else:
            found.append((source, *outcome))
    if not found:
        return _without_times(planes, places, refused, cautions)
    source, points, own = found[0]
    others = [(other, other_points) for other, other_points, _ in found[1:]]
    cautions += own + disagreement(source, points, others) + irregularities(dynamic, planes, points)
    return _with_times(planes, points, source, cautions)


def _points_by(
    planes: Sequence[Plane], places: NDArray[np.intp], source: TimeSource
) -> tuple[TimePoints, tuple[TimeCaution, ...]] | str:
    """Return the time points by one source, or one clause why it does not tell them."""
    times, problem = plane_times_s(planes, source)
    cautions: tuple[TimeCaution, ...] = ()
    if source is TimeSource.TRIGGER_TIME and problem:
        times = _first_frame_at_zero(planes, places, times)
        if not np.isnan(times).any():
            text = f"{source.label} is missing in the first frame only; it was taken as 0, one interval before the next"
            cautions = (TimeCaution(TimeCautionKind.FIRST_FRAME_WITHOUT_TIME, text),)
            problem = ""
    if problem:
        return problem
    if source is TimeSource.ACQUISITION_TIME and np.ptp(times) > DAY_S / 2 and not _dates_differ(planes):
        times = np.where(times < times.max() - DAY_S / 2, times + DAY_S, times)
        text = "the frames run over midnight while AcquisitionDate stays or is missing; a day was added after it"
        cautions = (TimeCaution(TimeCautionKind.MIDNIGHT, text),)
    points = group_by_time(places, times, source.label)
    if isinstance(points, str):
        return points
    if np.ptp(points.times_s) > LONGEST_DYNAMIC_S:
        return f"{source.label} spreads the frames over {np.ptp(points.times_s) / 3600:.1f} hours"
    return points, cautions


def _dates_differ(planes: Sequence[Plane]) -> bool:
    days = {plane.header.date(Tag.AcquisitionDate, plane.frame).value for plane in planes}
    return len(days) > 1 and None not in days


def _first_frame_at_zero(
    planes: Sequence[Plane], places: NDArray[np.intp], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fill in 0 for a first frame that states no trigger time, when its number and the other times bear that out."""
    lacking = np.isnan(times)
    numbers = [plane.header.number(Tag.InstanceNumber).value for plane in planes]
    stated = np.unique(times[~lacking])
    if len(stated) < 2 or None in numbers or any(p.header.number(Tag.TriggerTime, p.frame).problem for p in planes):
        return times
    order = np.array(numbers, dtype=float)
    first_of_place = {place: order[places == place].min() for place in np.unique(places)}
    is_first = np.array([order[n] == first_of_place[places[n]] for n in range(len(planes))])
    usual = float(np.median(np.diff(stated)))
    if not np.array_equal(lacking, is_first) or abs(stated[0] - usual) > FIRST_STEP_TOLERANCE * usual:
        return times
    return np.where(lacking, 0.0, times)


def _with_times(
    planes: Sequence[Plane], points: TimePoints, source: TimeSource, cautions: tuple[TimeCaution, ...]
) -> FrameTimes:
    frames = tuple(tuple(planes[n] for n in group) for group in points.members)
    times = points.times_s - points.times_s[0]
    start, clock = _start(planes[_earliest(points, planes, source)], source)
    reason = f"frame times are read from {source.label} of {len(times)} time points"
    evidence = frames[-1][0].header.evidence(source.tag)
    return FrameTimes(len(times), times, frames, source, reason, evidence, cautions, start, clock)


def _without_times(
    planes: Sequence[Plane], places: NDArray[np.intp], refused: Sequence[str], cautions: tuple[TimeCaution, ...]
) -> FrameTimes:
    members = group_by_index(planes, places)
    frames = tuple(tuple(planes[n] for n in group) for group in members)
    reason = "the frame times cannot be told: " + "; ".join(refused)
    return FrameTimes(repeats(places), None, frames, None, reason, None, cautions)


def _earliest(points: TimePoints, planes: Sequence[Plane], source: TimeSource) -> int:
    """Return the plane of the first frame that was acquired first."""
    first = points.members[0]
    times, _ = plane_times_s([planes[n] for n in first], source)
    return first[0] if np.isnan(times).any() else first[int(np.argmin(times))]


def _start(plane: Plane, source: TimeSource) -> tuple[datetime | None, float | None]:
    """Return date and time of a plane, and the time alone."""
    header, frame = plane
    if isinstance(source.tag, Tag) and source.tag.vr == "DT":
        moment = header.moment(source.tag, frame).value
        if moment is None or moment.tzinfo is not None:
            return moment, None
        return moment, (moment - datetime(moment.year, moment.month, moment.day)).total_seconds()
    clock = header.clock_s(Tag.AcquisitionTime, frame).value
    day = header.date(Tag.AcquisitionDate, frame).value
    if clock is None or day is None:
        return None, clock
    return datetime(day.year, day.month, day.day) + timedelta(seconds=clock), clock


def _unplaced(planes: Sequence[Plane]) -> str:
    for header, frame in planes:
        for tag, count in ((Tag.ImagePositionPatient, 3), (Tag.ImageOrientationPatient, 6)):
            value = header.numbers(tag, count, frame)
            if not value.known:
                return f"the frames cannot be sorted by place: {value.describe()} in {header.name}"
    return "the frames cannot be sorted by place: the images have different or unsound orientations"
