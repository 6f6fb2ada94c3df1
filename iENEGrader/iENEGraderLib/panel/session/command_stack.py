"""Undo and redo of whole documents: a document is small and immutable, so a change is its text before and after."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_HISTORY = 200


@dataclass(frozen=True)
class Change:
    """One change of a document.

    Attributes
    ----------
    label : what was done, in words, for the undo button.
    before, after : text of the document.
    """

    label: str
    before: str
    after: str


class CommandStack:
    """The changes of one document, oldest first, and how many of them are in effect."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._done = 0

    def push(self, change: Change) -> None:
        """Add a change that has been made; what was undone before it can no longer be redone."""
        self._changes = [*self._changes[: self._done], change][-LONGEST_HISTORY:]
        self._done = len(self._changes)

    def clear(self) -> None:
        """Forget everything."""
        self._changes, self._done = [], 0

    @property
    def to_undo(self) -> Change | None:
        """The change that `undo` would take back."""
        return self._changes[self._done - 1] if self._done else None

    @property
    def to_redo(self) -> Change | None:
        """The change that `redo` would make again."""
        return self._changes[self._done] if self._done < len(self._changes) else None

    def undo(self) -> Change | None:
        """Take one change back: the caller puts its `before` in place. None when there is nothing to undo."""
        change = self.to_undo
        self._done -= change is not None
        return change

    def redo(self) -> Change | None:
        """Make one change again: the caller puts its `after` in place. None when there is nothing to redo."""
        change = self.to_redo
        self._done += change is not None
        return change
