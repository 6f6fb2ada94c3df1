"""Series of a study and what they are: a dynamic, a set of flip angles, or something else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.headers import Header
    from PWIProtocolLib.protocol.verdict import Evidence


class SeriesKind(StrEnum):
    """What a series is, as far as its headers tell."""

    DCE_DYNAMIC = "dce_dynamic"
    FLIP_ANGLES = "flip_angles"
    SUBTRACTION = "subtraction"
    ANATOMICAL = "anatomical"
    DSC = "dsc"
    ASL = "asl"
    OTHER = "other"


class Vendor(Enum):
    """Maker of the scanner; it decides where the frame times stand."""

    SIEMENS = "Siemens"
    GE = "GE"
    PHILIPS = "Philips"
    CANON = "Canon"
    OTHER = "other"


class DynamicLayout(StrEnum):
    """How the time points of a dynamic are spread over series and files."""

    ONE_SERIES = "one_series"
    SERIES_PER_PHASE = "series_per_phase"
    FILE_PER_TIME_POINT = "file_per_time_point"


class Plane(NamedTuple):
    """One two-dimensional image: a classic file, or one frame of an enhanced file."""

    header: Header
    frame: int


@dataclass(frozen=True, eq=False)
class Series:
    """All images that share a SeriesInstanceUID, in the order of their instance numbers.

    Attributes
    ----------
    uid : SeriesInstanceUID; for grouping, not for display.
    headers : one per file.
    kind, reason, evidence : what the series is, one plain sentence why, and the attribute and file behind it.
    """

    uid: str
    headers: tuple[Header, ...]
    kind: SeriesKind = SeriesKind.OTHER
    reason: str = ""
    evidence: Evidence | None = None

    @property
    def first(self) -> Header:
        """Header of the first file."""
        return self.headers[0]

    @cached_property
    def number(self) -> int | None:
        """SeriesNumber, None when it is not stated."""
        found = self.first.number(Tag.SeriesNumber)
        return None if found.value is None else int(found.value)

    @property
    def label(self) -> str:
        """Name for users and exports, without free text: ``series 14``."""
        return "series without number" if self.number is None else f"series {self.number}"

    @cached_property
    def description(self) -> str:
        """SeriesDescription as typed at the scanner: for the screen only, since it may hold anything."""
        return self.first.text(Tag.SeriesDescription).value or ""

    @cached_property
    def vendor(self) -> Vendor:
        """Maker of the scanner."""
        return vendor_of(self.first)

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """All images of the series."""
        return tuple(Plane(header, frame) for header in self.headers for frame in range(header.frames))


@dataclass(frozen=True, eq=False)
class Dynamic:
    """Images of one volume at several times: one series, or several that belong together."""

    series: tuple[Series, ...]
    layout: DynamicLayout

    @property
    def first(self) -> Header:
        """Header of the first file."""
        return self.series[0].first

    @property
    def vendor(self) -> Vendor:
        """Maker of the scanner."""
        return self.series[0].vendor

    @property
    def label(self) -> str:
        """Name for users: ``series 5`` or ``series 5, 6, 7``."""
        if len(self.series) == 1:
            return self.series[0].label
        return "series " + ", ".join("?" if one.number is None else str(one.number) for one in self.series)

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """All images of all series."""
        return tuple(plane for one in self.series for plane in one.planes)


@dataclass(frozen=True, eq=False)
class FlipAngleSet:
    """Images of one volume at several flip angles, for T1 mapping: one series or several."""

    series: tuple[Series, ...]
    groups: tuple[tuple[float, tuple[Plane, ...]], ...]
    """Flip angle in degrees, smallest first, and its images."""

    @property
    def flip_angles_deg(self) -> tuple[float, ...]:
        """The different flip angles, smallest first."""
        return tuple(angle for angle, _ in self.groups)


def vendor_of(header: Header) -> Vendor:
    """Return the maker of the scanner."""
    name = (header.text(Tag.Manufacturer).value or "").upper()
    if "SIEMENS" in name:
        return Vendor.SIEMENS
    if name.startswith("GE") or "GENERAL ELECTRIC" in name:
        return Vendor.GE
    if "PHILIPS" in name:
        return Vendor.PHILIPS
    if "CANON" in name or "TOSHIBA" in name:
        return Vendor.CANON
    return Vendor.OTHER
