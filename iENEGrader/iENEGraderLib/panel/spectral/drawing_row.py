"""Buttons to draw regions that are read besides the segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from HeadNeckNodesLib.widgets.number_box import NumberBox
from slicer.i18n import tr as _

from iENEGraderLib.scene.spectral.region_drawing import RegionDrawing

if TYPE_CHECKING:
    from collections.abc import Callable

DIAMETER_MM = 10.0
LEAST_MM, MOST_MM = 1, 60.0
BOX_WIDTH = 74


class DrawingRow(qt.QWidget):
    """Draws circles and outlines.

    Parameters
    ----------
    beside : returns the volume whose folder regions are put into.
    on_drawn : called with each new region (vtkMRMLMarkupsClosedCurveNode).
    on_remove : called when the user wants regions to go.
    """

    def __init__(
        self, beside: Callable[[], Any], on_drawn: Callable[[Any], None], on_remove: Callable[[], None]
    ) -> None:
        super().__init__()
        self._onDrawn = on_drawn
        self.circleButton = tool_button(
            _("○ Circle"), _("Click into a slice view: a circle is drawn there and read; drag its points or all of it"),
            self.drawCircle,
        )  # fmt: skip
        self.outlineButton = tool_button(
            _("Outline"), _("Click point by point round a region in a slice view; a right click ends it"),
            self.drawOutline,
        )  # fmt: skip
        self.removeButton = tool_button(_("Remove"), _("Take the selected drawn region out of the scene"), on_remove)
        self.diameterBox = NumberBox(LEAST_MM, MOST_MM, 0, lambda _number: None, " mm")
        self.diameterBox.toolTip = _("Diameter of circles")
        self.diameterBox.setAccessibleName(self.diameterBox.toolTip)
        self.diameterBox.setFixedWidth(BOX_WIDTH)
        self.diameterBox.showNumber(DIAMETER_MM)
        self.drawing = RegionDrawing(beside, self._showDrawing)
        for button in (self.circleButton, self.outlineButton):
            button.checkable = True
        tight(qt.QVBoxLayout(self)).addLayout(
            row_of(qt.QLabel(_("Draw")), self.circleButton, self.diameterBox, self.outlineButton, self.removeButton)
        )

    def drawCircle(self) -> None:
        """Ask for the middle of a circle; a second click on the button stops it."""
        self._toggle(lambda: self.askForCircle(_("Region"), self._onDrawn))

    def drawOutline(self) -> None:
        """Ask for the points of an outline; a second click on the button ends it."""
        if self.drawing.is_drawing:
            interaction = slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
            interaction.SetCurrentInteractionMode(interaction.ViewTransform)
            return
        self.drawing.draw_outline(_("Region"), self._onDrawn)

    def askForCircle(self, name: str, on_drawn: Callable[[Any], None]) -> None:
        """Ask for a circle of the diameter that is set."""
        self.drawing.draw_circle(name, float(self.diameterBox.value), on_drawn)

    def _toggle(self, begin: Callable[[], None]) -> None:
        if self.drawing.is_drawing:
            self.drawing.cancel()
        else:
            begin()

    def _showDrawing(self) -> None:
        markup = self.drawing.markup
        self.circleButton.checked = markup is not None and not markup.IsA("vtkMRMLMarkupsClosedCurveNode")
        self.outlineButton.checked = markup is not None and markup.IsA("vtkMRMLMarkupsClosedCurveNode")
