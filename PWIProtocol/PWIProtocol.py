"""PWIProtocol: the module's card, its panel in Slicer, its logic and its self-test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
from PWIProtocolLib.panel.protocol_service import ProtocolService
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

DOCUMENTATION = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs/PWIProtocol.md"


class PWIProtocol(ScriptedLoadableModule):
    """The module's card."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        parent.title = _("PWI Protocol")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        # iENE Grader brings HeadNeckNodesLib, which both modules stand on.
        parent.dependencies = ["iENEGrader"]
        parent.contributors = ["The HeadNeckNodes developers"]
        parent.helpText = _(
            "Tells of a perfusion MRI study (DCE) of the head and neck which of the published recommendations it "
            "meets, which it does not meet, and what cannot be told from its data: with the value, the limit, the "
            "DICOM attribute and the file behind each answer. What the headers lack can be entered.<br>"
            'The <a href="{url}">documentation</a> names the source of every limit.<br>'
            "Perfusion MRI is not recommended for N staging. "
            "<b>For research and teaching use. Not a medical device.</b>"
        ).format(url=DOCUMENTATION)
        parent.acknowledgementText = _(
            "The recommendations are those of Romeo et al., Insights into Imaging 2022;13:198. Please cite them."
        )
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData() -> None:
    """Offer the made-up studies in the Sample Data module; they are made on this computer, nothing is downloaded."""
    if not hasattr(slicer.modules, "sampledata"):
        return  # Slicer can be started without that module
    import SampleData

    logic = SampleData.SampleDataLogic
    logic.registerCustomSampleDataCategory("PWIProtocol", title=_("PWI Protocol"))
    logic.registerCustomSampleDataSource(
        category="PWIProtocol",
        sampleName="MadeUpPerfusionStudy",
        uris=[],  # Slicer counts the files of every sample; this one has none
        fileNames=[],
        thumbnailFileName=str(Path(__file__).parent / "Resources/Icons/PWIProtocol.png"),
        customDownloader=lambda _source: PWIProtocolLogic().addSampleCheck(),
    )
    logic.registerCustomSampleDataSource(
        category="PWIProtocol",
        sampleName="PerfusionReferenceObject",
        uris=[],
        fileNames=[],
        thumbnailFileName=str(Path(__file__).parent / "Resources/Icons/PWIProtocol.png"),
        customDownloader=lambda _source: PWIProtocolLogic().addReferenceObject(),
    )


class PWIProtocolWidget(ScriptedLoadableModuleWidget):
    """Puts the panel into the module's place."""

    panel: Any = None

    def setup(self) -> None:
        super().setup()
        from PWIProtocolLib.panel.perfusion_panel import PerfusionPanel

        self.logic = PWIProtocolLogic()
        self.panel = PerfusionPanel(self.logic)
        self.layout.addWidget(self.panel)

    def enter(self) -> None:
        self.panel.enter()

    def cleanup(self) -> None:
        if self.panel is not None:  # else the setup has failed, and said why
            self.panel.cleanUp()

    def onReload(self) -> None:
        from HeadNeckNodesLib.widgets.reloading import forget_library

        self.cleanup()
        forget_library("PWIProtocolLib")
        super().onReload()


class PWIProtocolLogic(ProtocolService, ScriptedLoadableModuleLogic):
    """What the module can do, for scripts and for the panel."""


class PWIProtocolTest(ScriptedLoadableModuleTest):
    """Self-test of the module, in Slicer and out of it."""

    def runTest(self, **_options: Any) -> None:
        from PWIProtocolLib.panel import self_test

        self_test.run()
