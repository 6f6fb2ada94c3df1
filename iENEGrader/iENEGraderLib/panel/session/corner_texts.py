"""What Slicer writes into the corners of slice views: names of patients, hospitals and volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import slicer

CORNERS = ("topLeft", "topRight", "bottomLeft")


@dataclass(frozen=True)
class _Hidden:
    """The annotations that were hidden, and which of their corners were in use."""

    annotations: Any
    corners: tuple[int, ...]


class CornerTexts:
    """Takes the texts out of the corners and puts them back.

    The corners are emptied in the Data Probe module that runs, as by its check boxes, but not in its settings: whatever
    happens, the next start of Slicer shows what it always did. Its switch for all annotations would not do: it stops
    writing, and leaves what is written.
    """

    def __init__(self) -> None:
        self._hidden: _Hidden | None = None

    def hide(self) -> None:
        """Take the texts out; does nothing where there are none."""
        annotations = _annotations()
        if annotations is None or self._hidden is not None:
            return
        self._hidden = _Hidden(annotations, tuple(getattr(annotations, corner) for corner in CORNERS))
        _use(annotations, (0,) * len(CORNERS))

    def restore(self) -> None:
        """Put the texts back that `hide` took out."""
        if self._hidden is not None:
            hidden, self._hidden = self._hidden, None
            _use(hidden.annotations, hidden.corners)


def _use(annotations: Any, corners: tuple[int, ...]) -> None:
    for name, used in zip(CORNERS, corners, strict=True):
        setattr(annotations, name, used)
    annotations.updateSliceViewFromGUI()


def _annotations() -> Any:
    """Return the running object of Slicer's Data Probe module; None where Slicer has none, or another one."""
    probe = getattr(slicer.modules, "DataProbeInstance", None)
    annotations = getattr(getattr(probe, "infoWidget", None), "sliceAnnotations", None)
    known = all(hasattr(annotations, name) for name in (*CORNERS, "updateSliceViewFromGUI"))
    return annotations if known else None
