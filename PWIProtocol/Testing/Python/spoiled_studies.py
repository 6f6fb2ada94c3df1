"""For each criterion, how to spoil it in a study that meets all of them, and how to make it impossible to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study_plan import Vendor

if TYPE_CHECKING:
    from collections.abc import Callable

    from study_plan import StudyPlan

    Change = Callable[[StudyPlan], StudyPlan]

OTHER_COILS = {
    Vendor.SIEMENS: "Spine_32",
    Vendor.SIEMENS_XA: "Spine_32",
    Vendor.GE: "BODY",
    Vendor.PHILIPS: "SENSE-BODY",
    Vendor.PHILIPS_ENHANCED: "SENSE-BODY",
    Vendor.CANON: "QD Whole Body",
    Vendor.CANON_ENHANCED: "QD Whole Body",
}
NAMES = ("SequenceName", "PulseSequenceName")

FAILING: dict[str, Change] = {
    "dce_technique": lambda plan: plan.but(echo_planar=True),
    "sequence_3d_spgr_t1": lambda plan: plan.but(spoiled=False),
    "axial": lambda plan: plan.but(tilt_deg=90.0),
    "field_strength": lambda plan: plan.but(field_t=7.0),
    "coil": lambda plan: plan.but(coil=OTHER_COILS[plan.vendor]),
    "slice_thickness": lambda plan: plan.but(thickness_mm=5.0, spacing_mm=5.0),
    "no_gap": lambda plan: plan.but(spacing_mm=3.6),
    "in_plane_resolution": lambda plan: plan.but(pixel_mm=2.5, acquired_mm=2.5),
    "fat_suppression": lambda plan: plan.but(fat_suppressed=False),
    "flip_angle_count": lambda plan: plan.but(cover_deg=(5.0, 30.0)),
    "flip_angle_range": lambda plan: plan.but(cover_deg=(2.0, 15.0, 50.0)),
    "flip_angle_geometry": lambda plan: plan.but(cover_shift_mm=6.0),
    "flip_angles_before_contrast": lambda plan: plan.but(cover_after_contrast=True),
    "temporal_resolution": lambda plan: plan.but(interval_s=7.5, frames=48, injection_s=45.0),
    "precontrast_acquisitions": lambda plan: plan.but(injection_s=3.0, arrival_frame=3),
    "total_time": lambda plan: plan.but(frames=40),
    "contrast_dose": lambda plan: plan.but(volume_ml=14.0),
    "injection_rate_and_flush": lambda plan: plan.but(rate_ml_s=1.0),
}

UNDECIDABLE: dict[str, Change] = {
    "dce_technique": lambda plan: plan.but(frames=2),
    "sequence_3d_spgr_t1": lambda plan: plan.but(private=False).without("SequenceVariant", "Spoiling", *NAMES),
    "axial": lambda plan: plan.without("ImageOrientationPatient"),
    "field_strength": lambda plan: plan.without("MagneticFieldStrength", "ImagingFrequency", "TransmitterFrequency"),
    "coil": lambda plan: plan.but(coil="MULTI COIL"),
    "slice_thickness": lambda plan: plan.emptied("SliceThickness"),
    "no_gap": lambda plan: plan.but(slices=1),
    "in_plane_resolution": lambda plan: plan.without("PixelSpacing"),
    "fat_suppression": lambda plan: plan.but(private=False).without("ScanOptions", "SpectrallySelectedSuppression"),
    "flip_angle_count": lambda plan: plan.without("FlipAngle"),
    "flip_angle_range": lambda plan: plan.without("FlipAngle"),
    "flip_angle_geometry": lambda plan: plan.without("FlipAngle"),
    "flip_angles_before_contrast": lambda plan: plan.without("FlipAngle"),
    "temporal_resolution": lambda plan: plan.but(timed=False),
    "precontrast_acquisitions": lambda plan: plan.but(injection_s=None, arrival_frame=None),
    "total_time": lambda plan: plan.but(timed=False),
    "contrast_dose": lambda plan: plan.emptied("ContrastBolusVolume", "ContrastBolusTotalDose"),
    "injection_rate_and_flush": lambda plan: plan.without("ContrastFlowRate", "ContrastFlowDuration"),
}
