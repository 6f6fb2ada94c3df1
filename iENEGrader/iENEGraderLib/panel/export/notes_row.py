"""A line that asks for the file in which a teacher writes about the case, and begins one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.export.teaching.notes import FILE_NAME, read_notes
from iENEGraderLib.export.teaching.notes_template import notes_template

NOTES_FILES = "Teacher's notes (*.toml)"


class NotesRow(qt.QWidget):
    """The path of the file; what is written in it is checked before an export begins."""

    def __init__(self) -> None:
        super().__init__()
        self.pathBox = qt.QLineEdit()
        self.pathBox.placeholderText = _("none")
        self.pathBox.setAccessibleName(_("Teacher's notes"))
        self.pathBox.toolTip = _(
            "History, findings, discussion, pathology and questions for the teaching file, in your words: a text file "
            "(teaching.toml). None is needed."
        )
        self.browseButton = icon_button(qt.QStyle.SP_DialogOpenButton, _("Choose a file of notes"), self._onBrowse)
        self.newButton = icon_button(
            qt.QStyle.SP_FileIcon, _("Begin a file of notes: all entries, each explained, to fill in"), self._onNew
        )
        self.words = wrapped_label()
        self.words.visible = False
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(
            row_of(qt.QLabel(_("teacher's notes")), self.pathBox, self.browseButton, self.newButton, stretched=1)
        )
        layout.addWidget(self.words)

    @property
    def file(self) -> Path | None:
        """The file that was chosen; None without one.

        Raises
        ------
        InputError
            When it cannot be read, or an entry is not what it must be.
        """
        text = str(self.pathBox.text).strip()
        if not text:
            return None
        path = Path(text).expanduser()
        if not path.is_absolute():
            raise InputError(_("Choose the file of the teacher's notes, by its whole path."))
        if not path.is_file():
            raise InputError(_("{name}: there is no such file; choose the teacher's notes anew").format(name=path.name))
        read_notes(path)
        return path

    def forget(self) -> None:
        """Have no file: it is of another case."""
        self.pathBox.text = ""
        self.words.visible = False

    def _onBrowse(self) -> None:
        ask = partial(qt.QFileDialog.getOpenFileName, self, _("Teacher's notes"))
        path = _path_of(ask(str(self.pathBox.text), NOTES_FILES))
        if path:
            self.words.visible = False
            self.pathBox.text = path

    def _onNew(self) -> None:
        ask = partial(qt.QFileDialog.getSaveFileName, self, _("Begin teacher's notes"))
        path = _path_of(ask(FILE_NAME, NOTES_FILES))
        if not path:
            return
        write_text_atomically(path, notes_template())
        self.pathBox.text = path
        link = tag("a", Path(path).name, href=qt.QUrl.fromLocalFile(path).toString())
        self.words.text = joined((link, _(": open it in a text editor, fill in what you want, and save it.")))
        self.words.visible = True


def _path_of(answer: object) -> str:
    """Return the path of a file dialog; bindings answer with a path, or with a path and a filter."""
    return str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
