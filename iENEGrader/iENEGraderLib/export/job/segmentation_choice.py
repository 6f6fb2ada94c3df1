"""What the user says of the segments, and how the DICOM segmentation is to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.seg import SegmentationForm

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.seg import Algorithm


@dataclass(frozen=True)
class SegmentationChoice:
    """How segments were drawn, and how their voxels are stored.

    Attributes
    ----------
    nodes_by, anatomy_by : how nodes, and all other segments, were drawn; None when nobody said so.
    """

    nodes_by: Algorithm | None = None
    anatomy_by: Algorithm | None = None
    form: SegmentationForm = SegmentationForm.ALL_FRAMES

    def __str__(self) -> str:
        """Text that tells choices apart."""
        said = (self.nodes_by, self.anatomy_by)
        words = ("" if each is None else f"{each.kind}:{each.name}:{each.version}" for each in said)
        return ",".join([str(self.form), *words])


NOTHING_SAID = SegmentationChoice()
