"""Adding a node with the mouse or from a segment: the bar that leads through it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import geometry_of_volume, image_of_volume
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed, SideUnknownError, with_node_of_segment
from iENEGraderLib.reading import Side
from iENEGraderLib.scene.node_drawing import NodeDrawing, volume_at
from iENEGraderLib.scene.node_outlines import add_node_outline, node_segment_at, others_near
from iENEGraderLib.segmenting import grow_from_seed, mask_of_curves

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.protocols import GraderLogic
    from iENEGraderLib.reading import Reading

    Point = tuple[float, float, float]
    Work = Callable[[Reading], SegmentsUsed]

REACH_MM = 30.0
"""Ours: farthest that a grown node reaches from its seed."""


class NodeAdding(qt.QFrame):
    """Asks for a seed, for curves, or for the side of a new node; hidden when nothing is asked.

    Parameters
    ----------
    perform : does work on the reading as one step with a label, and shows what comes of it.
    logic : reads segments.
    """

    def __init__(self, perform: Callable[[str, Work], None], logic: GraderLogic) -> None:
        super().__init__()
        self._perform = perform
        self._logic = logic
        self._isDrawingCurves = False
        self._segmentWithoutSide = ""
        self.drawing = NodeDrawing(self._showState)
        self.text = qt.QLabel()
        self.nextButton = tool_button(_("Next curve"), _("Draw one more curve, in another slice"), self._onNext)
        self.fillButton = tool_button(
            _("Fill"), _("Make a node of the curves; slices between them are filled by shape"), self._onFill
        )
        self.sideButtons = {
            side: tool_button(text, _("The node lies on this side"), partial(self._onSide, side))
            for side, text in ((Side.RIGHT, _("Right")), (Side.LEFT, _("Left")), (Side.MIDLINE, _("Midline")))
        }
        self.cancelButton = tool_button(_("Cancel"), _("Stop; what was drawn so far goes"), self.cancel)
        self._build()

    def _build(self) -> None:
        self.text.wordWrap = True
        self.setFrameShape(qt.QFrame.StyledPanel)
        layout = tight(qt.QVBoxLayout(self))
        layout.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self.text)
        buttons = (self.nextButton, self.fillButton, *self.sideButtons.values(), self.cancelButton)
        layout.addLayout(row_of(*buttons))
        self._showState()

    # What is asked for

    def askForSeed(self) -> None:
        """Ask the reader to click into a node."""
        self.cancel()
        self.drawing.ask_for_seed(self._onSeed)

    def askForCurves(self) -> None:
        """Ask the reader to draw round a node, in one slice or several."""
        self.cancel()
        self._isDrawingCurves = True
        self.drawing.begin_curve()

    def addSegment(self, segment_id: str, side: Side | None = None) -> None:
        """Make a node of a segment that is there."""
        self.cancel()
        self._perform(_("add node of a segment"), lambda reading: self._nodeOf(reading, segment_id, side))

    def cancel(self) -> None:
        """Ask for nothing; what was drawn so far goes."""
        self._isDrawingCurves = False
        self._segmentWithoutSide = ""
        self.drawing.clear()

    # What the reader does

    def _onSeed(self, seed: Point) -> None:
        self._perform(_("add node by a seed"), lambda reading: self._grown(reading, seed))

    def _onNext(self) -> None:
        self.drawing.end_curve()
        self.drawing.begin_curve()

    def _onFill(self) -> None:
        self.drawing.end_curve()
        self._perform(_("add node by curves"), self._filled)

    def _onSide(self, side: Side) -> None:
        self.addSegment(self._segmentWithoutSide, side)

    # What comes of it

    def _grown(self, reading: Reading, seed: Point) -> SegmentsUsed:
        volume = volume_at(seed)
        there = node_segment_at(seed, volume)
        if there is None:
            others = others_near(seed, volume, REACH_MM)
            mask = grow_from_seed(image_of_volume(volume), seed, others, REACH_MM)
            return self._withOutline(reading, add_node_outline(mask, volume))
        owner = next((each.id for each in reading.nodes or () if each.segment_id in (there.segment_id, there.name)), "")
        if owner:
            text = _(
                "{segment} is {node} already. If these are two nodes grown together, set Nodes in entry to 2 there, or "
                "divide the segment with Edit."
            )
            raise InputError(text.format(segment=there.name, node=owner))
        return self._nodeOf(reading, there.segment_id)

    def _filled(self, reading: Reading) -> SegmentsUsed:
        curves = self.drawing.curves_ras_mm
        if not curves:
            raise InputError(_("No curve was drawn: click at least three points round the node, then right-click."))
        volume = volume_at(curves[0][0].tolist())
        segment_id = add_node_outline(mask_of_curves(curves, geometry_of_volume(volume)), volume)
        self.cancel()
        return self._withOutline(reading, segment_id)

    def _withOutline(self, reading: Reading, segment_id: str) -> SegmentsUsed:
        used = self._nodeOf(reading, segment_id)
        note = _("Check the outline of {segment}, and correct it with Edit. Undo takes the node back, not the segment.")
        return SegmentsUsed(used.reading, f"{used.message} {note.format(segment=segment_id)}", used.measured)

    def _nodeOf(self, reading: Reading, segment_id: str, side: Side | None = None) -> SegmentsUsed:
        segmentation, image = self._logic.segmentedImage([segment_id])
        try:
            return with_node_of_segment(reading, segmentation, image, segment_id, side)
        except SideUnknownError as error:
            self._segmentWithoutSide = segment_id
            self._showState()
            return SegmentsUsed(reading, _("{why}. Choose it below.").format(why=error))

    def _showState(self) -> None:
        self.text.text = self._question()
        self.nextButton.visible = self._isDrawingCurves
        self.fillButton.visible = self._isDrawingCurves
        for button in self.sideButtons.values():
            button.visible = bool(self._segmentWithoutSide)
        self.visible = bool(self.text.text)

    def _question(self) -> str:
        if self._segmentWithoutSide:
            return _("On which side does {segment} lie?").format(segment=self._segmentWithoutSide)
        if self.drawing.is_placing_seed:
            return _("Click into the node, in any slice view.")
        if not self._isDrawingCurves:
            return ""
        done = len(self.drawing.curves_ras_mm)
        if self.drawing.is_placing_curve:
            return _("Curve {number}: click points round the node; a right click ends it.").format(number=done + 1)
        if not done:
            return _("No curve is drawn yet.")
        return _("Curves drawn: {count}. Draw one in another slice, or fill.").format(count=done)
