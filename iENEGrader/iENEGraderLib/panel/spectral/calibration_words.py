"""What a calibration has changed, in words. No Qt, no Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
    from iENEGraderLib.scene.spectral.tissue_calibration import TissueCalibration
    from iENEGraderLib.spectral import Channel, SpectralInput


def response_words(before: SpectralInput, after: SpectralInput, calibration: TissueCalibration | None) -> str:
    """Return what each input is taken to show of fat, soft tissue and iodine, before and after, and where from.

    Parameters
    ----------
    before, after : the same inputs with values of the table, and as they are used.
    calibration : what changed them; None when nothing did.
    """
    lines = [_line(one, other) for one, other in zip(before.channels, after.channels, strict=True)]
    if calibration is None:
        return "\n".join([*lines, "Fat and soft tissue: attenuation table, not this patient"])
    fat, muscle = calibration.fat, calibration.muscle
    source = f"Fat: {fat.name}, {fat.voxels} voxels. Soft tissue: {muscle.name}, {muscle.voxels} voxels"
    new = [each for each in after.warnings if each not in before.warnings]
    return "\n".join([*lines, source, *new])


def slope_words(before: SpectralInput, after: SpectralInput, slopes: SlopeCalibration | None) -> str:
    """Return the slope of iodine of each input, before and after a calibration, and where it is from."""
    lines = []
    for one, other in zip(before.channels, after.channels, strict=True):
        slope, was = other.response, one.response.iodine
        changed = f"{was:.1f} → {slope.iodine:.1f}" if slopes is not None else f"{slope.iodine:.1f}"
        doubt = f" ± {100 * slope.slope_uncertainty:.1f} %" if slope.slope_uncertainty else ""
        lines.append(f"{other.name}: {changed} HU per mg/mL{doubt} ({slope.source.value})")
    if slopes is not None:
        insert, reference = slopes.insert, slopes.reference
        lines.append(
            f"{insert.name}, {insert.voxels} voxels, against {reference.name}, {reference.voxels} voxels: "
            f"{slopes.iodine_mg_ml:g} mg/mL more"
        )
    return "\n".join(lines)


def _line(before: Channel, after: Channel) -> str:
    slope = after.response
    if not slope.level:
        return f"{after.name}: iodine as the scanner says"
    fat = _change(before.response.fat, slope.fat)
    soft = _change(before.response.soft, slope.soft)
    return f"{after.name}: fat {fat}, soft {soft} HU; iodine {slope.iodine:.1f} HU per mg/mL ({slope.source.value})"


def _change(before: float, after: float) -> str:
    return f"{after:.0f}" if round(before) == round(after) else f"{before:.0f} → {after:.0f}"
