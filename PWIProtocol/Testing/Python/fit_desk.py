"""A reader's desk for `hnn pwi fit`: studies in a folder, the command on them, and its maps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import SimpleITK
from fit_studies import write_angles_nrrd, write_concentration_nrrd, write_dicom, write_dynamic_nrrd
from hnn.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pytest
    from numpy.typing import NDArray


class Desk:
    """Where studies and results lie. `settings` are the options that every call gets."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.out, self._capsys = folder, folder / "out", capsys
        self.settings: tuple[object, ...] = ("--relaxivity", 4.5, "--hematocrit", 0.42)

    def dicom(self) -> Path:
        """Write the study as DICOM, flip angles with it."""
        return write_dicom(self.folder / "study")

    def nrrd(self, noise: float = 0.0, b1: float = 1.0) -> Path:
        """Write the dynamic study as NRRD; under a B1 field its flip angle is not the one that was set."""
        return write_dynamic_nrrd(self.folder / "dynamic.nrrd", noise, b1=b1)

    def angles(self, b1: float = 1.0) -> Path:
        """Write the flip angles as NRRD."""
        return write_angles_nrrd(self.folder / "angles.nrrd", b1)

    def concentrations(self, factor: float = 1.0) -> Path:
        """Write the study as concentrations in mM, or times a factor, as NRRD."""
        return write_concentration_nrrd(self.folder / "concentrations.nrrd", 0.02, factor)

    def run(self, *arguments: object) -> int:
        """Fit, and return the exit code."""
        return main(["pwi", "fit", "--out", str(self.out), *map(str, (*self.settings, *arguments))])

    def printed(self) -> str:
        """What the command printed since the last look."""
        return self._capsys.readouterr().out

    def document(self, *arguments: object) -> dict[str, Any]:
        """Fit, and return the JSON."""
        code = self.run(*arguments, "--json")
        captured = self._capsys.readouterr()
        assert code == 0, captured.err
        found: dict[str, Any] = json.loads(captured.out)
        return found

    def refusal(self, *arguments: object) -> str:
        """Expect one line of refusal and no new file, and return the line."""
        before = set(self.folder.rglob("*"))
        code = self.run(*arguments)
        captured = self._capsys.readouterr()
        assert code == 2, captured.err
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert set(self.folder.rglob("*")) == before
        return captured.err

    def map(self, stem: str) -> NDArray[np.floating[Any]]:
        """A map of the results, [k, j, i]."""
        found: NDArray[np.floating[Any]] = SimpleITK.GetArrayFromImage(
            SimpleITK.ReadImage(str(self.out / f"{stem}.nrrd"))
        )
        return found
