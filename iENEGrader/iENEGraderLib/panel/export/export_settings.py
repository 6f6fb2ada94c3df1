"""What was last exported, kept with the settings of the application, since a folder may name a patient."""

from __future__ import annotations

from dataclasses import dataclass

import slicer

TARGETS_KEY, FOLDER_KEY, DEIDENTIFY_KEY = (f"iENEGrader/Export/{name}" for name in ("Targets", "Folder", "Deidentify"))
DEFAULT_TARGETS = ("report", "csv")
YES, NO = "yes", "no"


@dataclass(frozen=True)
class ExportSettings:
    """What is remembered; that earlier files are replaced, or that an image is computed, is asked for every time.

    Attributes
    ----------
    targets : names of the registry.
    folder : empty when none was chosen yet.
    """

    targets: tuple[str, ...] = DEFAULT_TARGETS
    folder: str = ""
    deidentify: bool = True


def load_settings() -> ExportSettings:
    """Return what was remembered; without it a de-identified report and table."""
    settings = slicer.app.userSettings()
    targets = str(settings.value(TARGETS_KEY, "+".join(DEFAULT_TARGETS)) or "")
    return ExportSettings(
        targets=tuple(filter(None, targets.split("+"))),
        folder=str(settings.value(FOLDER_KEY, "") or ""),
        deidentify=settings.value(DEIDENTIFY_KEY, YES) != NO,
    )


def save_settings(chosen: ExportSettings) -> None:
    """Remember what was chosen."""
    settings = slicer.app.userSettings()
    # One text: Qt takes commas in a file of settings for a list, and gives a list of one back as a text.
    settings.setValue(TARGETS_KEY, "+".join(chosen.targets))
    settings.setValue(FOLDER_KEY, chosen.folder)
    settings.setValue(DEIDENTIFY_KEY, YES if chosen.deidentify else NO)
