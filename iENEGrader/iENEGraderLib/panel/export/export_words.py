"""What the panel says of an export. No Qt, no Slicer."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from HeadNeckNodesLib.html.markup import bullets, joined, tag

from iENEGraderLib.export.dicom.seg import SegmentationForm
from iENEGraderLib.export.report_content import ImageOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.html.markup import Markup

    from iENEGraderLib.export.job.exporting import ExportedCase

MOST_NAMES = 4
"""Of a folder; of more files only the number is told."""
LIST_STYLE = "margin: 0 0 0 12px; -qt-list-indent: 0"
PAGES = (".html", ".pdf")
"""Files that open with a click."""
SHORT_TITLES = {
    "dicom-seg": "DICOM segmentation",
    "dicom-sr": "DICOM report (SR)",
    "parametric-map": "DICOM maps",
    "teaching-file": "Teaching file",
    "report": "Report (HTML, PDF)",
    "csv": "Table (CSV)",
    "fhir": "FHIR (JSON)",
}
"""Of targets; what each gives stands in its tooltip."""
ORIGIN_WORDS = {
    ImageOrigin.NOT_STATED: "not stated",
    ImageOrigin.REAL: "of a patient",
    ImageOrigin.SIMULATED: "simulated",
}
FORM_WORDS = {
    SegmentationForm.ALL_FRAMES: "all sections, for every viewer",
    SegmentationForm.FILLED_FRAMES: "without empty sections: smaller",
    SegmentationForm.LABELMAP: "label map: smallest, for new viewers",
}
IN_PANEL = {
    "choose another folder with --out, or replace it with --force": "choose another folder, or tick replace below More",
    "choose a folder for the results with --out": "choose a folder for the results",
    "choose another with --out": "choose another folder",
    "add maps of hnn spectral or of hnn pwi fit to the case": "show them in Spectral, or fit a study in PWI Protocol",
    "(--deface)": "(tick it below More)",
    "say it with --nodes-by": "say it below More",
    "say it with --anatomy-by": "say it below More",
    "--seg-frames filled or labelmap makes it smaller": "choose another way of storing it below More",
    "--seg-frames filled is small and read by more": "another way of storing it, below More, is read by more",
    "export it as NRRD": "leave the face, or load the image anew",
}
"""What the command line is told to do is done otherwise here."""
CONTROLS = {
    "--out": "the folder",
    "--force": "replace, below More",
    "--deidentify on": "de-identify",
    "--deidentify": "de-identify",
    "--deface": "take the face away",
    "--key": "the key",
    "--to": "what to export",
    "--nodes-by": "Nodes drawn, below More",
    "--anatomy-by": "Others drawn, below More",
    "--seg-frames": "Stored, below More",
    "--simulated": "Image, below More",
    "--map": "the maps of the scene",
    "--teaching": "the teacher's notes",
}
"""Controls that stand for options, where no whole sentence is known."""
OPTION = re.compile("|".join(map(re.escape, sorted(CONTROLS, key=len, reverse=True))))


def in_panel_words(text: str) -> str:
    """Return a message with what to do in this panel in place of options of the command line."""
    for option, words in IN_PANEL.items():
        text = text.replace(option, words)
    return OPTION.sub(lambda match: CONTROLS[match[0]], text)


def result_html(exported: ExportedCase, address: str, notes: Sequence[str]) -> str:
    """Return what was written, where, and what to know of it.

    Parameters
    ----------
    address : URL of the folder, to be opened by a click.
    notes : of the panel; those of the writing follow.
    """
    manifest = exported.manifest
    names = [each.name for each in manifest.outputs]
    number = len(names)
    files = (
        tag("a", name, href=f"{address}/{quote(name)}") if name.endswith(PAGES) else name for name in _shortened(names)
    )
    line = joined(
        (
            tag("b", "1 file" if number == 1 else f"{number} files"),
            " in ",
            tag("a", exported.folder.name, href=address),
            ", de-identified: " if manifest.deidentified else ": ",
            joined(files, ", "),
        )
    )
    return joined((line, _list((*notes, *manifest.notes))))


def _list(notes: Sequence[str]) -> Markup:
    return bullets([in_panel_words(note) for note in dict.fromkeys(notes)], style=LIST_STYLE)


def _shortened(names: Sequence[str]) -> list[str]:
    """Return the names, with one entry for all files of a folder that holds many; pages stay."""
    folders = [str(PurePosixPath(name).parent) for name in names]
    number = Counter(folders)
    shown = [
        name
        if folder == "." or number[folder] <= MOST_NAMES or name.endswith(PAGES)
        else f"{folder} ({number[folder]})"
        for name, folder in zip(names, folders, strict=True)
    ]
    return list(dict.fromkeys(shown))
