"""Saves an arterial curve: as a CSV file, and as tables of the scene."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import write_aif_csv
from PWIProtocolLib.scene.maps.aif_table import add_aif_table, add_samples_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import Arterial

CSV = "CSV (*.csv)"
FILE_NAME = "arterial-curve.csv"
NO_CURVE = "arterial curve: none is shown; press Show first"


class AifSaving(qt.QWidget):
    """Buttons that save the curve that is shown.

    Parameters
    ----------
    arterial : returns it; None for none.
    say : says what was done.
    """

    def __init__(self, arterial: Callable[[], Arterial | None], say: Callable[[str], None]) -> None:
        super().__init__()
        self._arterial = arterial
        self._say = say
        self.fileButton = tool_button(
            _("Save CSV..."), _("Write the curve as the fit uses it: time (s),plasma concentration (mM)"), self._onFile
        )
        self.tableButton = tool_button(
            _("Add tables"), _("Put curve and samples into the scene, to be saved with it"), self._onTable
        )
        tight(qt.QVBoxLayout(self)).addLayout(row_of(self.fileButton, self.tableButton))

    def _onFile(self) -> None:
        arterial = self._needed()
        answer = qt.QFileDialog.getSaveFileName(self, _("Save arterial curve"), FILE_NAME, CSV)
        path = str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
        if path:
            write_aif_csv(path, arterial.time_s, arterial.aif_mM)
            self._say(_("Saved {name}").format(name=Path(path).name))

    def _onTable(self) -> None:
        arterial = self._needed()
        nodes = [node for node in (add_aif_table(arterial), add_samples_table(arterial)) if node is not None]
        self._say(_("Added to the scene: {names}").format(names=", ".join(node.GetName() for node in nodes)))

    def _needed(self) -> Arterial:
        arterial = self._arterial()
        if arterial is None:
            raise InputError(_(NO_CURVE))
        return arterial
