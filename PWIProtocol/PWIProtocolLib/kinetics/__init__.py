"""Kinetics of contrast agent: T1, concentration, arterial curves, models fitted to every voxel, and their certainty."""

from PWIProtocolLib.kinetics.aif_csv import read_aif_csv, write_aif_csv
from PWIProtocolLib.kinetics.aif_curve import AifCurve
from PWIProtocolLib.kinetics.aif_detection import AifDetection, detect_aif
from PWIProtocolLib.kinetics.aif_measured import MeasuredAif, measured_aif
from PWIProtocolLib.kinetics.aif_population import (
    PopulationAif,
    PopulationAifInfo,
    population_aif,
    population_aif_info,
    population_aifs,
)
from PWIProtocolLib.kinetics.aif_quality import AifQuality, aif_quality
from PWIProtocolLib.kinetics.aif_resolve import FineAif, resolve_finer
from PWIProtocolLib.kinetics.comparison import NO_MODEL, ModelComparison, aicc, compare_models
from PWIProtocolLib.kinetics.concentration import (
    Concentration,
    Conversion,
    Converter,
    automatic_baseline,
    concentration_from_signal,
)
from PWIProtocolLib.kinetics.convolution import exponential_convolution
from PWIProtocolLib.kinetics.fit import KineticFitter, fit
from PWIProtocolLib.kinetics.forward import fitted_curves, tissue_curves
from PWIProtocolLib.kinetics.maps import KineticMaps
from PWIProtocolLib.kinetics.semiquantitative import CurveType, SemiquantitativeMaps, semiquantitative_maps
from PWIProtocolLib.kinetics.settings import Bounds, Model
from PWIProtocolLib.kinetics.spoiled_echo import signal_of_concentration, spoiled_signal
from PWIProtocolLib.kinetics.status import VoxelStatus
from PWIProtocolLib.kinetics.t1 import T1Map, t1_from_flip_angles
from PWIProtocolLib.kinetics.uncertainty import ConfidenceIntervals, confidence_intervals

__all__ = [
    "NO_MODEL",
    "AifCurve",
    "AifDetection",
    "AifQuality",
    "Bounds",
    "Concentration",
    "ConfidenceIntervals",
    "Conversion",
    "Converter",
    "CurveType",
    "FineAif",
    "KineticFitter",
    "KineticMaps",
    "MeasuredAif",
    "Model",
    "ModelComparison",
    "PopulationAif",
    "PopulationAifInfo",
    "SemiquantitativeMaps",
    "T1Map",
    "VoxelStatus",
    "aicc",
    "aif_quality",
    "automatic_baseline",
    "compare_models",
    "concentration_from_signal",
    "confidence_intervals",
    "detect_aif",
    "exponential_convolution",
    "fit",
    "fitted_curves",
    "measured_aif",
    "population_aif",
    "population_aif_info",
    "population_aifs",
    "read_aif_csv",
    "resolve_finer",
    "semiquantitative_maps",
    "signal_of_concentration",
    "spoiled_signal",
    "t1_from_flip_angles",
    "tissue_curves",
    "write_aif_csv",
]
