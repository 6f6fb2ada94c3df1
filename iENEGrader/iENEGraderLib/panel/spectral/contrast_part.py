"""Scans before and after contrast agent: chosen, registered and subtracted, with progress and a way to stop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import image_of_volume
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.input_rows import InputRow
from iENEGraderLib.panel.spectral.subtraction_values import (
    SubtractionMap,
    subtraction_evidence,
    subtraction_words,
)
from iENEGraderLib.scene.compare_views import comparable_volumes
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.contrast_volumes import (
    SLOPE_ATTRIBUTE,
    add_subtraction,
    are_rims_shown,
    show_rims,
    subtract,
)
from iENEGraderLib.scene.spectral.input_choice import InputChoice, remember
from iENEGraderLib.scene.spectral.overlay import OverlaySetting, show_overlay
from iENEGraderLib.scene.spectral.spectral_layout import show_in_planes
from iENEGraderLib.scene.spectral.spectral_volumes import is_map

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry

    from iENEGraderLib.panel.spectral.regions import Region
    from iENEGraderLib.panel.spectral.regions_part import EvidenceOf

RIMS, IODINE = "ContrastFalseRims", "ContrastIodine"
"""References of the parameter node to what came of a subtraction, so that a loaded scene offers it as before."""
OVERLAY = OverlaySetting(0.6, 1.0)
WHOLE = 100


class StoppedError(Exception):
    """The user has stopped the work."""


class ContrastPart(qt.QWidget):
    """Chooses two scans and makes a map of iodine of them. The parameter node keeps which, and the result.

    Parameters
    ----------
    parameter_node : returns the module's parameter node.
    tried : runs an action and says why it failed.
    regions : returns what is to be measured on a grid.
    keep : puts evidence of the nodes on a grid into the reading.
    """

    def __init__(
        self,
        parameter_node: Callable[[], Any],
        tried: Callable[[Callable[[], None]], None],
        regions: Callable[[ImageGeometry], Sequence[Region]],
        keep: Callable[[ImageGeometry, EvidenceOf], None],
    ) -> None:
        super().__init__()
        self._regions = regions
        self._keep = keep
        self._parameterNode = parameter_node
        self._isStopped = False
        self._isRunning = False
        self._told: Any = None
        self.fold = ctk.ctkCollapsibleButton()
        self.rows = {
            name: InputRow(partial(self._onVolume, name), self._onSaid) for name in ("ContrastBefore", "ContrastAfter")
        }
        self.subtractButton = tool_button(
            _("Register and subtract"),
            _("Bring the scan before contrast agent onto that after it, and compute iodine from the difference"),
            partial(tried, self.subtract),
        )
        self.cancelButton = tool_button(_("Cancel"), _("Stop; the scene stays as it is"), self.stop)
        self.rimsButton = tool_button(
            _("Show false rims"), _("Voxels at strong edges, where a misfit can look like iodine"), self._onRims
        )
        self.measureButton = tool_button(
            _("Measure"),
            _("Iodine of nodes, muscle, vessels and drawn regions in the difference, and what of it could be false"),
            partial(tried, self.measure),
        )
        self.keepButton = tool_button(
            _("Keep as evidence"),
            _("Put the iodine of all nodes into the reading, in the place of iodine kept before; it counts for nothing "
              "by itself"),
            partial(tried, self.keep),
        )  # fmt: skip
        self.bar = qt.QProgressBar()
        self.words = wrapped_label()
        self.values = wrapped_label()
        self._build()

    def _build(self) -> None:
        self.fold.text = _("Before and after contrast agent")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(8, 2, 2, 4)
        for label, row in zip((_("Before contrast agent"), _("After contrast agent")), self.rows.values(), strict=True):
            inside.addWidget(qt.QLabel(label))
            inside.addWidget(row)
            row.volumeBox.toolTip = label
        inside.addLayout(row_of(self.subtractButton, self.rimsButton))
        inside.addLayout(row_of(self.measureButton, self.keepButton))
        inside.addLayout(row_of(self.bar, self.cancelButton, stretched=0))
        for label in (self.words, self.values):
            label.setTextFormat(qt.Qt.PlainText)
            inside.addWidget(label)
        self.bar.setRange(0, WHOLE)
        self.rimsButton.checkable = True
        self._showRunning(running=False)
        self._showResult("")
        self._showValues("")
        for button in (self.rimsButton, self.measureButton, self.keepButton):
            button.visible = False

    @property
    def rims(self) -> Any:
        """The mask of false rims of the last subtraction, or of the scene that was loaded; None without."""
        return self._parameterNode().GetNodeReference(RIMS)

    @property
    def iodine(self) -> Any:
        """The map of iodine of the same subtraction; None without."""
        return self._parameterNode().GetNodeReference(IODINE)

    def refresh(self) -> None:
        """Offer the volumes that there are now, when the part is folded out."""
        if self.fold.collapsed or self._isRunning:
            return
        volumes = [each for each in comparable_volumes() if is_ct(each) and not is_map(each)]
        offered = [("", "–"), *((each.GetID(), each.GetName()) for each in volumes)]
        for name, row in self.rows.items():
            chosen = self._parameterNode().GetNodeReference(name)
            row.volumeBox.offer(offered)
            row.showVolume(chosen if chosen in volumes else None)
        self._showRims()

    def stop(self) -> None:
        """Stop what runs; the scene stays as it is."""
        self._isStopped = True

    def subtract(self) -> None:
        """Register and subtract; the scene changes only when all of it has succeeded."""
        before, after = (row.choice for row in self.rows.values())
        if before is None or after is None:
            raise InputError(_("Choose a scan before and one after contrast agent"))
        self._isStopped = False
        self._showResult("")
        self._showRunning(running=True)
        try:
            found = subtract(before, after, self._onProgress)
        except StoppedError:
            self._showResult(_("Stopped: nothing was changed"))
            return
        except InputError:
            self._showResult("")  # what was being done, when it failed
            raise
        finally:
            self._showRunning(running=False)
        if not all(slicer.mrmlScene.IsNodePresent(each.volume) for each in (before, after)):
            raise InputError(_("A volume was removed meanwhile; choose again"))
        volumes = add_subtraction(found, before.volume, after.volume)
        self._parameterNode().SetNodeReferenceID(IODINE, volumes.iodine.GetID())
        self._parameterNode().SetNodeReferenceID(RIMS, volumes.rims.GetID())
        show_in_planes(after.volume)
        show_overlay(volumes.iodine, OVERLAY, [after.volume])
        show_rims(volumes.rims, visible=True)
        self._showRims()

    def measure(self) -> None:
        """Read the difference in nodes, muscle, vessels and drawn regions."""
        self._showValues("")
        with slicer.util.WaitCursor():
            found = self._found()
            regions = self._regions(found.iodine.geometry)
            self._showValues("\n".join(subtraction_words(found, each) for each in regions))

    def keep(self) -> None:
        """Put the iodine of nodes into the reading as one step."""
        found = self._found()
        self._keep(found.iodine.geometry, partial(subtraction_evidence, found))

    def _found(self) -> SubtractionMap:
        """Return what the last subtraction has left in the scene."""
        iodine, rims = self.iodine, self.rims
        if iodine is None or rims is None:
            raise InputError(_("The result of the subtraction is no longer in the scene; subtract again"))
        image, mask = image_of_volume(iodine), image_of_volume(rims)
        if not image.geometry.matches(mask.geometry):
            raise InputError(_("The false rims do not lie on the grid of the iodine; subtract again"))
        return SubtractionMap(image, mask.voxels > 0, float(iodine.GetAttribute(SLOPE_ATTRIBUTE) or 0.0))

    def _onProgress(self, share: float, words: str) -> None:
        self.bar.value = round(WHOLE * share)
        self.words.text = words
        self.words.visible = True
        qt.QApplication.processEvents()  # the click on Cancel comes in here
        if self._isStopped:
            raise StoppedError

    def _onRims(self) -> None:
        if self.rims is not None:
            show_rims(self.rims, visible=self.rimsButton.checked)

    def _onVolume(self, name: str, node_id: str) -> None:
        self._parameterNode().SetNodeReferenceID(name, node_id or None)
        self.refresh()

    def _onSaid(self, choice: InputChoice) -> None:
        remember(choice)
        for row in self.rows.values():
            if row.choice is not None and row.choice.volume is choice.volume:
                row.showChoice(choice)

    def _showRunning(self, *, running: bool) -> None:
        self._isRunning = running
        self.bar.value = 0
        for widget in (self.bar, self.cancelButton):
            widget.visible = running
        for widget in (self.subtractButton, *self.rows.values()):
            widget.enabled = not running

    def _showResult(self, words: str) -> None:
        self.words.text = words
        self.words.visible = bool(words)

    def _showValues(self, words: str) -> None:
        self.values.text = words
        self.values.visible = bool(words)

    def _showRims(self) -> None:
        """Offer the rims of the scene, and tell of them once when they are others than before."""
        rims = self.rims
        self.rimsButton.visible = rims is not None
        for button in (self.measureButton, self.keepButton):
            button.visible = rims is not None and self.iodine is not None
        self.rimsButton.checked = rims is not None and are_rims_shown(rims)
        if rims is not self._told:
            self._told = rims
            self._showResult("" if rims is None else rims.GetDescription())
            self._showValues("")
