"""Which series may be combined voxel by voxel."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral.recognition.series import RecognisedSeries
    from iENEGraderLib.spectral.recognition.spectral_series import SpectralSeries

THICKNESS_TOLERANCE_MM = 0.01


def group_series(series: Sequence[SpectralSeries]) -> tuple[tuple[SpectralSeries, ...], ...]:
    """Sort series into groups that can be combined, in the order in which they were given."""
    groups: list[list[SpectralSeries]] = []
    for one in series:
        home = next((group for group in groups if why_not_together(group[0], one) is None), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return tuple(tuple(group) for group in groups)


def why_not_together(first: SpectralSeries, second: SpectralSeries) -> str | None:
    """Say why two series cannot be combined voxel by voxel, or return ``None`` when they can.

    What one of them does not state does not keep them apart; `unstated` names it.
    """
    if other_frame := differing_frames(first.recognised, second.recognised):
        return other_frame
    if not first.image.geometry.matches(second.image.geometry):
        return (
            f"their grids differ ({first.image.geometry.describe()}; {second.image.geometry.describe()}); reconstruct "
            "both on one grid, or resample one"
        )
    if other_kernel := differing_kernels(first.recognised, second.recognised):
        return f"{other_kernel}; reconstruct both with one, or say :kernel=NAME behind the path when they are alike"
    return differing_thicknesses(first.recognised, second.recognised)


def differing_frames(one: RecognisedSeries, other: RecognisedSeries) -> str | None:
    """Say when two series have different frames of reference, ``None`` when not or when one does not state its own."""
    if one.frame_of_reference and other.frame_of_reference and one.frame_of_reference != other.frame_of_reference:
        return "their frames of reference differ (two examinations or positions); register them first"
    return None


def differing_kernels(one: RecognisedSeries, other: RecognisedSeries) -> str | None:
    """Say how the kernels of two series differ, as far as both state them."""
    if one.kernel and other.kernel and one.kernel != other.kernel:
        return f"their convolution kernels differ ({one.kernel}, {other.kernel}), so edges would show false material"
    return None


def differing_thicknesses(one: RecognisedSeries, other: RecognisedSeries) -> str | None:
    """Say how the slice thicknesses of two series differ, as far as both state them."""
    thicknesses = one.slice_thickness_mm, other.slice_thickness_mm
    if thicknesses[0] and thicknesses[1] and abs(thicknesses[0] - thicknesses[1]) > THICKNESS_TOLERANCE_MM:
        return f"their slice thicknesses differ ({thicknesses[0]:g} and {thicknesses[1]:g} mm)"
    return None


def require_one_group(series: Sequence[SpectralSeries]) -> None:
    """Pass when all series can be combined.

    Raises
    ------
    InputError
        naming the two that do not fit, and why.
    """
    for first, second in combinations(series, 2):
        reason = why_not_together(first, second)
        if reason:
            raise InputError(f"{first.path} and {second.path} cannot be combined: {reason}")


def unstated(series: Sequence[RecognisedSeries]) -> tuple[str, ...]:
    """Warn of what should be the same in all series and is not stated in some."""
    missing = []
    if any(not one.frame_of_reference for one in series):
        missing.append("frame of reference")
    if any(not one.kernel for one in series):
        missing.append("kernel")
    if not missing:
        return ()
    return (f"not every series states its {' and '.join(missing)}: only the grids were compared",)
