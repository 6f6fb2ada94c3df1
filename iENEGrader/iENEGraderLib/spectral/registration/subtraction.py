"""From a registration to inputs of maps: the difference of two scans is iodine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.building import before_and_after_input
from iENEGraderLib.spectral.contrast_agent import ContrastAgent
from iENEGraderLib.spectral.response import USUAL_NECK_MM, monochromatic_response, tin_doubt, tube_response

if TYPE_CHECKING:
    from iENEGraderLib.spectral.registration.registration import Registration
    from iENEGraderLib.spectral.response import Response
    from iENEGraderLib.spectral.spectral_input import SpectralInput


def subtraction_input(
    registration: Registration,
    *,
    response: Response | None = None,
    neck_mm: float = USUAL_NECK_MM,
    agent: ContrastAgent = ContrastAgent.IODINE,
) -> SpectralInput:
    """Take two registered scans before and after contrast agent as inputs of maps.

    Parameters
    ----------
    registration : see `register_before_to_after`.
    response : calibrated at the site; by default that of the energy of the scans.
    neck_mm : diameter of the neck, for default slopes of tube voltages.

    Raises
    ------
    InputError
        when values are cut off or no HU, the two look swapped, the agent is not iodine, or there is no default slope.
    """
    after = registration.after
    data = before_and_after_input(registration.moved, after.image, response or _response(registration, neck_mm), agent)
    doubts = tin_doubt(after.kvp, after.tin_mm) if response is None and after.kvp is not None else ()
    return replace(
        data,
        warnings=(*data.warnings, *doubts, registration.summary(), *registration.warnings),
        misfit_mm=registration.plausible_shift_mm,
        outside=None if registration.covered.all() else ~registration.covered,
    )


def _response(registration: Registration, neck_mm: float) -> Response:
    after = registration.after
    if after.kev is not None:
        return monochromatic_response(after.kev)
    if after.kvp is None:
        raise InputError(f"{after.source}: its energy is not known; say at how many kVp it was scanned, or its keV")
    return tube_response(after.kvp, after.tin_mm, neck_mm=neck_mm)
