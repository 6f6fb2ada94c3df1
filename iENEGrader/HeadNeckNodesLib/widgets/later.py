"""Something done a moment later and once for many: after the last keystroke, when a node has got its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
import slicer

if TYPE_CHECKING:
    from collections.abc import Callable

SCENE_MS = 100


def done_later(milliseconds: int, action: Callable[[], None]) -> qt.QTimer:
    """Return a timer that acts once, some time after it was last started."""
    timer = qt.QTimer()
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.connect("timeout()", action)
    return timer


class WhenSceneRests:
    """Acts a moment after it was last started, but never while the scene is loaded, closed or changed in a batch."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._timer = done_later(SCENE_MS, self._act)

    def start(self) -> None:
        """Act in a moment; a moment that has begun begins again."""
        self._timer.start()

    def stop(self) -> None:
        """Do not act."""
        self._timer.stop()

    def _act(self) -> None:
        if slicer.mrmlScene.IsBatchProcessing() or slicer.mrmlScene.IsClosing():
            self._timer.start()
        else:
            self._action()
