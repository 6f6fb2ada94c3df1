"""Where the headers of a vendor state the time of an image, in the order of trust.

RepetitionTime is never an interval between frames (it is that between pulses), ContentTime and SeriesTime are never
the time of an image (they change with conversion and are one for a series), so neither is a source.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.series import Vendor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.headers.value import HeaderValue
    from PWIProtocolLib.protocol.series import Plane

T = TypeVar("T")
DAY_S = 86400.0


class TimeSource(Enum):
    """Attribute that frame times are read from."""

    FRAME_ACQUISITION_DATETIME = Tag.FrameAcquisitionDateTime
    FRAME_REFERENCE_DATETIME = Tag.FrameReferenceDateTime
    ACQUISITION_DATETIME = Tag.AcquisitionDateTime
    ACQUISITION_TIME = Tag.AcquisitionTime
    TRIGGER_TIME = Tag.TriggerTime
    DYNAMIC_SCAN_BEGIN = PrivateTag.PHILIPS_DYNAMIC_SCAN_BEGIN

    @property
    def tag(self) -> Tag | PrivateTag:
        """The attribute."""
        tag: Tag | PrivateTag = self.value
        return tag

    @property
    def label(self) -> str:
        """Attribute as shown to users."""
        return self.tag.label


ENHANCED_TRUST = (
    TimeSource.FRAME_ACQUISITION_DATETIME,
    TimeSource.FRAME_REFERENCE_DATETIME,
    TimeSource.ACQUISITION_DATETIME,
)
"""An enhanced file states the time of each frame; the time of the file serves when each time point is one file."""

CLOCK_FIRST = (TimeSource.ACQUISITION_TIME, TimeSource.ACQUISITION_DATETIME)
CLASSIC_TRUST = {
    Vendor.SIEMENS: CLOCK_FIRST,
    Vendor.GE: (TimeSource.TRIGGER_TIME, *CLOCK_FIRST),
    Vendor.PHILIPS: (TimeSource.TRIGGER_TIME, TimeSource.DYNAMIC_SCAN_BEGIN, *CLOCK_FIRST),
    Vendor.CANON: CLOCK_FIRST,
    Vendor.OTHER: (*CLOCK_FIRST, TimeSource.TRIGGER_TIME),
}


def trusted_sources(planes: Sequence[Plane], vendor: Vendor) -> tuple[TimeSource, ...]:
    """Return the sources for these images, the most trusted first."""
    return ENHANCED_TRUST if planes[0].header.enhanced else CLASSIC_TRUST[vendor]


def plane_times_s(planes: Sequence[Plane], source: TimeSource) -> tuple[NDArray[np.float64], str]:
    """Return the time that a source states for each image.

    Returns
    -------
    times_s : seconds from a common moment; NaN where the source states none.
    problem : one clause on the first image without a time; empty when all have one.
    """
    if source is TimeSource.ACQUISITION_TIME:
        return _clock_times_s(planes)
    if source is TimeSource.TRIGGER_TIME:
        values = [plane.header.number(Tag.TriggerTime, plane.frame) for plane in planes]
        return _seconds(values, 0.001), _first_problem(planes, values)
    tag = source.tag
    if isinstance(tag, PrivateTag):
        private = _private_numbers(planes, tag)
        return _seconds(private, 1.0), _first_problem(planes, private)
    moments = [plane.header.moment(tag, plane.frame) for plane in planes]
    known = [moment.value for moment in moments if moment.value is not None]
    if len({moment.tzinfo is None for moment in known}) > 1:
        return np.full(len(planes), np.nan), f"{source.label} states its time zone in some files only"
    start = min(known) if known else None
    times = [
        (m.value - start).total_seconds() if m.value is not None and start is not None else np.nan for m in moments
    ]
    return np.array(times), _first_problem(planes, moments)


def _private_numbers(planes: Sequence[Plane], tag: PrivateTag) -> list[HeaderValue[float]]:
    """Return a vendor's number of each image; when the first file lacks it, the others are not opened."""
    first = planes[0].header.private_number(tag)
    if not first.known:
        return [first] * len(planes)
    by_file = {header: header.private_number(tag) for header in {plane.header for plane in planes}}
    return [by_file[plane.header] for plane in planes]


def _clock_times_s(planes: Sequence[Plane]) -> tuple[NDArray[np.float64], str]:
    """Return AcquisitionTime, on its AcquisitionDate when every file states one."""
    clocks = [plane.header.clock_s(Tag.AcquisitionTime, plane.frame) for plane in planes]
    days = [plane.header.date(Tag.AcquisitionDate, plane.frame).value for plane in planes]
    times = _seconds(clocks, 1.0)
    known = [day.toordinal() for day in days if day is not None]
    if len(known) == len(planes):
        times += DAY_S * (np.array(known) - min(known))
    return times, _first_problem(planes, clocks)


def _seconds(values: Sequence[HeaderValue[float]], unit_s: float) -> NDArray[np.float64]:
    return np.array([np.nan if v.value is None else unit_s * v.value for v in values])


def _first_problem(planes: Sequence[Plane], values: Sequence[HeaderValue[T]]) -> str:
    lacking = [n for n, value in enumerate(values) if not value.known]
    if not lacking:
        return ""
    first = values[lacking[0]]
    if len(lacking) == len(values) and len({value.presence for value in values}) == 1:
        return first.describe()
    return f"{first.describe()} in {len(lacking)} of {len(values)} images, first in {planes[lacking[0]].header.name}"
