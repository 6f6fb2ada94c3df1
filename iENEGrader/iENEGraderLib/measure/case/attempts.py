"""Running the parts of the measurements: one that cannot use its input is told, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.records.record_types import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Attempts:
    """Collects what could not be measured.

    Parameters
    ----------
    progress : told in a few words what is being measured; what it raises ends the measuring.
    """

    def __init__(self, progress: Callable[[str], None] | None = None) -> None:
        self._progress = progress
        self._warnings: list[str] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be measured and why, a sentence each."""
        return tuple(dict.fromkeys(self._warnings))

    def warn(self, sentence: str) -> None:
        """Add a sentence to the warnings."""
        self._warnings.append(sentence)

    def outcome(self, what: str, measure: Callable[[], Result]) -> Outcome[Result]:
        """Measure one part.

        Parameters
        ----------
        what : the part and its node, for the warning when its input cannot be used.
        """
        if self._progress is not None:
            self._progress(what)
        try:
            return Outcome(measure())
        except InputError as error:
            self.warn(f"{what}: {error}")
            return Outcome(None, str(error))
