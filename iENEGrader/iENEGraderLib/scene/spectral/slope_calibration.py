"""Slopes of iodine from a known concentration in place of the default ones, as they are kept in a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.scene.spectral.tissue_calibration import TissueSample, require_same_channels
from iENEGraderLib.spectral import InputKind, calibrated_slopes
from iENEGraderLib.spectral.building import DEFAULT_SLOPES

if TYPE_CHECKING:
    from iENEGraderLib.spectral import SpectralInput


@dataclass(frozen=True)
class SlopeCalibration:
    """Two regions that differ in nothing but a known amount of iodine, and the inputs that they were read in.

    Attributes
    ----------
    channels : names of the inputs.
    insert, reference : what they show, with more and with less iodine.
    iodine_mg_ml : what the insert holds more than the reference.
    """

    channels: tuple[str, ...]
    insert: TissueSample
    reference: TissueSample
    iodine_mg_ml: float

    def applied_to(self, data: SpectralInput) -> SpectralInput:
        """Return the inputs with slopes of these regions.

        Raises
        ------
        InputError
            When they are other inputs, their slopes are no matter of calibration, or the insert does not stand out.
        """
        require_same_channels(self.channels, data)
        if data.kind is not InputKind.BEAMS:
            raise InputError(
                f"slopes are calibrated of tube voltages and energy bins; these are {data.kind.value}, whose slopes "
                "are those of the energy"
            )
        found = calibrated_slopes(data, self.insert.sample, self.reference.sample, self.iodine_mg_ml)
        return replace(found, warnings=tuple(each for each in found.warnings if each != DEFAULT_SLOPES))
