"""Spectral CT: any energy, iodine and fat as blends of the series that a scanner exports."""

from iENEGraderLib.spectral.attenuation import (
    Material,
    attenuation_source,
    calcium_hu_per_mg_ml,
    iodine_hu_per_mg_ml,
    mass_attenuation,
    tissue_hu,
)
from iENEGraderLib.spectral.basis import WATER_IODINE, Basis
from iENEGraderLib.spectral.basis_fit import BasisTest, basis_test
from iENEGraderLib.spectral.blend import Affine, Blend, MapKind, apply
from iENEGraderLib.spectral.building import (
    BeamSeries,
    IodineMap,
    IodineUnit,
    MonochromaticSeries,
    beam_input,
    before_and_after_input,
    iodine_map_input,
    monochromatic_input,
)
from iENEGraderLib.spectral.calibration import calibrated_slopes, calibrated_tissues, tissue_warnings
from iENEGraderLib.spectral.contrast_agent import ContrastAgent, agent_of_ingredients
from iENEGraderLib.spectral.maps import (
    Materials,
    fat_fraction,
    iodine,
    subtraction_iodine,
    virtual_monochromatic,
    virtual_non_contrast,
)
from iENEGraderLib.spectral.noise_reduced import noise_reduced, quietest_kev
from iENEGraderLib.spectral.registration import (
    Motion,
    Registration,
    RegistrationQuality,
    Scan,
    register_before_to_after,
    subtraction_input,
)
from iENEGraderLib.spectral.response import (
    Response,
    ResponseSource,
    monochromatic_response,
    tin_filters_mm,
    tube_response,
)
from iENEGraderLib.spectral.roi import RoiSample, RoiValue, sample_roi, spectral_curve
from iENEGraderLib.spectral.spectral_input import Channel, InputKind, SpectralInput
from iENEGraderLib.spectral.trust import RimShare, Untrusted, false_iodine, false_rims, rims_in, untrusted_voxels

__all__ = [
    "WATER_IODINE",
    "Affine",
    "Basis",
    "BasisTest",
    "BeamSeries",
    "Blend",
    "Channel",
    "ContrastAgent",
    "InputKind",
    "IodineMap",
    "IodineUnit",
    "MapKind",
    "Material",
    "Materials",
    "MonochromaticSeries",
    "Motion",
    "Registration",
    "RegistrationQuality",
    "Response",
    "ResponseSource",
    "RimShare",
    "RoiSample",
    "RoiValue",
    "Scan",
    "SpectralInput",
    "Untrusted",
    "agent_of_ingredients",
    "apply",
    "attenuation_source",
    "basis_test",
    "beam_input",
    "before_and_after_input",
    "calcium_hu_per_mg_ml",
    "calibrated_slopes",
    "calibrated_tissues",
    "false_iodine",
    "false_rims",
    "fat_fraction",
    "iodine",
    "iodine_hu_per_mg_ml",
    "iodine_map_input",
    "mass_attenuation",
    "monochromatic_input",
    "monochromatic_response",
    "noise_reduced",
    "quietest_kev",
    "register_before_to_after",
    "rims_in",
    "sample_roi",
    "spectral_curve",
    "subtraction_input",
    "subtraction_iodine",
    "tin_filters_mm",
    "tissue_hu",
    "tissue_warnings",
    "tube_response",
    "untrusted_voxels",
    "virtual_monochromatic",
    "virtual_non_contrast",
]
