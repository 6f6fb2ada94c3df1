"""Orientation, slices and resolution. Distances come from positions; tags are only compared with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.checks.reading import agreed_number, agreed_numbers
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.verdict import Evidence, Finding, cannot_tell, met, not_met, optimal

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
    from PWIProtocolLib.protocol.geometry import SeriesGeometry
    from PWIProtocolLib.protocol.recommendations import Recommendation

PLACES = "ImagePositionPatient (0020,0032), ImageOrientationPatient (0020,0037)"
NOTED_DEG = 5.0
NOTED_PART = 0.02


def axial(view: StudyView, rule: Recommendation) -> Finding:
    """Judge whether the slices are axial, from the normal of the planes."""
    dynamic = _dynamic(view)
    evidence = Evidence(Tag.ImageOrientationPatient.label, dynamic.geometry.header.name)
    angle = dynamic.geometry.axial_angle_deg
    orientation = agreed_numbers(dynamic.sample, Tag.ImageOrientationPatient, 6)
    if orientation.problem and not orientation.value and "differs" not in orientation.problem:
        return cannot_tell(orientation.problem, orientation.evidence)
    if angle is None:
        return cannot_tell("the orientation of the planes is missing, malformed or differs between them", evidence)
    limit = rule.limit("tilt")
    told = f"the planes are tilted by {angle:.1f} degrees from axial"
    if angle > limit:
        return not_met(f"{told}; at most {limit:g} count as axial", round(angle, 1), "deg", evidence)
    notes = (f"oblique axial, by {angle:.1f} degrees",) if angle > NOTED_DEG else ()
    return met(told, round(angle, 1), "deg", evidence, *notes)


def slice_thickness(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the slice thickness; the spacing of the positions stands beside it."""
    dynamic = _dynamic(view)
    thickness = agreed_number(dynamic.sample, Tag.SliceThickness)
    if thickness.value is None:
        return cannot_tell(thickness.problem, thickness.evidence)
    value, slack = thickness.value, rule.limit("tolerance")
    notes = _interpolated(dynamic.geometry, value)
    told = f"slices are {value:g} mm thick"
    if value > rule.limit("maximum") + slack:
        return not_met(f"{told}, more than {rule.limit('maximum'):g} mm", value, "mm", thickness.evidence, *notes)
    if value <= rule.limit("recommended") + slack:
        reason = f"{told}, as recommended ({rule.limit('recommended'):g} mm or less)"
        return optimal(reason, value, "mm", thickness.evidence, *notes)
    reason = f"{told}: allowed, though {rule.limit('recommended'):g} mm is recommended"
    return met(reason, value, "mm", thickness.evidence, *notes)


def no_gap(view: StudyView, rule: Recommendation) -> Finding:
    """Judge whether slices follow without a gap: the largest step between positions against the thickness."""
    dynamic = _dynamic(view)
    geometry, thickness = dynamic.geometry, agreed_number(dynamic.sample, Tag.SliceThickness)
    evidence = Evidence(f"{PLACES}, {Tag.SliceThickness.label}", geometry.header.name)
    if thickness.value is None:
        return cannot_tell(thickness.problem, thickness.evidence)
    if not geometry.depths_mm:
        return cannot_tell("positions or orientations of slices are missing or malformed, or differ", evidence)
    if len(geometry.depths_mm) < 2:
        return cannot_tell("a single slice has no neighbour to be apart from", evidence)
    step = float(np.diff(geometry.depths_mm).max())
    gap = step - thickness.value
    notes = _tag_disagrees(geometry)
    told = f"slices of {thickness.value:g} mm lie up to {step:.4g} mm apart"
    if gap > rule.limit("gap") / 100 * thickness.value:
        return not_met(f"{told}: a gap of {gap:.2g} mm", round(gap, 3), "mm", evidence, *notes)
    return met(f"{told}: no gap", round(max(gap, 0.0), 3), "mm", evidence, *notes)


def in_plane_resolution(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the pixel size, as reconstructed and, where it can be told, as acquired."""
    dynamic = _dynamic(view)
    spacing = agreed_numbers(dynamic.sample, Tag.PixelSpacing, 2)
    if spacing.value is None:
        return cannot_tell(spacing.problem, spacing.evidence)
    limit, pixel = rule.limit("maximum"), max(spacing.value)
    shown = _by(spacing.value)
    acquired = dynamic.geometry.acquired_mm
    if acquired is not None and min(acquired) <= 0:
        acquired = None
    note = (
        f"acquired with {_by(acquired)} mm (field of view over AcquisitionMatrix)"
        if acquired is not None
        else "the acquired resolution is not stated; the pixels may be interpolated"
    )
    if pixel > limit + rule.limit("tolerance"):
        reason = f"pixels are {shown} mm; at most {limit:g} x {limit:g}"
        return not_met(reason, round(pixel, 3), "mm", spacing.evidence, note)
    if acquired is not None and max(acquired) > limit + rule.limit("tolerance"):
        finest = dynamic.geometry.finest_acquired_mm
        if finest is not None and max(finest) <= limit + rule.limit("tolerance"):
            reason = (
                f"acquired with {_by(finest)} to {_by(acquired)} mm, as the image is padded beyond its field of view"
            )
            return cannot_tell(reason, dynamic.geometry.header.evidence(Tag.PercentPhaseFieldOfView), note)
        evidence = Evidence(f"{spacing.evidence.attribute}, {Tag.AcquisitionMatrix.label}", spacing.evidence.file)
        reason = f"pixels of {shown} mm are interpolated from {_by(acquired)} mm; at most {limit:g} x {limit:g}"
        return not_met(reason, round(max(acquired), 3), "mm", evidence, note)
    return met(f"pixels are {shown} mm", round(pixel, 3), "mm", spacing.evidence, note)


def _dynamic(view: StudyView) -> DynamicView:
    assert view.dynamic is not None
    return view.dynamic


def _by(pair: tuple[float, ...]) -> str:
    return " x ".join(f"{each:.4g}" for each in pair)


def _interpolated(geometry: SeriesGeometry, thickness: float) -> tuple[str, ...]:
    spacing = geometry.spacing_mm
    if spacing is None or abs(spacing - thickness) <= NOTED_PART * thickness:
        return ()
    if spacing < thickness:
        return (f"slices lie {spacing:.4g} mm apart, closer than they are thick: interpolated or overlapping",)
    return (f"slices lie {spacing:.4g} mm apart, farther than they are thick",)


def _tag_disagrees(geometry: SeriesGeometry) -> tuple[str, ...]:
    tag, spacing = geometry.spacing_tag_mm.value, geometry.spacing_mm
    notes = []
    if tag is not None and spacing is not None and abs(abs(tag) - spacing) > NOTED_PART * spacing:
        notes.append(f"SpacingBetweenSlices says {tag:g} mm, the positions {spacing:.4g} mm")
    if geometry.uneven_mm is not None and spacing is not None and geometry.uneven_mm > NOTED_PART * spacing:
        notes.append(f"the steps between slices differ by up to {geometry.uneven_mm:.2g} mm; is a slice missing?")
    return tuple(notes)
