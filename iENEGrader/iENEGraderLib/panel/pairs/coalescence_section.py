"""Two nodes that may have grown together: the three criteria side by side, each measured and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.later import done_later
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.panel.findings.suggestions import COALESCENCE
from iENEGraderLib.panel.pairs.coalescence_study import (
    COALESCENCE_KINDS,
    CoalescenceStudy,
    partners_by_distance,
    study_coalescence,
)
from iENEGraderLib.panel.pairs.pair_edits import keep_evidence, same_segment, set_pair_finding
from iENEGraderLib.panel.result.presenter import change_label
from iENEGraderLib.panel.widgets.criterion_column import CriterionColumn
from iENEGraderLib.panel.widgets.offer_box import OfferBox
from iENEGraderLib.scene.coalescence_view import show_contact
from iENEGraderLib.scene.layouts import Layout, show_layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Certainty, FindingKind, Node
    from iENEGraderLib.scene.segmented_scene import SegmentedScene

MEASURE_MS = 300


class CoalescenceSection(qt.QWidget):
    """Measures and reads the contact of the selected node with another one.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    segments : what is segmented in the scene.
    go_to : takes all views to a place, RAS mm, so that they can be brought back.
    """

    def __init__(
        self,
        session: ReadingSession,
        edit: Callable[..., None],
        segments: SegmentedScene,
        go_to: Callable[[Sequence[float]], None],
    ) -> None:
        super().__init__()
        self._session = session
        self._edit = edit
        self._segments = segments
        self._go_to = go_to
        self._node: Node | None = None
        self._partner = ""
        self.study: CoalescenceStudy | None = None
        self.fold = ctk.ctkCollapsibleButton()
        self.partnerBox = OfferBox(self._onPartner)
        self.showButton = tool_button(
            _("Show"), _("Measure the contact and take the three planes to it"), self.showContact
        )
        self.summary = wrapped_label()
        self.columns = {kind: CriterionColumn(kind, self._onCertainty, go_to) for kind in COALESCENCE}
        self.bothBox = qt.QCheckBox(_("set for both nodes"))
        self.keepButton = tool_button(
            _("Keep as evidence"), _("Put the measurements into the reading, at both nodes; they count for nothing "
            "by themselves"), self.keep,
        )  # fmt: skip
        self.bodies = wrapped_label()
        self._timer = done_later(MEASURE_MS, self._onLive)
        self._build()
        segments.listen(self._onSegments)

    def _build(self) -> None:
        self.fold.text = _("Coalescence")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        layout = tight(qt.QVBoxLayout(self.fold))
        layout.setContentsMargins(8, 2, 2, 4)
        self.partnerBox.toolTip = _("The other node; the nearest first")
        self.partnerBox.setAccessibleName(_("Other node"))
        layout.addLayout(row_of(qt.QLabel(_("With")), self.partnerBox, self.showButton, stretched=1))
        columns = tight(qt.QHBoxLayout())
        for column in self.columns.values():
            columns.addWidget(column, 1)
        layout.addLayout(columns)
        self.bothBox.checked = True
        self.bothBox.toolTip = _("The finding is of a node: at a contact both nodes have it")
        layout.addLayout(row_of(self.bothBox, qt.QLabel(), self.keepButton, stretched=1))
        for label in (self.summary, self.bodies):
            label.setTextFormat(qt.Qt.PlainText)
            layout.addWidget(label)
        self._showStudy()

    def showNode(self, node: Node | None) -> None:
        """Show the contact of a node, and what the reader says of it; what was measured of another one goes."""
        if not same_segment(self._node, node):
            self.study = None
        self._node = node
        for column in self.columns.values():
            column.showNode(node)
        self.refresh()

    def refresh(self) -> None:
        """Offer the nodes that are segmented now, when the section is folded out."""
        if not self.fold.collapsed:
            reason = self._offerPartners()
            self._showStudy(reason)

    def leave(self) -> None:
        """Forget what was measured; called when the user leaves the module, where segments are not followed."""
        self._timer.stop()
        self.study = None
        self._showStudy()

    def showContact(self) -> None:
        """Measure, and take the three planes to the contact."""
        with slicer.util.WaitCursor():
            measured = self._measure()
        if measured and self.study is not None:
            show_layout(Layout.READING)
            self._go_to(self.study.centre_ras_mm)
            show_contact(self.study.centre_ras_mm, self.study.direction_ras)

    def keep(self) -> None:
        """Put what was measured into the reading, at both nodes, as one step."""
        study = self.study
        if study is not None:
            label = _("keep contact of {node} and {partner}").format(node=study.node_id, partner=study.partner_id)
            self._edit(label, keep_evidence(study.evidence(), COALESCENCE_KINDS, study.partner_of))

    def _measure(self) -> bool:
        self._timer.stop()
        try:
            segmentation, image = self._segments.look()
            nodes = self._nodes(segmentation)
            if self._node is None or not self._partner:
                raise InputError(_("Choose a node that has another one beside it"))
            self.study = study_coalescence(image, segmentation.geometry, nodes, self._node.id, self._partner)
        except InputError as error:
            self.study = None
            self._showStudy(str(error))
            return False
        self._showStudy()
        return True

    def _nodes(self, segmentation: Segmentation) -> Mapping[str, Segment]:
        reading = self._session.reading
        return {} if reading is None else match_segments(reading, segmentation, skip_unknown=True).segment_of

    def _offerPartners(self) -> str:
        """Offer the other nodes; return why there are none."""
        reason, partners = "", tuple[str, ...]()
        try:
            segmentation, _image = self._segments.look()
            nodes = self._nodes(segmentation)
            if self._node is not None:
                partners = partners_by_distance(self._node.id, nodes, segmentation.geometry)
                if self._node.id not in nodes:
                    reason = _("{node} has no segment: give it one under Nodes").format(node=self._node.id)
        except InputError as error:
            reason = str(error)
        self.partnerBox.offer([(each, each) for each in partners])
        if self._partner not in partners:
            self._partner = partners[0] if partners else ""
        self.partnerBox.showKey(self._partner)
        self.showButton.enabled = bool(self._partner)
        return reason

    def _onPartner(self, node_id: str) -> None:
        self._partner = node_id
        if self.study is not None:
            self.showContact()

    def _onSegments(self) -> None:
        if self.study is not None:
            self._timer.start()

    def _onLive(self) -> None:
        if self.study is not None:
            self._measure()

    def _onCertainty(self, kind: FindingKind, certainty: Certainty | None) -> None:
        study = self.study
        if study is None:
            return
        node_ids = tuple(study.partner_of) if self.bothBox.checked else (study.node_id,)
        change = set_pair_finding(node_ids, study.partner_of, kind, certainty, study.centre_ras_mm)
        self._edit(change_label(" and ".join(node_ids), kind, certainty), change)

    def _showStudy(self, reason: str = "") -> None:
        study = self.study
        self.summary.text = reason if study is None else study.summary
        self.summary.visible = bool(self.summary.text)
        self.bodies.text = "" if study is None else "\n".join((study.bodies, *study.found.warnings))
        for widget in (self.bodies, self.bothBox, self.keepButton):
            widget.visible = study is not None
        for at, column in enumerate(self.columns.values()):
            column.visible = study is not None
            column.showCriterion(None if study is None else study.criteria[at])
