"""A desk for tests of ``hnn spectral``: series in a folder, and the command on them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from HeadNeckNodesLib.imaging.read import read_image
from hnn.cli.main import main
from spectral_series_builders import NECK, write_vmi

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry


class Desk:
    """Series in a folder, and the command on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.out, self._capsys = folder, folder / "maps", capsys

    def vmi(self, kev: float, name: str | None = None, **header: Any) -> Path:
        """A series at one energy, with the headers of a scanner."""
        return write_vmi(self.folder / (name or f"DOE{kev:g}"), kev, **header)

    def spectral(self, series: list[Path | str], *more: object) -> int:
        """Run the command on series and return its exit code."""
        given = [part for one in series for part in ("--series", str(one))]
        return main(["spectral", *given, "--out", str(self.out), *map(str, more)])

    def printed(self) -> dict[str, Any]:
        """The document on standard output, which must hold nothing else."""
        document: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return document

    def refusal(self, series: list[Path | str], *more: object) -> str:
        """Run the command, which must refuse in one line and write nothing; return that line."""
        assert self.spectral(series, *more) == 2
        captured = self._capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert not self.out.exists()
        return captured.err

    def mean(self, file: str, disc: str) -> float:
        """Return the mean of a map in a disc of the neck."""
        return float(read_image(self.out / file).voxels[NECK.roi(disc)].mean())


def write_rois(path: Path, geometry: ImageGeometry, **regions: np.ndarray) -> Path:
    """Write masks as the segments of a segmentation, named as they are given; their ids are ``Segment_1`` and on."""
    labels = np.zeros(geometry.array_shape, np.uint8)
    for value, mask in enumerate(regions.values(), 1):
        labels[mask] = value
    volume = SimpleITK.GetImageFromArray(labels)
    volume.SetSpacing(geometry.spacing_mm)
    volume.SetOrigin(geometry.origin_lps_mm)
    volume.SetDirection([x for row in geometry.direction_lps for x in row])
    for number, name in enumerate(regions):
        for field, value in (("ID", f"Segment_{number + 1}"), ("Name", name), ("LabelValue", str(number + 1))):
            volume.SetMetaData(f"Segment{number}_{field}", value)
    SimpleITK.WriteImage(volume, str(path))
    return path
