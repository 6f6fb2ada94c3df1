"""PWIProtocol: the module's card, its panel in Slicer and its self-test."""

from __future__ import annotations

from typing import Any

from PWIProtocolLib.panel.description import DOCUMENTATION
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)


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
            "For perfusion MRI (DCE) of the head and neck: made to check a study against published recommendations "
            "and to compute perfusion maps. Version 0.1 contains a description only.<br>"
            'See the <a href="{url}">documentation</a>. <b>For research and teaching use. Not a medical device.</b>'
        ).format(url=DOCUMENTATION)
        parent.acknowledgementText = _(
            "The recommendations are those of Romeo et al., Insights into Imaging 2022;13:198. Please cite them."
        )


class PWIProtocolWidget(ScriptedLoadableModuleWidget):
    """Puts the panel into the module's place."""

    def setup(self) -> None:
        super().setup()
        from PWIProtocolLib.panel.description_panel import DescriptionPanel

        self.panel = DescriptionPanel()
        self.layout.addWidget(self.panel)

    def onReload(self) -> None:
        from HeadNeckNodesLib.widgets.reloading import forget_library

        forget_library("PWIProtocolLib")
        super().onReload()


class PWIProtocolTest(ScriptedLoadableModuleTest):
    """Self-test of the module, in Slicer and out of it."""

    def runTest(self, **_options: Any) -> None:
        from PWIProtocolLib.panel import self_test

        self_test.run()
