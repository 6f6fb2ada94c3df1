"""Maps summed up over regions, what a region should not hold, and change between visits."""

from PWIProtocolLib.roi.cautions import CautionKind, Finding, RegionCaution, RegionMaps, region_cautions
from PWIProtocolLib.roi.change import Change, ChangeVerdict, change_between_visits
from PWIProtocolLib.roi.map_kinds import MapKind, map_kind, map_kinds
from PWIProtocolLib.roi.mean_curve import MeanCurve, mean_curve_fit
from PWIProtocolLib.roi.statistics import MapStatistics, NamedMap, Percentile, map_statistics, segment_statistics

__all__ = [
    "CautionKind",
    "Change",
    "ChangeVerdict",
    "Finding",
    "MapKind",
    "MapStatistics",
    "MeanCurve",
    "NamedMap",
    "Percentile",
    "RegionCaution",
    "RegionMaps",
    "change_between_visits",
    "map_kind",
    "map_kinds",
    "map_statistics",
    "mean_curve_fit",
    "region_cautions",
    "segment_statistics",
]
