"""Reading documents in files: asked for, opened and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.session.automatic_names import file_stem
from iENEGraderLib.reading import load_reading, save_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.widgets.attempts import Attempts

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading

JSON_FILES = "Reading document (*.json)"


class ReadingFiles:
    """Opens and saves the reading of a session.

    Parameters
    ----------
    panel : the dialogs stand before it.
    attempt : says why something failed.
    on_saved : called when the user has saved the reading.
    """

    def __init__(
        self, panel: qt.QWidget, session: ReadingSession, attempt: Attempts, on_saved: Callable[[], None]
    ) -> None:
        self._panel = panel
        self._session = session
        self._attempt = attempt
        self._on_saved = on_saved

    def open(self) -> None:
        """Ask for a reading document and show it."""
        path = _path_of(qt.QFileDialog.getOpenFileName(self._panel, _("Open reading"), "", JSON_FILES))
        if path:
            self._attempt(lambda: self._session.start(load_reading(path)))

    def save(self) -> None:
        """Ask for a file and save the reading document into it."""
        reading = self._session.reading
        name = f"{file_stem(reading.case_id)}.json" if reading else ""
        path = _path_of(qt.QFileDialog.getSaveFileName(self._panel, _("Save reading"), name, JSON_FILES))
        if path and reading:
            self._attempt(lambda: self._save(reading, path), _("Saved {path}").format(path=path))

    def _save(self, reading: Reading, path: str) -> None:
        save_reading(reading, path)
        self._on_saved()


def _path_of(answer: object) -> str:
    """Return the path of a file dialog; bindings answer with a path, or with a path and a filter."""
    return str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
