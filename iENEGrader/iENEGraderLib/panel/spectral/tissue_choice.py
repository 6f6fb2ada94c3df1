"""Which region shows a tissue of the patient: a drawn one, or a segment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from iENEGraderLib.panel.widgets.offer_box import OfferBox
from iENEGraderLib.scene.segmentation_reading import segments_of
from iENEGraderLib.scene.spectral.drawn_regions import drawn_regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.widgets.choice import Choice

SEGMENT = "segment:"
LABEL_WIDTH = 46


class TissueChoice(qt.QWidget):
    """Chooses a region.

    Parameters
    ----------
    label, name : the tissue as shown, and the name of regions that are drawn for it.
    tip : where to draw it.
    draw : asks for a circle under a name, and calls a function with it.
    """

    def __init__(self, label: str, name: str, tip: str, draw: Callable[[str, Callable[[Any], None]], None]) -> None:
        super().__init__()
        self._name = name
        self.key = ""
        self.box = OfferBox(self._choose)
        self.box.toolTip = tip
        self.box.setAccessibleName(label)
        self.circleButton = tool_button(_("○ Draw"), tip, partial(draw, name, self._onDrawn))
        text = qt.QLabel(label)
        text.setFixedWidth(LABEL_WIDTH)
        tight(qt.QVBoxLayout(self)).addLayout(row_of(text, self.box, self.circleButton, stretched=1))

    def refresh(self) -> None:
        """Offer the regions that there are; one drawn for this tissue is chosen when nothing is."""
        drawn = drawn_regions()
        offered = [("", "–"), *((each.GetID(), each.GetName()) for each in drawn), *_segments()]
        if self.key not in [key for key, _text in offered]:
            self.key = ""
        if not self.key:
            own = [each.GetID() for each in drawn if each.GetName().startswith(self._name)]
            self.key = own[-1] if own else ""
        self.box.offer(offered)
        self.box.showKey(self.key)

    @property
    def markup(self) -> Any:
        """The drawn region that is chosen; None when none is."""
        return None if not self.key or self.key.startswith(SEGMENT) else slicer.mrmlScene.GetNodeByID(self.key)

    @property
    def segment(self) -> str:
        """Name of the segment that is chosen; empty when none is."""
        return self.key.removeprefix(SEGMENT) if self.key.startswith(SEGMENT) else ""

    def require_chosen(self, words: str) -> None:
        """Pass when a region is chosen; InputError with these words when none is."""
        self.refresh()
        if not self.key:
            raise InputError(words)

    def _choose(self, key: str) -> None:
        self.key = key

    def _onDrawn(self, markup: Any) -> None:
        self.key = markup.GetID()
        self.refresh()


def _segments() -> list[Choice]:
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    names = [segment.GetName() for node in nodes for segment in segments_of(node).values()]
    return [(f"{SEGMENT}{name}", name) for name in names]
