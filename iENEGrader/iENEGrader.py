"""iENEGrader: the module's card, its panel in Slicer, its logic and its self-test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
from iENEGraderLib.panel.grader_service import GraderService
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

DOCUMENTATION = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs/iENEGrader.md"


class iENEGrader(ScriptedLoadableModule):
    """The module's card."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        parent.title = _("iENE Grader")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        # Of all that is used, these two alone bring nodes, conversions and logic that Slicer's core does not have.
        parent.dependencies = ["Markups", "Segmentations"]
        parent.contributors = ["The HeadNeckNodes developers"]
        parent.helpText = _(
            "Grades imaging-detected extranodal extension (iENE) of neck lymph nodes and stages N by UICC 9, the "
            "current AJCC system and TNM 8. You say what you see and how sure you are; only unequivocal findings "
            'count.<br>The <a href="{url}">documentation</a> has a tutorial and the source of every rule.<br>'
            "<b>For research and teaching use. Not a medical device.</b>"
        ).format(url=DOCUMENTATION)
        parent.acknowledgementText = _(
            "The criteria are those of the Head and Neck Cancer International Group (Henson et al., Lancet Oncol 2024) "
            "and of the Joint Task Force's guide for radiologists (Branstetter et al., 2025), as reviewed by Kuno et "
            "al., Jpn J Radiol 2025. Please cite them when you publish results."
        )
        slicer.app.connect("startupCompleted()", registerSampleData)
        slicer.app.connect("startupCompleted()", registerLayouts)


def registerLayouts() -> None:
    """Make the arrangements of views known: a saved scene may ask for one before the module is opened."""
    from iENEGraderLib.scene.layouts import register_layouts

    register_layouts()


def registerSampleData() -> None:
    """Offer the digital neck in the Sample Data module; it is made on this computer, nothing is downloaded."""
    if not hasattr(slicer.modules, "sampledata"):
        return  # Slicer can be started without that module
    import SampleData

    logic = SampleData.SampleDataLogic
    logic.registerCustomSampleDataCategory("iENEGrader", title=_("iENE Grader"))
    logic.registerCustomSampleDataSource(
        category="iENEGrader",
        sampleName="DigitalNeckNodes",
        uris=[],  # Slicer counts the files of every sample; this one has none
        fileNames=[],
        thumbnailFileName=str(Path(__file__).parent / "Resources/Icons/iENEGrader.png"),
        customDownloader=lambda _source: iENEGraderLogic().addSampleCase(),
    )


class iENEGraderWidget(ScriptedLoadableModuleWidget):
    """Puts the panel into the module's place."""

    panel: Any = None

    def setup(self) -> None:
        super().setup()
        from iENEGraderLib.panel.grader_panel import GraderPanel
        from iENEGraderLib.panel.session.reading_session import ReadingSession

        self.logic = iENEGraderLogic()
        self.session = ReadingSession()
        self.panel = GraderPanel(self.session, self.logic)
        self.layout.addWidget(self.panel)
        if getattr(self.parent, "isEntered", False):  # after Reload nobody else enters the panel that is shown
            self.enter()

    def enter(self) -> None:
        self.panel.enter(slicer.util.mainWindow())

    def exit(self) -> None:
        self.panel.leave()

    def cleanup(self) -> None:
        if self.panel is not None:  # else the setup has failed, and said why
            self.panel.cleanUp()
            self.session.close()

    def onReload(self) -> None:
        from HeadNeckNodesLib.widgets.reloading import forget_library

        self.cleanup()
        forget_library("iENEGraderLib")
        super().onReload()


class iENEGraderLogic(GraderService, ScriptedLoadableModuleLogic):
    """What the module can do, for scripts and for the panel."""


class iENEGraderTest(ScriptedLoadableModuleTest):
    """Self-test of the module, in Slicer and out of it."""

    def runTest(self, **_options: Any) -> None:
        from iENEGraderLib.panel import self_test

        self_test.run()
