"""When unsaved work is written, and how it is given back: a pause after a change, leaving, and a line with buttons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.widgets.later import done_later
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.session.autosave import Autosave
from iENEGraderLib.panel.session.recovery_bar import RecoveryBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.autosave_files import UnsavedWork
    from iENEGraderLib.panel.session.reading_session import ReadingSession

PAUSE_MS = 1000
FOLDER = "HeadNeckNodes"


class Safekeeping(VTKObservationMixin):
    """Keeps unsaved work and offers it again.

    Parameters
    ----------
    session : the reading that is shown.
    attempt : runs an action of the user and shows why it failed.
    report : told why unsaved work cannot be kept.

    Attributes
    ----------
    recoveryBar : the offer, hidden when there is none.
    """

    def __init__(
        self,
        session: ReadingSession,
        attempt: Callable[[Callable[[], None]], None],
        report: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._session = session
        self._attempt = attempt
        self._lookedFor: tuple[str, str] | None = None
        self._offered: UnsavedWork | None = None
        self._timer = done_later(PAUSE_MS, self._onPause)
        self.recoveryBar = RecoveryBar(self._onRecover, self._onDiscard, self._onDecline)
        self.autosave = Autosave(session, application_folder(), self._timer.start, report)
        # A closed or loaded scene may be one that unsaved work belongs to.
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndBatchProcessEvent, self._onBatch)
        self.look()

    def look(self) -> None:
        """Look for unsaved work, and offer it."""
        self._lookedFor = self._shown()
        self._offered = self.autosave.offer()
        self.recoveryBar.showWork(self._offered)

    def saved(self) -> None:
        """Take note that the user has saved the reading."""
        self.autosave.saved()

    def leave(self) -> None:
        """Write at once what is not saved."""
        self._timer.stop()
        self.autosave.write()

    def close(self) -> None:
        """Write at once what is not saved, and stop observing the scene."""
        self._timer.stop()
        self.removeObservers()
        self.autosave.close()

    def _onPause(self) -> None:
        self.autosave.write()
        if self._shown() != self._lookedFor:
            self.look()

    def _onBatch(self, *_: object) -> None:
        self._lookedFor = None
        self._timer.start()

    def _shown(self) -> tuple[str, str]:
        """Return case and reader: folders can be slow, so they are looked through only when these change."""
        reading = self._session.reading
        return ("", "") if reading is None else (reading.case_id, reading.reader)

    def _onRecover(self) -> None:
        work = self._offered
        if work is not None:
            self._attempt(lambda: self.autosave.recover(work))
            self.look()

    def _onDiscard(self) -> None:
        if self._offered is not None:
            self.autosave.discard(self._offered)
            self.look()

    def _onDecline(self) -> None:
        if self._offered is not None:
            self.autosave.decline(self._offered)
            self.look()


def application_folder() -> Path:
    """Return the folder for readings that have none: beside the application's settings."""
    return Path(slicer.app.userSettings().fileName()).parent / FOLDER
