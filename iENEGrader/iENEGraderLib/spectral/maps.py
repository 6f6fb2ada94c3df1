"""The maps: each is solved once from the responses of the inputs and is then a mere blend of them.

Two materials: a voxel is a water-like tissue of any HU with some iodine. Three materials: it is fat and soft tissue
that fill the volume together, with iodine that takes no volume (Mendonca et al., IEEE Trans. Med. Imaging 33 (2014)
99).
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.attenuation import Material, iodine_hu_per_mg_ml, require_kev, tissue_hu
from iENEGraderLib.spectral.blend import Affine, Blend, MapKind
from iENEGraderLib.spectral.spectral_input import InputKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from iENEGraderLib.spectral.spectral_input import SpectralInput

    Floats = NDArray[np.float64]

HOUNSFIELD = "[hnsf'U]"
MG_ML = "mg/mL"
SHARE = "1"
EXTRAPOLATED_KEV = 10.0
CALCIUM = "calcium reads as iodine (50 mg/mL about as 4): leave out bone, plaque and their surroundings"
FAT_AS_IODINE = "two materials: pure fat reads about -1.3 mg/mL"
BEAM_MODEL = "computed from tube voltages or bins: approximate"


class Materials(StrEnum):
    """What a voxel may consist of."""

    WATER_IODINE = "water and iodine"
    FAT_SOFT_IODINE = "fat, soft tissue and iodine"


def virtual_monochromatic(data: SpectralInput, kev: float) -> Blend:
    """Return the image that one energy would give; plain, so that it can be measured.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV, or the inputs are one voltage before and after contrast agent.
    """
    require_kev(kev)
    if data.kind is InputKind.BEFORE_AND_AFTER:
        raise InputError(f"{data.kind.value}: one energy cannot show others; give two energies or an iodine map")
    direction = np.array([1.0, data.basis.slope(kev) if data.kevs else iodine_hu_per_mg_ml(kev)])
    warnings = [*data.warnings, *_extrapolation(data, kev)]
    if data.kind is InputKind.BEAMS:
        warnings.append(BEAM_MODEL)

    def solve(inputs: SpectralInput) -> Affine:
        estimator, offset = _two_materials(inputs)
        return _affine(direction, estimator, offset)

    return Blend(
        MapKind.MONOCHROMATIC, f"{kev:g} keV", HOUNSFIELD, solve(data), _error(data, solve), kev, tuple(warnings)
    )


def iodine(data: SpectralInput, materials: Materials = Materials.FAT_SOFT_IODINE) -> Blend:
    """Return the iodine map in mg/mL; negative values are noise or other tissue and are kept."""
    warnings = [*data.warnings, CALCIUM]
    is_difference = data.kind is InputKind.BEFORE_AND_AFTER
    if materials is Materials.WATER_IODINE and not is_difference:
        warnings.append(FAT_AS_IODINE)

    def solve(inputs: SpectralInput) -> Affine:
        return _affine(np.array([0.0, 1.0]), *_solved(inputs, materials))

    name = "subtraction iodine" if is_difference else "iodine"
    return Blend(MapKind.IODINE, name, MG_ML, solve(data), _error(data, solve), warnings=tuple(warnings))


def subtraction_iodine(data: SpectralInput) -> Blend:
    """Return the iodine map in mg/mL from images before and after contrast agent.

    Raises
    ------
    InputError
        for other inputs.
    """
    if data.kind is not InputKind.BEFORE_AND_AFTER:
        raise InputError(f"subtraction needs images before and after contrast agent; these are {data.kind.value}")
    return iodine(data, Materials.WATER_IODINE)


def fat_fraction(data: SpectralInput) -> Blend:
    """Return the share of the volume that is fat, 0 to 1; noise reaches beyond, and is kept for mean values.

    It rests on the values of pure fat and of soft tissue; within nodes only differences to the patient's own tissue say
    anything, see `calibrated_tissues`.
    """

    def solve(inputs: SpectralInput) -> Affine:
        return _affine(np.array([1.0, 0.0]), *_three_materials(inputs))

    warnings = (*data.warnings, CALCIUM)
    return Blend(MapKind.FAT_FRACTION, "fat fraction", SHARE, solve(data), _error(data, solve), warnings=warnings)


def virtual_non_contrast(
    data: SpectralInput, kev: float = 70.0, materials: Materials = Materials.WATER_IODINE
) -> Blend:
    """Return the image without the iodine, in HU.

    Parameters
    ----------
    data : the inputs.
    kev : energy that fat and soft tissue are shown at, for three materials.
    materials : with two, HU hardly depend on the energy, and fat is shown too bright (about -42 HU).

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    require_kev(kev)
    if materials is Materials.FAT_SOFT_IODINE:
        fat = fat_fraction(data)
        soft_hu = tissue_hu(Material.SOFT_TISSUE, kev)
        contrast = tissue_hu(Material.ADIPOSE, kev) - soft_hu
        shown = fat.affine.times(contrast)
        affine = replace(shown, offset=shown.offset + soft_hu)
        error = fat.model_error.times(contrast) if fat.model_error else None
        name = f"virtual non-contrast, {kev:g} keV"
        return Blend(MapKind.NON_CONTRAST, name, HOUNSFIELD, affine, error, kev, fat.warnings)

    def solve(inputs: SpectralInput) -> Affine:
        return _affine(np.array([1.0, 0.0]), *_two_materials(inputs))

    warnings = (*data.warnings, CALCIUM)
    return Blend(
        MapKind.NON_CONTRAST, "virtual non-contrast", HOUNSFIELD, solve(data), _error(data, solve), warnings=warnings
    )


