"""What a fit says of each segment that was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.mapping import Region as MappedRegion
from PWIProtocolLib.mapping import region_of

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from hnn.perfusion.job import FittedStudy


@dataclass(frozen=True, eq=False)
class Region(MappedRegion):
    """A segment with its statistics, its mean curve and its cautions."""

    segment: Segment


def regions_of(study: FittedStudy) -> tuple[Region, ...]:
    """Sum up every segment of the study; empty without segments."""
    placed = study.files.regions
    segments = () if placed is None else placed.segmentation.segments
    return tuple(Region(**vars(region_of(study, each.name, each.mask())), segment=each) for each in segments)
