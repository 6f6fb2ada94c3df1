"""What the module can do without its panel: the logic that scripts call and that the panel is given.

Each part is imported when it is first asked for, so that Slicer starts as fast with this module as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from iENEGraderLib.imaging.image import Image
    from iENEGraderLib.imaging.segmentation import Segmentation
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


DONE_MS = 5000


class GraderService:
    """Assesses readings, reads segments, makes the sample case."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""
        from iENEGraderLib.rules import assess

        return assess(reading)

    def segmentedImage(self) -> tuple[Segmentation, Image]:
        """Return what is segmented in the scene, and in which image; InputError when that cannot be told."""
        from iENEGraderLib.scene.segmentation_reading import segmented_image

        return segmented_image()

    def addSampleCase(self) -> list[Any]:
        """Add the sample case to the scene; its volume comes first in the list of nodes."""
        slicer.util.showStatusMessage(_("Making and measuring the digital neck ..."))
        with slicer.util.WaitCursor():
            from iENEGraderLib.panel.sample_case import add_sample_case

            case = add_sample_case()
        slicer.util.showStatusMessage(_("The digital neck is in the scene."), DONE_MS)
        return [case.volume, case.nodes, case.anatomy, case.reading]
