"""A small scripted module, written as for Slicer: the harness is tested with it."""

# ruff: noqa - in the style of module authors
import enum
from typing import Annotated

import slicer
import vtk
from slicer import vtkMRMLScalarVolumeNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import *
from slicer.util import VTKObservationMixin


class Side(enum.Enum):
    RIGHT = "r"
    LEFT = "l"

    def label(self):
        return self.name.lower()


@parameterNodeWrapper
class NodeCounterParameterNode:
    image: vtkMRMLScalarVolumeNode
    threshold: Annotated[float, WithinRange(-100, 200)] = 40.0
    side: Side
    comment: str = "none"


class NodeCounter(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Node Counter")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.contributors = ["A. Radiologist (a hospital)"]
        self.parent.helpText = _("Counts.") + self.getDefaultModuleDocumentationLink()
        self.started = 0
        slicer.app.connect("startupCompleted()", self.onStarted)

    def onStarted(self):
        self.started += 1


class NodeCounterWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self._parameterNode = None
        self._tag = None
        self.cleaned = False

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/NodeCounter.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = NodeCounterLogic()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.ui.applyButton.connect("clicked(bool)", self.onApplyButton)

    def cleanup(self):
        self.cleaned = True
        self.setParameterNode(None)  # a panel that is open when it is reloaded is not left before
        self.removeObservers()

    def enter(self):
        self.initializeParameterNode()

    def exit(self):
        if self._parameterNode:
            self._parameterNode.disconnectGui(self._tag)

    def onSceneStartClose(self, caller, event):
        self.setParameterNode(None)

    def onSceneEndClose(self, caller, event):
        if self.parent.isEntered:
            self.initializeParameterNode()

    def initializeParameterNode(self):
        self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, inputParameterNode):
        if self._parameterNode:
            self._parameterNode.disconnectGui(self._tag)
            self.removeObserver(self._parameterNode, vtk.vtkCommand.ModifiedEvent, self.checkCanApply)
        self._parameterNode = inputParameterNode
        if self._parameterNode:
            self._tag = self._parameterNode.connectGui(self.ui)
            self.addObserver(self._parameterNode, vtk.vtkCommand.ModifiedEvent, self.checkCanApply)
            self.checkCanApply()

    def checkCanApply(self, caller=None, event=None):
        self.ui.applyButton.enabled = bool(self._parameterNode and self._parameterNode.image)

    def onApplyButton(self):
        with slicer.util.tryWithErrorDisplay(_("Failed to count."), waitCursor=True):
            self.ui.result.text = self.logic.count(self._parameterNode.threshold)


class NodeCounterLogic(ScriptedLoadableModuleLogic):
    def getParameterNode(self):
        return NodeCounterParameterNode(super().getParameterNode())

    def count(self, threshold):
        if threshold < 0:
            raise ValueError("threshold below 0")
        return f"counted above {threshold:.1f}"


class NodeCounterTest(ScriptedLoadableModuleTest):
    ran = 0

    def setUp(self):
        slicer.mrmlScene.Clear()

    def test_counting(self):
        self.delayDisplay("Starting the test")
        assert NodeCounterLogic().count(2) == "counted above 2.0"
        NodeCounterTest.ran += 1
