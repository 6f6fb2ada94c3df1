"""Images at several flip angles that are in the scene: which of them, at which angle, with which repetition time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.quantity_box import Quantity
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.fit_choices import AngleVolume
from PWIProtocolLib.panel.maps.number_field import NumberField
from PWIProtocolLib.panel.maps.plain_table import cell_of, fit_height, plain_table
from PWIProtocolLib.scene.maps.angle_volumes import angle_candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.scene.maps.angle_volumes import AngleCandidate

VOLUME_COLUMN, ANGLE_COLUMN, SOURCE_COLUMN = range(3)
ROW_HEIGHT, MOST_ROWS = 22, 6
UNKNOWN = "enter it"


class AnglesPart(qt.QWidget):
    """A line for each volume of the scene: a tick, its name, its flip angle (editable), and where the angle stands.

    Parameters
    ----------
    on_changed : called after the user has changed something.
    """

    def __init__(self, on_changed: Callable[[], None]) -> None:
        super().__init__()
        self._onChanged = on_changed
        self._candidates: list[AngleCandidate] = []
        self._entered: dict[str, float] = {}
        self._ticked: set[str] | None = None
        titles = [_("Volume"), _("Angle (°)"), _("From")]
        self.table = plain_table(titles, VOLUME_COLUMN, ROW_HEIGHT)
        self.repetitionField = NumberField(
            Quantity(_("TR of the angles"), "ms", 3, 0.5, 100.0),
            tip=_("Repetition time of the images at several flip angles"),
            missing=_("enter it, in ms"),
        )
        self.repetitionField.onChanged = on_changed
        self._build()

    def _build(self) -> None:
        table = self.table
        table.setAccessibleName(_("Volumes at several flip angles"))
        table.toolTip = _("Tick the images; angles that no header states must be entered or checked")
        table.connect("cellChanged(int,int)", self._onCell)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(table)
        layout.addWidget(self.repetitionField)

    @property
    def volumes(self) -> tuple[AngleVolume, ...]:
        """The volumes that are ticked, with their angles."""
        ticked = [each for each in self._candidates if self._isTicked(each)]
        return tuple(AngleVolume(each.node.GetID(), None if each.is_set else self._angle(each)) for each in ticked)

    def showVolumes(self, volumes: tuple[AngleVolume, ...], repetition_time_ms: float | None) -> None:
        """Show an earlier choice, without telling anybody."""
        self._ticked = {each.node_id for each in volumes} if volumes else None
        self._entered = {each.node_id: each.flip_angle_deg for each in volumes if each.flip_angle_deg is not None}
        self.refresh()
        self.repetitionField.showEntered(repetition_time_ms)

    def refresh(self) -> None:
        """Offer the volumes that are in the scene now."""
        self._candidates = angle_candidates()
        self._show()
        stated = {each.repetition_time_ms for each in self._candidates if self._isTicked(each)}
        known = stated.pop() if len(stated) == 1 else None
        if not self.repetitionField.isEntered:
            self.repetitionField.showFound(known, _("from the header"))

    def _show(self) -> None:
        table = self.table
        was_blocked = table.blockSignals(True)
        table.setRowCount(len(self._candidates))
        for row, each in enumerate(self._candidates):
            name = self._item(row, VOLUME_COLUMN, each.node.GetName())
            name.setFlags(qt.Qt.ItemIsEnabled | qt.Qt.ItemIsUserCheckable)
            name.setCheckState(qt.Qt.Checked if self._isTicked(each) else qt.Qt.Unchecked)
            editable = qt.Qt.ItemIsEnabled | qt.Qt.ItemIsSelectable | qt.Qt.ItemIsEditable
            self._item(row, ANGLE_COLUMN, self._angleText(each)).setFlags(
                qt.Qt.ItemIsEnabled if each.is_set else editable
            )
            self._item(row, SOURCE_COLUMN, self._sourceText(each)).setFlags(qt.Qt.ItemIsEnabled)
        fit_height(table, min(max(len(self._candidates), 1), MOST_ROWS), ROW_HEIGHT)
        table.blockSignals(was_blocked)

    def _item(self, row: int, column: int, text: str) -> qt.QTableWidgetItem:
        item = cell_of(self.table, row, column)
        item.setText(text)
        item.setToolTip(text)
        return item

    def _isTicked(self, each: AngleCandidate) -> bool:
        """Tell whether it is chosen; before the user has chosen, those are that state an angle."""
        return bool(each.flip_angles_deg) if self._ticked is None else each.node.GetID() in self._ticked

    def _angle(self, each: AngleCandidate) -> float | None:
        return self._entered.get(each.node.GetID(), next(iter(each.flip_angles_deg), None))

    def _angleText(self, each: AngleCandidate) -> str:
        if each.is_set:
            return ", ".join(f"{angle:g}" for angle in each.flip_angles_deg)
        angle = self._angle(each)
        return "" if angle is None else f"{angle:g}"

    def _sourceText(self, each: AngleCandidate) -> str:
        if each.node.GetID() in self._entered:
            return _("entered")
        return _(each.words or UNKNOWN)

    def _onCell(self, row: int, column: int) -> None:
        each = self._candidates[row]
        key, item = each.node.GetID(), self.table.item(row, column)
        if column == VOLUME_COLUMN:
            ticked = {one.node.GetID() for one in self._candidates if self._isTicked(one)}
            self._ticked = ticked | {key} if item.checkState() == qt.Qt.Checked else ticked - {key}
        elif column == ANGLE_COLUMN:
            self._enter(key, item.text())
        self.refresh()
        self._onChanged()

    def _enter(self, key: str, text: str) -> None:
        """Take an angle; a text that is no number leaves what header or name say."""
        self._entered.pop(key, None)
        try:
            angle = float(text.replace(",", ".").rstrip("° "))
        except ValueError:
            return
        if angle > 0:
            self._entered[key] = angle
            ticked = {one.node.GetID() for one in self._candidates if self._isTicked(one)}
            self._ticked = ticked | {key}
