"""From a dynamic study to maps and values of regions: the chain that every host uses, without files and screens."""

from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.mapping.aif_edits import AifEdits, Scaling
from PWIProtocolLib.mapping.arterial import (
    AifSource,
    Arterial,
    arterial_detected,
    arterial_of_file,
    arterial_of_population,
    arterial_of_rows,
    arterial_of_voxels,
)
from PWIProtocolLib.mapping.flip_angle_ratio import B1Map, b1_of_map
from PWIProtocolLib.mapping.inputs import Blood, ConcentrationInputs, MappingInputs, SignalInputs
from PWIProtocolLib.mapping.intervals import MapIntervals, map_intervals
from PWIProtocolLib.mapping.model_comparison import BestModels, ModelShare, compare_on
from PWIProtocolLib.mapping.precontrast import Precontrast, T1Source, t1_of_angles, t1_of_map, t1_of_number
from PWIProtocolLib.mapping.reading_evidence import PerfusionEvidence, region_evidence, with_evidence
from PWIProtocolLib.mapping.regions import CurveFit, Region, region_of
from PWIProtocolLib.mapping.segments import PlacedSegments, Placing, Resampled, resampled, segments_on
from PWIProtocolLib.mapping.settings import DEFAULT_RELAXIVITY_PER_MM_S, MODEL_TITLES, Delay, MappingSettings
from PWIProtocolLib.mapping.study import MappedStudy, baseline_of, fitter_of, map_study

__all__ = [
    "DEFAULT_RELAXIVITY_PER_MM_S",
    "MODEL_TITLES",
    "AifEdits",
    "AifSource",
    "Arterial",
    "B1Map",
    "BestModels",
    "Blood",
    "ConcentrationInputs",
    "CurveFit",
    "Delay",
    "MapIntervals",
    "MappedStudy",
    "MappingInputs",
    "MappingSettings",
    "ModelShare",
    "PerfusionEvidence",
    "PlacedSegments",
    "Placing",
    "Precontrast",
    "Region",
    "Resampled",
    "Scaling",
    "SignalInputs",
    "T1Source",
    "arterial_detected",
    "arterial_of_file",
    "arterial_of_population",
    "arterial_of_rows",
    "arterial_of_voxels",
    "b1_of_map",
    "baseline_of",
    "compare_on",
    "edited",
    "fitter_of",
    "map_intervals",
    "map_study",
    "region_evidence",
    "region_of",
    "resampled",
    "segments_on",
    "t1_of_angles",
    "t1_of_map",
    "t1_of_number",
    "with_evidence",
]
