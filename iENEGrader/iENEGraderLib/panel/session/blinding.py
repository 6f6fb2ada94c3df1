"""Reading blinded: a setting of the scene that hides what other readers did, and what views say of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.session.corner_texts import CornerTexts

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.reading_session import ReadingSession

PARAMETER = "Blinded"


class Blinding(VTKObservationMixin):
    """Keeps the setting in the module's parameter node, and has session and views follow it.

    Closing the scene empties that node, but does not end the blinding: the next case would be seen with all names.

    Parameters
    ----------
    parameter_node : returns the module's parameter node (vtkMRMLScriptedModuleNode).
    """

    def __init__(self, session: ReadingSession, parameter_node: Callable[[], Any]) -> None:
        super().__init__()
        self._session = session
        self._parameter_node = parameter_node
        self._corner_texts = CornerTexts()
        self._away = True
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.EndCloseEvent, self._on_closed)
        self.addObserver(scene, scene.EndBatchProcessEvent, self._follow)
        self._follow()

    def set(self, blinded: bool) -> None:
        """Blind the reader, or end that."""
        self._parameter_node().SetParameter(PARAMETER, "true" if blinded else "false")
        self._follow()

    def enter(self) -> None:
        """Hide what views say of the patient when the reader is blinded."""
        self._away = False
        self._follow()

    def leave(self) -> None:
        """Give the views back what they say."""
        self._away = True
        self._corner_texts.restore()

    def close(self) -> None:
        """Give the views back what they say, and stop observing."""
        self.leave()
        self.removeObservers()

    def _follow(self, *_: object) -> None:
        if slicer.mrmlScene.IsBatchProcessing():
            return
        node = self._parameter_node()
        if not self.hasObserver(node, vtk.vtkCommand.ModifiedEvent, self._follow):
            self.addObserver(node, vtk.vtkCommand.ModifiedEvent, self._follow)
        self._session.blinded = node.GetParameter(PARAMETER) == "true"
        if self._session.blinded and not self._away:
            self._corner_texts.hide()
        else:
            self._corner_texts.restore()

    def _on_closed(self, *_: object) -> None:
        if self._session.blinded:
            self._parameter_node().SetParameter(PARAMETER, "true")
