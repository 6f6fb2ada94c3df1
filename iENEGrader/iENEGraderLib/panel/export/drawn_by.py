"""How segments were drawn, as a user says it. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind

SEPARATOR = "\t"


@dataclass(frozen=True)
class DrawnBy:
    """What stands in the fields.

    Attributes
    ----------
    kind : a value of `AlgorithmKind`; empty when nothing is stated.
    program, version : of what drew them; they count unless they were drawn by hand.
    """

    kind: str = ""
    program: str = ""
    version: str = ""

    @property
    def names_program(self) -> bool:
        """Whether a program is to be named."""
        return self.kind not in ("", AlgorithmKind.MANUAL)

    def algorithm(self, what: str) -> Algorithm | None:
        """Return what a DICOM segmentation says of it; None when nothing is stated.

        Parameters
        ----------
        what : the segments, for the message.

        Raises
        ------
        InputError
            When a program is to be named and is not.
        """
        if not self.kind:
            return None
        if not self.names_program:
            return Algorithm(AlgorithmKind.MANUAL)
        if not self.program or not self.version:
            kind = KIND_WORDS[AlgorithmKind(self.kind)]
            raise InputError(f"{what} are {kind}: give the name and the version of the program that drew them")
        return Algorithm(AlgorithmKind(self.kind), self.program, self.version)

    def to_text(self) -> str:
        """Return one line to remember it by."""
        return SEPARATOR.join((self.kind, self.program, self.version))


KIND_WORDS = {
    AlgorithmKind.MANUAL: "drawn by hand",
    AlgorithmKind.SEMIAUTOMATIC: "semi-automatic",
    AlgorithmKind.AUTOMATIC: "automatic",
}


def drawn_by_from(text: str) -> DrawnBy:
    """Return what was remembered; nothing stated when it is not to be understood."""
    parts = text.split(SEPARATOR)
    return DrawnBy(*parts) if len(parts) == 3 and parts[0] in list(AlgorithmKind) else DrawnBy()
