"""Nothing is lost: every change of a reading goes into a file, until the user has saved it. No Qt."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.session.autosave_files import autosave_name, free_file, unsaved_work
from iENEGraderLib.panel.session.locking import is_locked
from iENEGraderLib.panel.session.readings_in_scene import reading_of
from iENEGraderLib.reading import reading_to_text
from iENEGraderLib.scene.scene_files import case_folders, scene_file, stored_since

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.panel.session.autosave_files import UnsavedWork
    from iENEGraderLib.panel.session.reading_session import ReadingSession


@dataclass
class _Kept:
    """What is known of one reading node.

    Attributes
    ----------
    saved : text that needs no keeping: as it came into the scene, or as the user saved it.
    file, written : where unsaved work is kept, and its text; None and empty when there is none.
    """

    saved: str
    file: Path | None = None
    written: str = ""


class Autosave(VTKObservationMixin):
    """Writes the readings of the scene that are not saved, next to the case or else into the application's folder.

    Only what was changed is written, and removed again when the user has saved the same. A file that was found is never
    written over: it may hold what a crash has left.

    Parameters
    ----------
    own_folder : the application's folder; it is made when it is needed.
    later : called at every change, to have `write` called when the user pauses.
    report : told why nothing can be written.
    """

    def __init__(
        self, session: ReadingSession, own_folder: Path, later: Callable[[], None], report: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._session = session
        self._own_folder = own_folder
        self._later = later
        self._report = report
        self._kept: dict[str, _Kept] = {}
        self._declined: set[Path] = set()
        self._closed_url = ""
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._on_closing)
        self.addObserver(scene, scene.EndImportEvent, self._on_loaded)
        session.listen(self._on_news)
        self._on_news()

    def write(self) -> None:
        """Write what is not saved; remove what is. Trouble is reported, never raised."""
        for node in self._session.nodes:
            text, kept = node.GetText() or "", self._kept_of(node)
            if kept.file is not None and text == kept.written and stored_since(node, _written_at(kept.file)):
                kept.saved = text
            if text == kept.saved:
                _remove(kept)
            elif text != kept.written and reading_of(node) is not None:
                self._write(node, kept)

    def saved(self) -> None:
        """Take note that the user has saved the reading of the session into a file."""
        node = self._session.node
        if node is not None:
            self._kept_of(node).saved = node.GetText() or ""
            self.write()

    def offer(self) -> UnsavedWork | None:
        """Return unsaved work of an earlier session that the user may want back; None when there is none.

        That is work on the case and by the reader that is shown, when it is newer than the scene's file; and any work
        when the scene has no reading at all.
        """
        own = {kept.file for kept in self._kept.values() if kept.file is not None}
        found = unsaved_work(self._folders(), own | self._declined)
        shown = self._session.reading
        if shown is None:
            return next(iter(found), None) if not self._session.nodes else None
        file = self._scene_file()
        since = file.stat().st_mtime if file is not None else 0.0
        who = (shown.case_id, shown.reader)
        same = (work for work in found if (work.reading.case_id, work.reading.reader) == who)
        return next((work for work in same if work.written > since and work.reading != shown), None)

    def recover(self, work: UnsavedWork) -> None:
        """Bring unsaved work back: as one step of the reading of the same case and reader, or as a new reading.

        Raises
        ------
        InputError
            When the reading cannot be put into the scene.
        """
        shown = self._session.reading
        if shown is None or shown.case_id != work.reading.case_id or is_locked(shown):
            self._session.start(work.reading)
        else:
            self._session.change(_("recover unsaved work"), lambda _reading: work.reading)
        kept = self._kept_of(self._session.node)
        if kept.file != work.file:
            _remove(kept)
        kept.file, kept.written = work.file, reading_to_text(work.reading)
        kept.saved = "" if kept.saved == kept.written else kept.saved

    def decline(self, work: UnsavedWork) -> None:
        """Offer this no more; the file stays until the user deletes it."""
        self._declined.add(work.file)

    def discard(self, work: UnsavedWork) -> None:
        """Delete unsaved work, as the user wants it."""
        self.decline(work)
        with suppress(OSError):
            work.file.unlink(missing_ok=True)

    def close(self) -> None:
        """Write what there is, and stop observing."""
        self.write()
        self.removeObservers()

    def _folders(self) -> tuple[Path, ...]:
        return (*case_folders(self._scene_file()), self._own_folder)

    def _scene_file(self) -> Path | None:
        """Return the file of the scene; not that of the scene before, whose name Slicer keeps."""
        return None if slicer.mrmlScene.GetURL() == self._closed_url else scene_file()

    def _kept_of(self, node: Any) -> _Kept:
        """Return what is known of a reading. What is seen first is saved, unless a file of it is there already."""
        kept = self._kept.get(node.GetID())
        if kept is None:
            kept = self._kept[node.GetID()] = _Kept(node.GetText() or "")
            reading = reading_of(node)
            name = autosave_name(reading) if reading is not None else ""
            file = next((folder / name for folder in self._folders() if name and (folder / name).is_file()), None)
            if file is not None and _text_of(file) == kept.saved:
                kept.saved, kept.file, kept.written = "", file, kept.saved
        return kept

    def _write(self, node: Any, kept: _Kept) -> None:
        reading, text = reading_of(node), node.GetText()
        assert reading is not None
        error = ""
        for folder in self._folders():
            try:
                if folder == self._own_folder:
                    folder.mkdir(parents=True, exist_ok=True)
                file = free_file(folder, autosave_name(reading), kept.file)
                write_text_atomically(file, text)
            except (InputError, OSError) as failure:
                error = str(failure)
                continue
            if kept.file != file:
                _remove(kept)
            kept.file, kept.written = file, text
            return
        self._report(_("Unsaved work is not kept: {error}").format(error=error))

    def _on_news(self) -> None:
        """Learn of readings that are new in the scene, and forget those that left it: their files stay."""
        nodes = self._session.nodes
        known = {node.GetID() for node in nodes}
        self._kept = {node_id: kept for node_id, kept in self._kept.items() if node_id in known}
        for node in nodes:
            self._kept_of(node)
        self._later()

    def _on_closing(self, *_: object) -> None:
        self.write()
        self._kept.clear()
        self._closed_url = slicer.mrmlScene.GetURL()

    def _on_loaded(self, *_: object) -> None:
        self._closed_url = ""


def _remove(kept: _Kept) -> None:
    if kept.file is not None:
        with suppress(OSError):
            kept.file.unlink(missing_ok=True)
    kept.file, kept.written = None, ""


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _written_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return float("inf")
