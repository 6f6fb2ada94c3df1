"""What is said of a vein."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from iENEGraderLib.measure.evidence_class import EvidenceClass
    from iENEGraderLib.measure.preferences import Preference

    Floats = NDArray[np.float64]
    Point = tuple[float, float, float]


class VeinState(StrEnum):
    """State of the lumen; evidence, never a grade."""

    PATENT = "patent"
    COMPRESSED = "compressed"
    """Narrow but open: compression and displacement alone are no sign of extranodal extension of grade 3."""
    OBLITERATED = "obliterated"
    FILLING_DEFECT = "filling_defect"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, eq=False)
class VeinProfile:
    """The lumen section by section, to be plotted; arrays have one value per section of the grid, shape (n,).

    Attributes
    ----------
    section_axis : array axis that the sections are cut across.
    sections : index of each section along that axis.
    along_mm : place along the vein, from the first section.
    area_mm2 : area of the lumen corrected for the tilt of the vein; 0 where there is no lumen.
    area_share : the same in reference areas.
    other_side_area_mm2 : of the other vein in the same section; NaN where it was not labelled.
    enhancement_share : enhancement of the core of the lumen by that of the reference lumen; NaN where not known.
    centre_ras_mm : middle of the lumen, or of its expected course where there is none, shape (n, 3).
    """

    section_axis: int
    sections: NDArray[np.intp]
    along_mm: Floats
    area_mm2: Floats
    area_share: Floats
    other_side_area_mm2: Floats
    enhancement_share: Floats
    centre_ras_mm: Floats


@dataclass(frozen=True, eq=False)
class VeinStatus:
    """One vein and the nodes beside it.

    Attributes
    ----------
    status : of the lumen as a whole.
    reason : why, in one sentence with its numbers.
    obliteration, obliteration_reason : no lumen between two parts of the vein, with tumour at both ends.
    filling_defect, filling_defect_reason : a stretch of normal calibre that hardly enhances.
    tumour_thrombus, tumour_thrombus_reason : a filling defect that enhances as the node does.
    least_area_share : least area by the reference area, without the tapering ends of the label; 0 at a gap.
    gap_mm, gap_sections : longest stretch without lumen.
    defect_length_mm, defect_sections : longest stretch that hardly enhances.
    defect_enhancement_share : its enhancement by that of the reference lumen.
    defect_to_node_share : its enhancement by that of the nearest node within reach.
    reference_area_mm2 : median area of the part that is not narrowed.
    other_side_area_share : area by that of the other vein in the section of least area.
    nodes : names of the nodes within reach of the place, nearest first.
    place_ras_mm : middle of the gap or of the defect, or where the lumen is narrowest.
    profile : section by section; None when nothing could be measured.
    warnings : sentences.
    preferences : thresholds that were used.
    """

    status: VeinState
    reason: str
    obliteration: EvidenceClass
    obliteration_reason: str
    filling_defect: EvidenceClass
    filling_defect_reason: str
    tumour_thrombus: EvidenceClass
    tumour_thrombus_reason: str
    preferences: tuple[Preference, ...]
    least_area_share: float | None = None
    gap_mm: float = 0.0
    gap_sections: int = 0
    defect_length_mm: float = 0.0
    defect_sections: int = 0
    defect_enhancement_share: float | None = None
    defect_to_node_share: float | None = None
    reference_area_mm2: float | None = None
    other_side_area_share: float | None = None
    nodes: tuple[str, ...] = ()
    place_ras_mm: Point | None = None
    profile: VeinProfile | None = None
    warnings: tuple[str, ...] = ()
