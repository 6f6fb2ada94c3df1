"""Maps of kinetic parameters: choose a study, see what is known of it, fit, look, measure regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import tight
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import automatic_baseline
from PWIProtocolLib.mapping import baseline_of
from PWIProtocolLib.panel.maps.arterial_part import ArterialPart
from PWIProtocolLib.panel.maps.dynamic_part import DynamicPart
from PWIProtocolLib.panel.maps.fit_choices import FitChoices
from PWIProtocolLib.panel.maps.map_words import status_words
from PWIProtocolLib.panel.maps.mapping_session import MappingSession
from PWIProtocolLib.panel.maps.model_part import ModelPart
from PWIProtocolLib.panel.maps.precontrast_part import PrecontrastPart
from PWIProtocolLib.panel.maps.results_part import ResultsPart
from PWIProtocolLib.panel.maps.scene_follower import SceneFollower
from PWIProtocolLib.scene.maps.region_masks import show_artery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PWIProtocolLib.dynamic import DynamicFrames

    Progress = Callable[[int, int], bool]
    Run = Callable[[Callable[[Progress], None]], None]


class MapsSection(qt.QWidget):
    """Fits dynamic studies and shows their maps.

    Parameters
    ----------
    run : does work with progress and a way to stop it, and shows why it failed.
    say : says what was done.
    study_paths : returns folder or files of the study that is chosen elsewhere in the panel, and may refuse
        (InputError); None: there is no such place.
    """

    def __init__(
        self, run: Run, say: Callable[[str], None], study_paths: Callable[[], Sequence[Path]] | None = None
    ) -> None:
        super().__init__()
        self._studyPaths = study_paths
        self._run = run
        self._say = say
        self._readChoice: object = None
        self.session = MappingSession()
        self.fold = ctk.ctkCollapsibleButton()
        self.dynamicPart = DynamicPart(lambda: run(self._read), with_study=study_paths is not None)
        self.precontrastPart = PrecontrastPart()
        self.arterialPart = ArterialPart(lambda: run(self._look))
        self.modelPart = ModelPart()
        self.fitButton = qt.QPushButton(_("Fit"))
        self.fitButton.toolTip = _("Fit the model to every voxel and add the maps to the scene")
        self.fitButton.connect("clicked(bool)", lambda _checked=False: run(self._fit))
        self.resultsPart = ResultsPart(self.session, say)
        self.fold.text = _("Maps")
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(6, 2, 6, 4)
        for part in (self.dynamicPart, self.precontrastPart, self.arterialPart, self.modelPart, self.fitButton):
            inside.addWidget(part)
        inside.addWidget(self.resultsPart)
        self._follower = SceneFollower(self.refresh, self.session.forget)
        self._showRead()

    @property
    def choices(self) -> FitChoices:
        """What a fit would be asked now."""
        dynamic, arterial, model = self.dynamicPart, self.arterialPart, self.modelPart
        tr_ms, baseline = dynamic.repetitionField.number, dynamic.baselineField.number
        relaxivity, hematocrit = arterial.relaxivityField, arterial.hematocritField
        return FitChoices(
            repetition_time_s=None if tr_ms is None else tr_ms / 1000.0,
            flip_angle_deg=dynamic.angleField.number,
            baseline=None if baseline is None else round(baseline),
            t1=self.precontrastPart.settings,
            arterial=arterial.settings,
            model=model.model,
            delay=model.delay,
            delay_s=model.delay_s,
            # Numbers that nobody entered are the engine's own defaults, and named as assumed in the results.
            relaxivity_per_mM_s=relaxivity.number if relaxivity.isEntered else None,
            hematocrit=hematocrit.number if hematocrit.isEntered else None,
            blood_t1_s=arterial.bloodField.number,
        )

    def refresh(self) -> None:
        """Catch up with the scene: studies, volumes, segments and readings that came or went."""
        self.session.forget_removed()
        for part in (self.dynamicPart, self.precontrastPart, self.arterialPart, self.resultsPart.regions):
            part.refresh()
        if self.session.read is None:
            self._readChoice = None
            self._showRead()
        if self.resultsPart.shown is not self.session.study:
            self.resultsPart.showFit()

    def close(self) -> None:
        """Stop to follow scene and cursor; called before the module goes."""
        self._follower.close()
        self.resultsPart.close()

    def _read(self, progress: Progress) -> None:
        part, chosen = self.dynamicPart, self._chosen()
        if part.node is not None:
            self.session.read_node(part.node)
        elif part.isStudy and self._studyPaths is not None:
            self.session.read_files(self._studyPaths(), progress)
        else:
            self.session.read_path(part.pathRow.path, progress)
        self._readChoice = chosen
        self._showRead()

    def _readWhenNew(self, progress: Progress) -> None:
        if self.session.read is None or self._readChoice != self._chosen():
            self._read(progress)

    def _chosen(self) -> object:
        """Return what is chosen to be read, to tell it from another choice."""
        part = self.dynamicPart
        if part.node is not None:
            return part.node.GetID()
        return tuple(self._studyPaths()) if part.isStudy and self._studyPaths is not None else part.pathRow.path

    def _look(self, progress: Progress) -> None:
        """Show the arterial curve, without a fit."""
        self._readWhenNew(progress)
        choices = self.choices
        inputs = self.session.inputs(choices)
        arterial = self.session.arterial(choices, inputs, baseline_of(choices.settings(), inputs))
        self.arterialPart.showCurve(arterial)
        self.arterialPart.plot.bring_up()
        if arterial.voxels is not None:
            show_artery(arterial.voxels, inputs.dynamic.geometry, arterial.words)

    def _fit(self, progress: Progress) -> None:
        self._readWhenNew(progress)
        with slicer.util.WaitCursor():
            self.session.fit(self.choices, progress)
        study = self.session.study
        if study is None:
            return
        self.arterialPart.showCurve(study.arterial)
        if study.arterial.voxels is not None:
            show_artery(study.arterial.voxels, study.inputs.dynamic.geometry, study.arterial.words)
        self.resultsPart.showFit()
        if not study.kinetic.has_value.any():
            self._say(_("No voxel has a value: {why}").format(why="; ".join(status_words(study))))
        elif study.done < 1.0:
            self._say(_("Stopped: {share:.0%} of the voxels were fitted; their maps are kept").format(share=study.done))

    def _showRead(self) -> None:
        read = self.session.read
        self.dynamicPart.showStudy(
            None if read is None else read.dynamic, None if read is None else _baseline(read.dynamic)
        )
        angles = None if read is None else read.angles
        listed = "" if angles is None else ", ".join(f"{angle:g}" for angle in angles.flip_angles_deg)
        self.precontrastPart.showAngles(_("flip angles {listed}° of the study").format(listed=listed) if listed else "")


def _baseline(dynamic: DynamicFrames) -> int | None:
    """Return the frames before contrast; None when the images do not tell."""
    try:
        return automatic_baseline(dynamic.frames.reshape(len(dynamic.frames), -1).T)
    except InputError:
        return None
