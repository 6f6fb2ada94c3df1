"""What the module can do without its panel: the logic that scripts call and that the panel is given.

Each part is imported when it is first asked for, so that Slicer starts as fast with this module as without it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PWIProtocolLib.protocol.answers import Answers
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.study import Study

    Progress = Callable[[int, int], bool]
    Paths = str | Path | Iterable[str | Path]

SAMPLE_FOLDER = "PWIProtocol"


class ProtocolService:
    """Reads studies, checks them, makes the sample study."""

    def readStudy(self, paths: Paths, label: str = "", progress: Progress | None = None, chosen: str = "") -> Study:
        """Read the headers of one study.

        Parameters
        ----------
        paths : folder, file, or several of them.
        label : name of the study in results; that of its folder when empty.
        progress : called with files done and in all; returns False to cancel.
        chosen : name of the one to take where there are several; it is the folder of that study.

        Raises
        ------
        SeveralStudiesError
            When there are several and none was chosen; it knows their names.
        InputError
            When there is no DICOM image, or not the chosen study.
        """
        from PWIProtocolLib.protocol.study import read_study

        study = read_study(paths, progress, chosen)
        return replace(study, label=label) if label else study

    def checkStudy(
        self,
        study: Study | Paths,
        answers: Answers | None = None,
        rules: str | Path = "",
        progress: Progress | None = None,
    ) -> ProtocolCheck:
        """Compare a study with the recommendations.

        Parameters
        ----------
        study : what `readStudy` returned, or folder or files of a study.
        answers : what was entered for what the headers lack.
        rules : TOML file with the rules of a site; those of the expert panel alone when empty.
        progress : called with files or frames done and in all; returns False to cancel.

        Raises
        ------
        InputError
            When there is not just one study, or the rules cannot be used; the message names the row.
        """
        from PWIProtocolLib.protocol.checker import check_study
        from PWIProtocolLib.protocol.recommendations import recommendations
        from PWIProtocolLib.protocol.study import Study

        applied = recommendations(rules or None)
        read = study if isinstance(study, Study) else self.readStudy(study, progress=progress)
        return check_study(read, answers, applied, progress=progress)

    def sampleStudy(self) -> Path:
        """Write the made-up study into Slicer's temporary folder, and return its folder."""
        from PWIProtocolLib.sample.study import write_sample_study

        return write_sample_study(Path(slicer.app.temporaryPath) / SAMPLE_FOLDER)

    def addSampleCheck(self) -> Any:
        """Check the made-up study and keep the result in the scene (vtkMRMLTextNode)."""
        from PWIProtocolLib.scene.check_node import keep_check
        from PWIProtocolLib.scene.study_source import SourceKind, StudySource

        folder = self.sampleStudy()
        return keep_check(self.checkStudy(folder), str(StudySource(SourceKind.FOLDER, str(folder))))

    def addReferenceObject(self) -> Any:
        """Add a dynamic study with known Ktrans, ve and vp to the scene (vtkMRMLSequenceNode)."""
        from PWIProtocolLib.sample.reference_object import reference_object
        from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic

        return add_dynamic(reference_object().dynamic, "Reference object (DCE)")
