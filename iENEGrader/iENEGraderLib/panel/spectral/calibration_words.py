"""What a calibration has changed, in words. No Qt, no Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def _line(before: Channel, after: Channel) -> str:
    slope = after.response
    if not slope.level:
        return f"{after.name}: iodine as the scanner says"
    fat = _change(before.response.fat, slope.fat)
    soft = _change(before.response.soft, slope.soft)
    return f"{after.name}: fat {fat}, soft {soft} HU; iodine {slope.iodine:.1f} HU per mg/mL ({slope.source.value})"


def _change(before: float, after: float) -> str:
    return f"{after:.0f}" if round(before) == round(after) else f"{before:.0f} → {after:.0f}"
