"""Contact of the selected node with a vessel: stepped through along the vessel, in numbers and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.later import done_later
from HeadNeckNodesLib.widgets.layouts import heading, row_of, tight, tool_button, wrapped_label
from HeadNeckNodesLib.widgets.section_slider import PAGE, SectionSlider
from slicer.i18n import tr as _

from iENEGraderLib.measure.case.roles import assign_roles
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.panel.findings.mark_line import TARGET, small_button
from iENEGraderLib.panel.pairs.contact_study import (
    CONTACT_KINDS,
    ContactStudies,
    ContactStudy,
    details,
    headline,
    nearest_vessel,
    offered_vessels,
    section_words,
    vessel_words,
)
from iENEGraderLib.panel.pairs.drawn_angles import DrawnAngles
from iENEGraderLib.panel.pairs.pair_edits import keep_evidence, same_segment
from iENEGraderLib.panel.pairs.vessel_display import VesselDisplay
from iENEGraderLib.panel.widgets.offer_box import OfferBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.roles import RoleAssignment, Roles
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Node
    from iENEGraderLib.scene.segmented_scene import SegmentedScene

LIVE_MS = 30
"""Slicer tells several times of one stroke of a brush."""
WHOLE_MS = 400


class VesselSection(qt.QWidget):
    """Measures the contact of the selected node with one vessel, and shows it.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    segments : what is segmented in the scene.
    go_to : takes all views to a place, RAS mm.
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
        self._vessel = ""
        self._studies = ContactStudies()
        self._display: VesselDisplay | None = None
        self.study: ContactStudy | None = None
        self.fold = ctk.ctkCollapsibleButton()
        self.vesselBox = OfferBox(self._onVessel)
        self.showButton = tool_button(
            _("Show"), _("Trace the vessel, measure the contact and look at it across the vessel"), self.show_contact
        )
        self.headline = heading("")
        self.stepper = SectionSlider(self._onSection)
        self.maximumButton = small_button(
            TARGET, _("Go to the section with the greatest contact, in all views"), self.showMaximum
        )
        self.details = wrapped_label()
        self.keepButton = tool_button(
            _("Keep as evidence"),
            _("Put the measurement into the reading, in the place of an earlier one; it counts for nothing by itself"),
            self.keep,
        )
        self.drawn = DrawnAngles(session)
        self._live, self._whole = done_later(LIVE_MS, self._onLive), done_later(WHOLE_MS, self._measureAgain)
        self._build()
        self._keys = [self._key("PgUp", PAGE), self._key("PgDown", -PAGE)]
        segments.listen(self._onSegments)

    def _build(self) -> None:
        self.fold.text = _("Vessel contact")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        layout = tight(qt.QVBoxLayout(self.fold))
        layout.setContentsMargins(8, 2, 2, 4)
        self.vesselBox.toolTip = _("Vessel to measure against; the major arteries, which count for encasement, first")
        self.vesselBox.setAccessibleName(_("Vessel"))
        layout.addLayout(row_of(self.vesselBox, self.showButton, stretched=0))
        self.headline.wordWrap = True
        self.details.setTextFormat(qt.Qt.PlainText)
        layout.addWidget(self.headline)
        layout.addLayout(row_of(self.stepper, self.maximumButton, stretched=0))
        layout.addWidget(self.details)
        layout.addLayout(row_of(self.keepButton))
        layout.addWidget(self.drawn)
        self._showStudy()

    def _key(self, key: str, by: int) -> qt.QShortcut:
        """Return a key that steps while the keyboard is in this section."""
        shortcut = qt.QShortcut(self)
        shortcut.setKey(qt.QKeySequence(key))
        shortcut.setContext(qt.Qt.WidgetWithChildrenShortcut)
        shortcut.connect("activated()", lambda: self.stepper.step(by))
        return shortcut

    def showNode(self, node: Node | None) -> None:
        """Show the contact of a node; what was measured of another one goes."""
        if not same_segment(self._node, node):
            self._forget()
            self._vessel = ""
        self._node = node
        self.drawn.showNode(node)
        self.refresh()

    def refresh(self) -> None:
        """Offer the vessels that are segmented now, when the section is folded out."""
        if self.fold.collapsed:
            return
        reason = self._offerVessels()
        if self.study is None:
            self._showStudy(reason)

    def leave(self) -> None:
        """Take what is drawn out of the scene; called when the user leaves the module."""
        self._forget()
        self._showStudy()

    def close(self) -> None:
        """Stop observing the scene."""
        self._forget()
        self.drawn.close()

    def show_contact(self) -> None:
        """Measure, and show the vessel along its course."""
        with slicer.util.WaitCursor():
            if self._measure():
                self._open()

    def showMaximum(self) -> None:
        """Go to the section with the greatest contact, and take the other views there."""
        if self.study is None:
            return
        if self.study.profile.place_ras_mm is not None:
            self._go_to(self.study.profile.place_ras_mm)
        if self._display is not None:
            self._display.go_to_greatest()

    def keep(self) -> None:
        """Put what was measured into the reading, as one step."""
        study = self.study
        if study is not None:
            change = keep_evidence({study.node_id: study.evidence}, CONTACT_KINDS, [study.record.structure])
            self._edit(_("{node}: keep contact with {vessel}").format(node=study.node_id, vessel=self._vessel), change)

    # Measuring

    def _measure(self) -> bool:
        """Measure; False, with the reason in sight, when that cannot be done."""
        self._live.stop()
        self._whole.stop()
        try:
            roles, image = self._look()
            node, vessel = self._pair(roles)
            assert self._node is not None
            self.study = self._studies.study(image, roles, self._node.id, node, vessel)
        except InputError as error:
            self._forget()
            self._showStudy(str(error))
            return False
        self._showStudy()
        return True

    def _measureAgain(self) -> None:
        """Measure all of the contact anew after the outline was changed, at the section that is shown."""
        shown = None if self._display is None else self._display.centre_ras_mm
        if self.study is not None and self._measure() and shown is not None:
            self._open(shown)

    def _look(self) -> tuple[Roles, Image]:
        segmentation, image = self._segments.look()
        return assign_roles(segmentation), image

    def _pair(self, roles: Roles) -> tuple[Segment, Segment]:
        if self._node is None:
            raise InputError(_("Choose a node first"))
        node = self._segment(roles)
        if node is None:
            raise InputError(_("{node} has no segment: give it one under Nodes").format(node=self._node.id))
        vessel = next((each for each in roles.vessels if each.segment_id == self._vessel), None)
        if vessel is None:
            raise InputError(
                _("No vessel is segmented: name segments as TotalSegmentator does, or draw the contact by three points")
            )
        return node, vessel

    def _segment(self, roles: Roles) -> Segment | None:
        """Return the segment of the selected node."""
        reading = self._session.reading
        if reading is None or self._node is None:
            return None
        return match_segments(reading, roles.segmentation, skip_unknown=True).segment_of.get(self._node.id)

    def _onSegments(self) -> None:
        """A segment was changed: measure the section in sight at once, and all of it when the hand rests."""
        if self.study is not None:
            self._live.start()

    def _onLive(self) -> None:
        study, display = self.study, self._display
        if study is None:
            return
        self._whole.start()
        try:
            roles, _image = self._look()
            node, vessel = self._pair(roles)
        except InputError as error:
            self.headline.text = str(error)
            return
        if display is not None and vessel is study.vessel and node is not study.node:
            arc = study.arc_at(node, display.along_mm, display.branch)
            display.show_arc(arc)
            self.stepper.showText(section_words(display.along_mm, arc.longest_arc_deg))

    # Showing

    def _offerVessels(self) -> str:
        """Offer what is segmented; return why nothing can be measured, empty when something can."""
        offered: tuple[RoleAssignment, ...] = ()
        reason = ""
        try:
            roles = self._look()[0]
            offered = offered_vessels(roles)
            if self._vessel not in [each.segment_id for each in offered]:
                self._vessel = self._nearest(roles)
            self._pair(roles)
        except InputError as error:
            reason = str(error)
        if not offered:
            self._vessel = ""
        self.vesselBox.offer([(each.segment_id, vessel_words(each)) for each in offered])
        self.vesselBox.showKey(self._vessel)
        self.showButton.enabled = not reason
        return reason

    def _nearest(self, roles: Roles) -> str:
        """Return the vessel to begin with."""
        node = self._segment(roles)
        if node is not None and roles.vessels:
            return nearest_vessel(roles, node)
        return next((each.segment_id for each in offered_vessels(roles)), "")

    def _onVessel(self, segment_id: str) -> None:
        self._vessel = segment_id
        if self.study is not None:
            self.show_contact()

    def _open(self, at_ras_mm: Sequence[float] | None = None) -> None:
        """Show the sections, beginning with the greatest contact or with the one nearest to a place."""
        assert self.study is not None
        self._closeDisplay()
        if self.study.can_be_stepped:
            image = self._segments.look()[1]
            self._display = VesselDisplay(self.study, image.source, self._onStepped)
            self._display.begin(at_ras_mm)
        self._showStudy()

    def _onSection(self, section: int) -> None:
        if self._display is not None:
            self._display.go_to(section)

    def _onStepped(self) -> None:
        if self._display is not None:
            self.stepper.showSection(self._display.section, self._display.number)
            self.stepper.showText(section_words(self._display.along_mm, self._display.arc_deg))

    def _forget(self) -> None:
        self._live.stop()
        self._whole.stop()
        self.study = None
        self._closeDisplay()

    def _closeDisplay(self) -> None:
        if self._display is not None:
            self._display.close()
            self._display = None

    def _showStudy(self, reason: str = "") -> None:
        study = self.study
        self.headline.text = reason if study is None else headline(study.record)
        self.headline.visible = bool(self.headline.text)
        self.details.text = "" if study is None else "\n".join(details(study.record))
        self.details.visible = study is not None
        self.stepper.visible = self._display is not None
        self.maximumButton.visible = study is not None and study.profile.place_ras_mm is not None
        self.keepButton.visible = study is not None
