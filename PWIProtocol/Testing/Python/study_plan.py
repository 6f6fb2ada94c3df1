"""What a made-up DCE-MRI study of the neck holds: the plan that the writers of each vendor follow.

The defaults meet every recommendation of the expert panel. Every name, number and free text that could tell who was
examined is planted and false, and holds the word `PLANTED`, so that tests can prove that none of them comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

PLANTED = "PLANTED"
PLANTED_BIRTH_DATE = "19010203"
PLANTED_IDENTIFIERS = (PLANTED, PLANTED_BIRTH_DATE)
SIZE = 16
BASELINE, PEAK, TAIL = 100.0, 500.0, 220.0
VESSEL = (slice(4, 7), slice(4, 7))
SCANNED_AT = datetime(2026, 3, 4, 10, 15, 0)
ANATOMICAL_BEFORE_S, FLIP_ANGLES_BEFORE_S, FLIP_ANGLES_AFTER_S, SCAN_S = 900.0, 300.0, 400.0, 30.0


class Vendor(Enum):
    """Who made the scanner, and in which form it sends images."""

    SIEMENS = "Siemens classic"
    SIEMENS_XA = "Siemens enhanced"
    GE = "GE classic"
    PHILIPS = "Philips classic"
    PHILIPS_ENHANCED = "Philips enhanced"
    CANON = "Canon classic"
    CANON_ENHANCED = "Canon enhanced"


class Left(Enum):
    """What happens to an attribute that is not to be read."""

    OUT = "out"
    EMPTY = "empty"


class Kind(Enum):
    """What a series is for."""

    ANATOMICAL = "anatomical"
    FLIP_ANGLE = "flip angle"
    DYNAMIC = "dynamic"


@dataclass(frozen=True)
class Scan:
    """One series of the study.

    Attributes
    ----------
    starts_s : of each of its volumes, from the start of the dynamic series.
    shift_mm : how far it lies from the dynamic series, along the slice normal.
    """

    kind: Kind
    number: int
    flip_angle_deg: float
    starts_s: tuple[float, ...]
    shift_mm: float = 0.0


@dataclass(frozen=True)
class StudyPlan:
    """A study.

    Attributes
    ----------
    tilt_deg : of the sections, from axial towards coronal.
    arrival_frame : the first frame that shows contrast medium; None when no frame does.
    injection_s : of the contrast medium, from the start of the first frame; None when the header does not say it.
    acquired_mm : size of a pixel as it was measured, before the image was interpolated.
    echo_planar : of the dynamic series, as for DSC.
    timed : False leaves one time for all frames.
    private : False leaves the vendor's private attributes out, as many archives and de-identifiers do.
    cover_deg : flip angles of the T1 map.
    changes : attributes that are changed, left out or left empty in every series, whatever the vendor wrote.
    """

    vendor: Vendor
    frames: int = 64
    interval_s: float = 4.8
    arrival_frame: int | None = 9
    injection_s: float | None = 30.0
    slices: int = 2
    thickness_mm: float = 3.0
    spacing_mm: float = 3.0
    pixel_mm: float = 1.5
    acquired_mm: float = 1.5
    tilt_deg: float = 0.0
    field_t: float = 3.0
    coil: str = "HeadNeck_20"
    fat_suppressed: bool = True
    spoiled: bool = True
    is_3d: bool = True
    echo_planar: bool = False
    timed: bool = True
    private: bool = True
    flip_angle_deg: float = 12.0
    cover_deg: tuple[float, ...] = (5.0, 15.0, 30.0)
    cover_shift_mm: float = 0.0
    cover_after_contrast: bool = False
    agent: str = "Gadovist"
    volume_ml: float = 7.0
    rate_ml_s: float = 3.0
    weight_kg: float = 70.0
    changes: tuple[tuple[str, Any], ...] = field(default=())

    def but(self, **fields: Any) -> StudyPlan:
        """The same study with other values of the plan."""
        return replace(self, **fields)

    def changed(self, **attributes: Any) -> StudyPlan:
        """The same study with other values of DICOM attributes, wherever the vendor writes them."""
        return replace(self, changes=(*self.changes, *attributes.items()))

    def without(self, *keywords: str) -> StudyPlan:
        """The same study without attributes."""
        return self.changed(**dict.fromkeys(keywords, Left.OUT))

    def emptied(self, *keywords: str) -> StudyPlan:
        """The same study with attributes that are there and empty."""
        return self.changed(**dict.fromkeys(keywords, Left.EMPTY))

    @cached_property
    def scans(self) -> tuple[Scan, ...]:
        """All series, in the order in which they were scanned."""
        starts = tuple(n * self.interval_s for n in range(self.frames))
        dynamic = Scan(Kind.DYNAMIC, 20, self.flip_angle_deg, starts)
        after = starts[-1] + FLIP_ANGLES_AFTER_S
        first = after if self.cover_after_contrast else -FLIP_ANGLES_BEFORE_S
        cover = [
            Scan(Kind.FLIP_ANGLE, 10 + n, angle, (first + n * SCAN_S,), self.cover_shift_mm)
            for n, angle in enumerate(self.cover_deg)
        ]
        return (Scan(Kind.ANATOMICAL, 3, 140.0, (-ANATOMICAL_BEFORE_S,)), *cover, dynamic)

    @property
    def orientation(self) -> list[float]:
        """ImageOrientationPatient."""
        tilt = np.radians(self.tilt_deg)
        return [1.0, 0.0, 0.0, 0.0, round(float(np.cos(tilt)), 9), round(float(np.sin(tilt)), 9)]

    def position(self, scan: Scan, index: int) -> list[float]:
        """ImagePositionPatient of a slice."""
        tilt = np.radians(self.tilt_deg)
        along = np.array([0.0, -np.sin(tilt), np.cos(tilt)]) * (index * self.spacing_mm + scan.shift_mm)
        return [round(float(value), 6) for value in np.array([-12.0, -12.0, 40.0]) + along]

    def pixels(self, scan: Scan, frame: int, index: int) -> np.ndarray:
        """What a slice shows, shape (SIZE, SIZE): tissue that takes up contrast medium slowly, and a vessel."""
        noise = np.random.default_rng(1000 * scan.number + 10 * frame + index).normal(0.0, 1.0, (SIZE, SIZE))
        image = BASELINE * np.sin(np.radians(scan.flip_angle_deg)) / np.sin(np.radians(self.flip_angle_deg)) + noise
        if scan.kind is Kind.DYNAMIC and self.arrival_frame is not None and frame >= self.arrival_frame:
            since_s = (frame - self.arrival_frame) * self.interval_s
            image += 60.0 * (1.0 - np.exp(-(since_s + self.interval_s) / 60.0))
            image[VESSEL] += (TAIL - BASELINE) + (PEAK - TAIL) * np.exp(-since_s / 10.0)
        return np.clip(np.rint(image), 0, 4095).astype(np.uint16)

    @property
    def acquisition_matrix(self) -> list[int]:
        """Of frequency and phase, for a phase direction along the columns."""
        measured = round(SIZE * self.pixel_mm / self.acquired_mm)
        return [measured, 0, 0, measured]


def moment(seconds: float) -> datetime:
    """When something happened, from the start of the dynamic series."""
    return SCANNED_AT + timedelta(seconds=seconds)


def date(seconds: float) -> str:
    """As DICOM writes a date."""
    return moment(seconds).strftime("%Y%m%d")


def time(seconds: float) -> str:
    """As DICOM writes a time."""
    return moment(seconds).strftime("%H%M%S.%f")


def date_time(seconds: float) -> str:
    """As DICOM writes both."""
    return date(seconds) + time(seconds)
