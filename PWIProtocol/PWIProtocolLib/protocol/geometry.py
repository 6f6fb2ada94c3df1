"""Where the images of a volume lie: orientation, spacing from positions, gap, and resolution as acquired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.headers import Header
    from PWIProtocolLib.protocol.headers.value import HeaderValue
    from PWIProtocolLib.protocol.series import Plane

SAME_PLACE_MM = 0.01
"""Planes closer than this lie at the same place; scanners write positions to about 0.001 mm."""
SAME_DIRECTION = 1e-3
SAME_LENGTH = 1e-3
PADDED_SHARE = 0.98
"""Share of the image below which a smaller field of view in the phase direction is no rounding."""


@dataclass(frozen=True)
class SeriesGeometry:
    """Geometry of the planes of one volume or of several at the same place. None: the headers do not tell.

    Attributes
    ----------
    header : a file that carries the attributes, for evidence.
    orientation : direction cosines of rows and columns (LPS) of the first plane; None too when the planes differ.
    axial_angle_deg : angle between the normal of the planes and the long axis of the patient, 0 to 90.
    depths_mm : different positions along the normal, ascending; empty when a position is missing.
    spacing_mm : median distance between neighbouring positions; None for a single position.
    uneven_mm : how far a distance departs from the median, at most.
    thickness_mm, spacing_tag_mm : SliceThickness and SpacingBetweenSlices as stated.
    gap_mm : spacing less thickness; negative when slices overlap.
    pixel_spacing_mm : distance between rows and between columns, as reconstructed.
    acquired_mm : the same as sampled: field of view over acquired matrix, by rows and by columns.
    finest_acquired_mm : the same when the image is padded beyond the field of view in the phase direction, as
        PercentPhaseFieldOfView may tell; else as `acquired_mm`. The truth lies between the two.
    rows, columns : size of the planes.
    """

    header: Header
    orientation: tuple[float, ...] | None
    axial_angle_deg: float | None
    depths_mm: tuple[float, ...]
    spacing_mm: float | None
    uneven_mm: float | None
    thickness_mm: HeaderValue[float]
    spacing_tag_mm: HeaderValue[float]
    gap_mm: float | None
    pixel_spacing_mm: HeaderValue[tuple[float, ...]]
    acquired_mm: tuple[float, float] | None
    finest_acquired_mm: tuple[float, float] | None
    rows: HeaderValue[float]
    columns: HeaderValue[float]
    origin_lps_mm: tuple[float, ...] | None

    @property
    def slices(self) -> int | None:
        """Number of different positions; None when a position is missing."""
        return len(self.depths_mm) or None

    def differences(self, other: SeriesGeometry) -> tuple[str, ...]:
        """Name what differs from another geometry, or cannot be compared; empty when both are the same."""
        pairs = {
            "orientation": (self.orientation, other.orientation, SAME_DIRECTION),
            "first position": (self.origin_lps_mm, other.origin_lps_mm, 0.1),
            "slice positions": (self.depths_mm or None, other.depths_mm or None, 0.1),
            "pixel spacing": (self.pixel_spacing_mm.value, other.pixel_spacing_mm.value, SAME_LENGTH),
            "slice thickness": (_one(self.thickness_mm), _one(other.thickness_mm), SAME_LENGTH),
            "rows": (_one(self.rows), _one(other.rows), 0.0),
            "columns": (_one(self.columns), _one(other.columns), 0.0),
        }
        return tuple(name for name, (mine, its, tolerance) in pairs.items() if not _alike(mine, its, tolerance))


def plane_place(plane: Plane) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    """Return position (LPS mm) and orientation of a plane, None where they are not soundly stated."""
    header, frame = plane
    position = header.numbers(Tag.ImagePositionPatient, 3, frame).value
    orientation = header.numbers(Tag.ImageOrientationPatient, 6, frame).value
    return position, orientation if orientation is not None and _is_frame(orientation) else None


def plane_depths(planes: Sequence[Plane]) -> NDArray[np.float64] | None:
    """Return the place of each plane along the normal of the first in mm; None when any place is unknown."""
    places = [plane_place(plane) for plane in planes]
    positions = [position for position, _ in places if position is not None]
    orientations = {orientation for _, orientation in places}
    if not places or len(positions) < len(places) or None in orientations:
        return None
    first = places[0][1]
    if any(not _alike(first, other, SAME_DIRECTION) for other in orientations):
        return None
    depths: NDArray[np.float64] = np.asarray(positions) @ _normal(first or ())
    return depths


def distinct_depths(depths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the different depths, ascending."""
    ordered = np.sort(depths)
    return ordered[np.concatenate([[True], np.diff(ordered) > SAME_PLACE_MM])] if len(ordered) else ordered


