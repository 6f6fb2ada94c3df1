"""Side, level, size and extent of the selected node, and what was proposed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from HeadNeckNodesLib.widgets.number_box import LARGEST_COUNT, NumberBox
from slicer.i18n import tr as _

from iENEGraderLib.panel import choices
from iENEGraderLib.panel.nodes.node_proposals import proposal_for
from iENEGraderLib.panel.session.edits import set_node_fields
from iENEGraderLib.reading import NeckLevel, Side
from iENEGraderLib.reading.serialization import LARGEST_PLAUSIBLE_NODE_MM

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.reading import Node


class NodeEditor(qt.QWidget):
    """Edits the fields of one node.

    Parameters
    ----------
    edit : applies an edit under a label.
    """

    def __init__(self, edit: Callable[..., None]) -> None:
        super().__init__()
        self._edit = edit
        self._node_id = ""
        self.sideBox = ChoiceBox(choices.SIDES, lambda key: self._set("side", side=Side(key)), 5)
        self.levelBox = ChoiceBox(choices.LEVELS, lambda key: self._set("level", level=NeckLevel(key)), 6)
        self.sizeBox = NumberBox(0, LARGEST_PLAUSIBLE_NODE_MM, 1, self._onSize, " mm")
        self.countBox = NumberBox(1, LARGEST_COUNT, 0, lambda number: self._set("number", count=int(number or 1)))
        self.cricoidBox = ChoiceBox(
            choices.BELOW_CRICOID,
            lambda key: self._set("below cricoid", extends_below_cricoid=choices.flag_of(key)),
            5,
        )
        self._proposed: NeckLevel | None = None
        self.proposalLabel = qt.QLabel()
        self.takeButton = tool_button(_("Take"), _("Enter the proposed level"), self._onTake)
        self.outlineLabel = qt.QLabel(_("The segment was changed after it was measured: press Sizes or Measure."))
        self._build()

    def _build(self) -> None:
        self.levelBox.setMaxVisibleItems(len(choices.LEVELS))
        self.sizeBox.toolTip = _("Greatest dimension in any direction")
        self.countBox.toolTip = _("Number of nodes in this entry; more than one for a fused mass")
        self.cricoidBox.toolTip = _("Whether the lowest point lies below the caudal border of the cricoid")
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.sideBox, self.levelBox, self.sizeBox, stretched=1))
        number, below = qt.QLabel(_("Nodes in entry")), qt.QLabel(_("Below cricoid"))
        layout.addLayout(row_of(number, self.countBox, below, self.cricoidBox, stretched=3))
        self.outlineLabel.visible = False
        for label in (self.proposalLabel, self.outlineLabel):
            label.wordWrap = True
        layout.addLayout(row_of(self.proposalLabel, self.takeButton, stretched=0))
        layout.addWidget(self.outlineLabel)

    def showNode(self, node: Node | None) -> None:
        """Show a node; without one nothing can be edited."""
        self._node_id = "" if node is None else node.id
        self.enabled = node is not None
        self.sideBox.showKey(node.side if node else "")
        self.levelBox.showKey(node.level if node else "")
        self.sizeBox.showNumber(node.greatest_dimension_mm if node else None)
        self.countBox.showNumber(node.count if node else 1)
        self.cricoidBox.showKey(choices.key_of_flag(node.extends_below_cricoid if node else None))
        self._showProposal(node)

    def showOutlineChanged(self, has_changed: bool) -> None:
        """Say whether the segment was changed after it was measured."""
        self.outlineLabel.visible = has_changed

    def _showProposal(self, node: Node | None) -> None:
        proposal = proposal_for(node)
        self._proposed = proposal.level
        self.proposalLabel.text = proposal.line
        self.proposalLabel.toolTip = proposal.reason
        self.levelBox.toolTip = proposal.reason
        self.proposalLabel.visible = bool(proposal.line)
        self.takeButton.visible = proposal.is_new

    def _onTake(self) -> None:
        if self._proposed is not None:
            self._set("level", level=self._proposed)

    def _onSize(self, size_mm: float | None) -> None:
        self._set("size", greatest_dimension_mm=size_mm)

    def _set(self, label: str, **values: Any) -> None:
        self._edit(f"{self._node_id}: {label}", set_node_fields(self._node_id, **values))
