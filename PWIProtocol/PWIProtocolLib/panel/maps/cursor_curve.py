"""The curve of the voxel under the cursor with its fit, drawn while the mouse moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from PWIProtocolLib.kinetics import VoxelStatus
from PWIProtocolLib.panel.maps.map_words import parameter_words
from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import MappedStudy

DATA, FIT = "voxel", "fit"
DATA_COLOUR, FIT_COLOUR = (0.35, 0.55, 0.85), (0.95, 0.6, 0.1)


class CursorCurve:
    """Follows the crosshair while it is on.

    Parameters
    ----------
    study : returns the fit that is shown; None for none.
    tell : called with what the voxel under the cursor is.
    """

    def __init__(self, study: Callable[[], MappedStudy | None], tell: Callable[[str], None]) -> None:
        self._study = study
        self._tell = tell
        self._at: int | None = None
        self._observed = VTKObservationMixin()
        self.plot = CurvePlot(_("Curve under the cursor"))

    def follow(self, follows: bool) -> None:
        """Begin or stop to follow the mouse."""
        self._observed.removeObservers()
        self._at = None
        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        if follows and crosshair is not None:
            event = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
            self._observed.addObserver(crosshair, event, self._on_cursor)
        if not follows:
            self.plot.remove()

    def show(self, index: int) -> None:
        """Draw the curve of one voxel and its fit."""
        study = self._study()
        if study is None:
            return
        curve = study.concentration(np.array([index]))
        times = study.inputs.dynamic.time_s
        known = np.isfinite(curve).all()
        curves = [Curve(DATA, times, curve[0], DATA_COLOUR, is_points=True)] if known else []
        maps = study.fitter.run(curve) if known else None
        if maps is not None and maps.has_value[0]:
            curves.append(Curve(FIT, times, study.drawn(maps), FIT_COLOUR))
            words = parameter_words(maps)
        else:
            words = VoxelStatus(int(study.kinetic.status[index])).meaning
        self.plot.show(words, *curves)
        self._tell(words)

    def _on_cursor(self, crosshair: Any, _event: str) -> None:
        study, place = self._study(), [0.0, 0.0, 0.0]
        if study is None or not crosshair.GetCursorPositionRAS(place):
            return
        geometry = study.inputs.dynamic.geometry
        at = np.rint(geometry.kji_from_ras(np.array(place))).astype(int)
        if (at < 0).any() or (at >= np.array(geometry.array_shape)).any():
            return
        index = int(np.ravel_multi_index(tuple(at), geometry.array_shape))
        if index != self._at:
            self._at = index
            self.show(index)