def series_geometry(planes: Sequence[Plane]) -> SeriesGeometry:
    """Return the geometry of planes that belong to one volume, or to the same volume at several times.

    Parameters
    ----------
    planes : at least one image.
    """
    header, frame = planes[0]
    orientation = plane_place(planes[0])[1]
    depths = plane_depths(planes)
    places = distinct_depths(depths) if depths is not None else np.zeros(0)
    steps = np.diff(places)
    spacing = float(np.median(steps)) if len(steps) else None
    thickness = header.number(Tag.SliceThickness, frame)
    origin = planes[int(np.argmin(depths))] if depths is not None else None
    return SeriesGeometry(
        header=header,
        orientation=orientation if depths is not None or len(planes) == 1 else None,
        axial_angle_deg=_axial_angle_deg(orientation) if depths is not None or len(planes) == 1 else None,
        depths_mm=tuple(places.tolist()),
        spacing_mm=spacing,
        uneven_mm=float(np.abs(steps - spacing).max()) if spacing is not None else None,
        thickness_mm=thickness,
        spacing_tag_mm=header.number(Tag.SpacingBetweenSlices, frame),
        gap_mm=spacing - thickness.value if spacing is not None and thickness.value is not None else None,
        pixel_spacing_mm=header.numbers(Tag.PixelSpacing, 2, frame),
        acquired_mm=acquired_resolution_mm(planes[0]),
        finest_acquired_mm=finest_acquired_resolution_mm(planes[0]),
        rows=header.number(Tag.Rows),
        columns=header.number(Tag.Columns),
        origin_lps_mm=plane_place(origin)[0] if origin is not None else None,
    )


def acquired_resolution_mm(plane: Plane) -> tuple[float, float] | None:
    """Return the sampled distance along columns and rows in mm: field of view over acquired matrix (PS3.3 C.8.3.1).

    None when matrix, size or pixel spacing is not soundly stated.
    """
    header, frame = plane
    spacing = header.numbers(Tag.PixelSpacing, 2, frame).value
    rows, columns = header.number(Tag.Rows).value, header.number(Tag.Columns).value
    steps = _acquired_matrix(header, frame)
    if spacing is None or rows is None or columns is None or steps is None:
        return None
    return rows * spacing[0] / steps[0], columns * spacing[1] / steps[1]


def finest_acquired_resolution_mm(plane: Plane) -> tuple[float, float] | None:
    """Return the same for an image that is padded to more than the field of view in the phase direction.

    PercentPhaseFieldOfView is the field of view in the phase direction over that in the frequency direction.
    """
    header, frame = plane
    coarsest = acquired_resolution_mm(plane)
    percent = header.number(Tag.PercentPhaseFieldOfView, frame).value
    direction = header.text(Tag.InPlanePhaseEncodingDirection, frame).value
    spacing = header.numbers(Tag.PixelSpacing, 2, frame).value
    rows, columns = header.number(Tag.Rows).value, header.number(Tag.Columns).value
    if coarsest is None or spacing is None or rows is None or columns is None or percent is None:
        return coarsest
    high, wide = rows * spacing[0], columns * spacing[1]
    if direction == "ROW" and percent / 100 * high < PADDED_SHARE * wide:
        return coarsest[0], coarsest[1] * percent / 100 * high / wide
    if direction in ("COL", "COLUMN") and percent / 100 * wide < PADDED_SHARE * high:
        return coarsest[0] * percent / 100 * wide / high, coarsest[1]
    return coarsest


def _acquired_matrix(header: Header, frame: int) -> tuple[float, float] | None:
    """Return the number of samples along columns (of rows) and along rows (of columns)."""
    if header.enhanced:
        frequency = header.number(Tag.MRAcquisitionFrequencyEncodingSteps, frame).value
        phase = header.number(Tag.MRAcquisitionPhaseEncodingStepsInPlane, frame).value
        direction = header.text(Tag.InPlanePhaseEncodingDirection, frame).value
        if frequency is None or phase is None or direction not in ("ROW", "COLUMN"):
            return None
        return (frequency, phase) if direction == "ROW" else (phase, frequency)
    matrix = header.numbers(Tag.AcquisitionMatrix, 4).value
    if matrix is None:
        return None
    frequency_rows, frequency_columns, phase_rows, phase_columns = matrix
    if frequency_rows and phase_columns and not frequency_columns and not phase_rows:
        return frequency_rows, phase_columns
    if frequency_columns and phase_rows and not frequency_rows and not phase_columns:
        return phase_rows, frequency_columns
    return None


def _is_frame(cosines: tuple[float, ...]) -> bool:
    axes = np.reshape(cosines, (2, 3))
    return bool(np.allclose(axes @ axes.T, np.eye(2), atol=0.01))


def _normal(orientation: tuple[float, ...]) -> NDArray[np.float64]:
    along_row, along_column = np.reshape(orientation, (2, 3))
    normal: NDArray[np.float64] = np.cross(along_row, along_column)
    return normal / np.linalg.norm(normal)


def _axial_angle_deg(orientation: tuple[float, ...] | None) -> float | None:
    if orientation is None:
        return None
    return float(np.degrees(np.arccos(min(1.0, abs(float(_normal(orientation)[2]))))))


def _one(value: HeaderValue[float]) -> tuple[float, ...] | None:
    return None if value.value is None else (value.value,)


def _alike(mine: tuple[float, ...] | None, its: tuple[float, ...] | None, tolerance: float) -> bool:
    if mine is None or its is None or len(mine) != len(its):
        return False
    return all(abs(a - b) <= tolerance for a, b in zip(mine, its, strict=True))
