"""What the panel asks of the module's logic, so that any object that can do it may stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from iENEGraderLib.imaging.image import Image
    from iENEGraderLib.imaging.segmentation import Segmentation
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


class GraderLogic(Protocol):
    """Work that goes beyond editing the document."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""

    def segmentedImage(self) -> tuple[Segmentation, Image]:
        """Return what is segmented in the scene, and in which image; InputError when that cannot be told."""
