"""What the panel says of an export. No Qt, no Slicer."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import bullets, joined, tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.export.job.exporting import ExportedCase

MOST_NAMES = 4
"""Of a folder; of more files only the number is told."""
LIST_STYLE = "margin: 0 0 0 12px; -qt-list-indent: 0"
IN_PANEL = {
    "choose another folder with --out, or replace it with --force": "choose another folder, or tick replace",
    "choose a folder for the results with --out": "choose a folder for the results",
    "choose another with --out": "choose another folder",
    "(--deface)": "(hnn export --deface takes it away)",
    "add those of hnn spectral to the case": "show them in Spectral first",
}
"""What the command line is told to do is done otherwise here."""


def in_panel_words(text: str) -> str:
    """Return a message with what to do in this panel in place of options of the command line."""
    for option, words in IN_PANEL.items():
        text = text.replace(option, words)
    return text


def result_html(exported: ExportedCase, address: str, notes: Sequence[str]) -> str:
    """Return what was written, where, and what to know of it.

    Parameters
    ----------
    address : URL of the folder, to be opened by a click.
    notes : of what was gathered; those of the writing follow.
    """
    manifest = exported.manifest
    names = [each.name for each in manifest.outputs]
    number = len(names)
    line = joined(
        (
            tag("b", "1 file" if number == 1 else f"{number} files"),
            " in ",
            tag("a", exported.folder.name, href=address),
            ", de-identified: " if manifest.deidentified else ": ",
            ", ".join(_shortened(names)),
        )
    )
    said = [in_panel_words(note) for note in (*notes, *manifest.notes)]
    return joined((line, bullets(said, style=LIST_STYLE)))


def _shortened(names: Sequence[str]) -> list[str]:
    """Return the names, with one entry for all files of a folder that holds many."""
    folders = [str(PurePosixPath(name).parent) for name in names]
    number = Counter(folders)
    shown = [
        name if folder == "." or number[folder] <= MOST_NAMES else f"{folder} ({number[folder]})"
        for name, folder in zip(names, folders, strict=True)
    ]
    return list(dict.fromkeys(shown))
