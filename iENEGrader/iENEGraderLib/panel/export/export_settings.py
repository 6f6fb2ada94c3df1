"""What was last exported, kept with the settings of the application, since a folder may name a patient."""

from __future__ import annotations

from dataclasses import dataclass

import slicer

from iENEGraderLib.export.dicom.seg import SegmentationForm
from iENEGraderLib.panel.export.drawn_by import DrawnBy, drawn_by_from

GROUP = "iENEGrader/Export"
TARGETS_KEY, FOLDER_KEY, DEFACE_KEY, NODES_KEY, ANATOMY_KEY, FORM_KEY = (
    f"{GROUP}/{name}" for name in ("Targets", "Folder", "Deface", "NodesBy", "AnatomyBy", "SegFrames")
)
DEFAULT_TARGETS = ("report", "csv")
YES, NO = "yes", "no"
NOT_SAID = DrawnBy()


@dataclass(frozen=True)
class ExportSettings:
    """What is remembered; what belongs to one case is asked for every time: replacing, what its image is, notes.

    That an export was not de-identified belongs to that case, too: the next patient must not follow by one click.

    Attributes
    ----------
    targets : names of the registry.
    folder : empty when none was chosen yet.
    nodes_by, anatomy_by : how nodes, and other segments, were drawn.
    """

    targets: tuple[str, ...] = DEFAULT_TARGETS
    folder: str = ""
    deface: bool = False
    nodes_by: DrawnBy = NOT_SAID
    anatomy_by: DrawnBy = NOT_SAID
    form: SegmentationForm = SegmentationForm.ALL_FRAMES


def load_settings() -> ExportSettings:
    """Return what was remembered; without it a de-identified report and table."""
    settings = slicer.app.userSettings()

    def text(key: str, default: str = "") -> str:
        return str(settings.value(key, default) or "")

    form = text(FORM_KEY)
    return ExportSettings(
        targets=tuple(filter(None, text(TARGETS_KEY, "+".join(DEFAULT_TARGETS)).split("+"))),
        folder=text(FOLDER_KEY),
        deface=text(DEFACE_KEY) == YES,
        nodes_by=drawn_by_from(text(NODES_KEY)),
        anatomy_by=drawn_by_from(text(ANATOMY_KEY)),
        form=SegmentationForm(form) if form in list(SegmentationForm) else SegmentationForm.ALL_FRAMES,
    )


def save_settings(chosen: ExportSettings) -> None:
    """Remember what was chosen."""
    settings = slicer.app.userSettings()
    # One text: Qt takes commas in a file of settings for a list, and gives a list of one back as a text.
    settings.setValue(TARGETS_KEY, "+".join(chosen.targets))
    settings.setValue(FOLDER_KEY, chosen.folder)
    settings.setValue(DEFACE_KEY, YES if chosen.deface else NO)
    settings.setValue(NODES_KEY, chosen.nodes_by.to_text())
    settings.setValue(ANATOMY_KEY, chosen.anatomy_by.to_text())
    settings.setValue(FORM_KEY, str(chosen.form))
