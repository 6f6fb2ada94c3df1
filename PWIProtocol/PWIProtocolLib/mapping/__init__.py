"""From a dynamic study to maps and values of regions: the chain that every host uses, without files and screens."""

from PWIProtocolLib.mapping.arterial import (
    AifSource,
    Arterial,
    arterial_detected,
    arterial_of_file,
    arterial_of_population,
    arterial_of_voxels,
)
from PWIProtocolLib.mapping.inputs import MappingInputs
from PWIProtocolLib.mapping.precontrast import Precontrast, T1Source, t1_of_angles, t1_of_map, t1_of_number
from PWIProtocolLib.mapping.reading_evidence import PerfusionEvidence, region_evidence, with_evidence
from PWIProtocolLib.mapping.regions import CurveFit, Region, region_of
from PWIProtocolLib.mapping.settings import DEFAULT_RELAXIVITY_PER_MM_S, MODEL_TITLES, Delay, MappingSettings
from PWIProtocolLib.mapping.study import MappedStudy, baseline_of, map_study

__all__ = [
    "DEFAULT_RELAXIVITY_PER_MM_S",
    "MODEL_TITLES",
    "AifSource",
    "Arterial",
    "CurveFit",
    "Delay",
    "MappedStudy",
    "MappingInputs",
    "MappingSettings",
    "PerfusionEvidence",
    "Precontrast",
    "Region",
    "T1Source",
    "arterial_detected",
    "arterial_of_file",
    "arterial_of_population",
    "arterial_of_voxels",
    "baseline_of",
    "map_study",
    "region_evidence",
    "region_of",
    "t1_of_angles",
    "t1_of_map",
    "t1_of_number",
    "with_evidence",
]
