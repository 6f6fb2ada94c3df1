"""Edits of an arterial curve that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits


@dataclass(frozen=True)
class AifHistory:
    """The edits in force, those before them, and those that were taken back; the nearest come last."""

    now: AifEdits = NO_EDITS
    earlier: tuple[AifEdits, ...] = ()
    later: tuple[AifEdits, ...] = ()

    def changed(self, edits: AifEdits) -> AifHistory:
        """Return the history with other edits in force; the same edits are no step."""
        return self if edits == self.now else AifHistory(edits, (*self.earlier, self.now))

    def undone(self) -> AifHistory:
        """Return the history one step back; at its beginning, itself."""
        if not self.earlier:
            return self
        return AifHistory(self.earlier[-1], self.earlier[:-1], (*self.later, self.now))

    def redone(self) -> AifHistory:
        """Return the history one step forward; at its end, itself."""
        if not self.later:
            return self
        return AifHistory(self.later[-1], (*self.earlier, self.now), self.later[:-1])