def _solved(data: SpectralInput, materials: Materials) -> tuple[Floats, Floats]:
    return _two_materials(data) if materials is Materials.WATER_IODINE else _three_materials(data)


def _two_materials(data: SpectralInput) -> tuple[Floats, Floats]:
    """Return estimator (2, n) and offset (2,) of water-like HU and iodine in mg/mL."""
    rows = np.array([[channel.response.level, channel.response.iodine] for channel in data.channels])
    return _least_squares(rows, data.covariance), np.zeros(2)


def _three_materials(data: SpectralInput) -> tuple[Floats, Floats]:
    """Return estimator (2, n) and offset (2,) of fat fraction and iodine in mg/mL."""
    responses = [channel.response for channel in data.channels]
    rows = np.array([[response.fat - response.soft, response.iodine] for response in responses])
    estimator = _least_squares(rows, data.covariance)
    offset: Floats = -estimator @ np.array([response.soft for response in responses])
    return estimator, offset


def _least_squares(rows: Floats, covariance: Floats | None) -> Floats:
    """Return the generalised least squares estimator; for two inputs it is the exact solution."""
    inverse = np.eye(len(rows)) if covariance is None else np.linalg.inv(covariance)
    return np.asarray(np.linalg.solve(rows.T @ inverse @ rows, rows.T @ inverse), dtype=np.float64)


def _affine(direction: Floats, estimator: Floats, offset: Floats) -> Affine:
    return Affine(tuple((direction @ estimator).tolist()), float(direction @ offset))


def _error(data: SpectralInput, solve: Callable[[SpectralInput], Affine]) -> Affine | None:
    """Return how the map changes when all uncertain slopes are too low by one standard uncertainty together.

    They move together: a wider neck lowers every default slope.
    """
    responses = [channel.response for channel in data.channels]
    if not any(response.slope_uncertainty for response in responses):
        return None
    moved = tuple(
        replace(response, iodine=response.iodine * (1 + response.slope_uncertainty)) for response in responses
    )
    before, after = solve(data), solve(data.with_responses(moved))
    weights = tuple(b - a for a, b in zip(before.weights, after.weights, strict=True))
    return Affine(weights, after.offset - before.offset)


def _extrapolation(data: SpectralInput, kev: float) -> list[str]:
    if data.kind is not InputKind.MONOCHROMATIC:
        return []
    low, high = data.kevs[0], data.kevs[-1]
    if low - EXTRAPOLATED_KEV <= kev <= high + EXTRAPOLATED_KEV:
        return []
    return [f"extrapolated: {kev:g} keV lies far from the series ({low:g} to {high:g} keV), errors and noise grow"]
