"""What the module can do without its panel: the logic that scripts call and that the panel is given.

Each part is imported when it is first asked for, so that Slicer starts as fast with this module as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Collection

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


DONE_MS = 5000


class GraderService:
    """Assesses readings, reads segments, makes the sample case."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""
        from iENEGraderLib.rules import assess

        return assess(reading)

    def segmentedImage(self, also: Collection[str] = ()) -> tuple[Segmentation, Image]:
        """Return what is segmented in the scene, and in which image; InputError when that cannot be told.

        Parameters
        ----------
        also : ids or names of segments that are nodes, whatever they are called.
        """
        from iENEGraderLib.scene.segmentation_reading import segmented_image

        return segmented_image(also)

    def measure(self, reading: Reading) -> SegmentsUsed:
        """Measure all nodes of a reading that have a segment in the scene, and what lies beside them.

        The reading of the result holds the measurements as evidence. Evidence never sets a finding.
        """
        from iENEGraderLib.panel.case.case_measuring import with_measurements

        with slicer.util.WaitCursor():
            segmentation, image = self.segmentedImage()
            used = with_measurements(reading, segmentation, image, _showProgress)
        slicer.util.showStatusMessage(_("The nodes are measured."), DONE_MS)
        return used

    def sectionSpacing(self) -> float | None:
        """Return the distance in mm between the sections of the image that is read; None when it cannot be told."""
        from iENEGraderLib.scene.section_spacing import section_spacing_mm

        return section_spacing_mm()

    def addSampleCase(self) -> list[Any]:
        """Add the sample case to the scene; its volume comes first in the list of nodes."""
        slicer.util.showStatusMessage(_("Making and measuring the digital neck ..."))
        with slicer.util.WaitCursor():
            from iENEGraderLib.panel.sample_case import add_sample_case

            case = add_sample_case()
        slicer.util.showStatusMessage(_("The digital neck is in the scene."), DONE_MS)
        return [case.volume, case.nodes, case.anatomy, case.reading]


def _showProgress(what: str) -> None:
    """Show what is being measured; clicks and keys wait until it is done."""
    slicer.util.showStatusMessage(_("Measuring: {what} ...").format(what=what))
    qt.QApplication.processEvents(qt.QEventLoop.ExcludeUserInputEvents)
