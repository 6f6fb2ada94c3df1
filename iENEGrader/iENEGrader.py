"""iENEGrader: the module's card, its panel in Slicer, its logic and its self-test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

if TYPE_CHECKING:
    from iENEGraderLib.panel.node_segments import SegmentedNode
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment

DOCUMENTATION = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs/iENEGrader.md"


class iENEGrader(ScriptedLoadableModule):
    """The module's card."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        parent.title = _("iENE Grader")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        parent.contributors = ["The HeadNeckNodes developers"]
        parent.helpText = _(
            "Grades imaging-detected extranodal extension (iENE) of neck lymph nodes and stages N by UICC 9, current"
            " AJCC and TNM 8. You say what you see and how sure you are; only unequivocal findings count.<br>"
            'See the <a href="{url}">documentation</a>. <b>For research and teaching use. Not a medical device.</b>'
        ).format(url=DOCUMENTATION)
        parent.acknowledgementText = _("Criteria: Henson et al. 2024, Branstetter et al. 2025, Kuno et al. 2025.")
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData() -> None:
    """Offer the digital neck in the Sample Data module; it is made on this computer, nothing is downloaded."""
    if not hasattr(slicer.modules, "sampledata"):
        return  # Slicer can be started without that module
    import SampleData

    source = SampleData.SampleDataLogic
    source.registerCustomSampleDataCategory("iENEGrader", title=_("iENE Grader"))
    source.registerCustomSampleDataSource(
        category="iENEGrader",
        sampleName="DigitalNeckNodes",
        thumbnailFileName=str(Path(__file__).parent / "Resources/Icons/iENEGrader.png"),
        customDownloader=lambda _source: iENEGraderLogic().addSampleCase(),
    )


class iENEGraderWidget(ScriptedLoadableModuleWidget):
    """Puts the panel into the module's place."""

    def setup(self) -> None:
        super().setup()
        from iENEGraderLib.panel.grader_panel import GraderPanel
        from iENEGraderLib.panel.reading_session import ReadingSession

        self.logic = iENEGraderLogic()
        self.session = ReadingSession()
        self.panel = GraderPanel(self.session, self.logic)
        self.layout.addWidget(self.panel)

    def enter(self) -> None:
        self.panel.enter(slicer.util.mainWindow())

    def exit(self) -> None:
        self.panel.leave()

    def cleanup(self) -> None:
        self.panel.leave()
        self.session.close()

    def onReload(self) -> None:
        from iENEGraderLib.panel.reloading import forget_library

        self.cleanup()
        forget_library()
        super().onReload()


class iENEGraderLogic(ScriptedLoadableModuleLogic):
    """What the module can do, for scripts and for the panel."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""
        from iENEGraderLib.rules import assess

        return assess(reading)

    def segmentedNodes(self) -> tuple[SegmentedNode, ...]:
        """Measure the node segments of the scene."""
        from iENEGraderLib.panel.segment_measurement import segmented_nodes

        return segmented_nodes()

    def addSampleCase(self) -> list[Any]:
        """Add the sample case to the scene; its volume comes first in the list of nodes."""
        from iENEGraderLib.panel.sample_case import add_sample_case

        case = add_sample_case()
        return [case.volume, case.nodes, case.anatomy, case.reading]


class iENEGraderTest(ScriptedLoadableModuleTest):
    """Self-test of the module, in Slicer and out of it."""

    def runTest(self, **_options: Any) -> None:
        from iENEGraderLib.panel import self_test

        self_test.run()
