"""How an input image answers to iodine, fat and soft tissue: one row of the model that all maps are solved from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.attenuation import Material, iodine_hu_per_mg_ml, tissue_hu
from iENEGraderLib.spectral.contrast_agent import require_above_iodine_edge

TABLE = Path(__file__).with_name("beams.toml")
USUAL_NECK_MM = 160.0
DEFAULT_SLOPE_UNCERTAINTY = 0.05
"""Ours: 40 mm more or less of water change the slopes of the table by 4 to 6 %."""


class ResponseSource(StrEnum):
    """Where the numbers of a response come from."""

    PHYSICS = "attenuation table"
    DEFAULT = "default, uncalibrated"
    CALIBRATED = "calibrated"
    EXACT = "by definition"


@dataclass(frozen=True)
class Response:
    """What one input shows: ``level`` times the water-like HU, plus ``iodine`` times mg/mL.

    Attributes
    ----------
    level : 1 for images in HU, 0 for a map of iodine.
    iodine : units of the image per mg/mL of iodine.
    fat, soft : values of pure adipose tissue and of soft tissue without contrast agent, in units of the image.
    source : where the numbers come from.
    slope_uncertainty : relative standard uncertainty of ``iodine``.
    """

    level: float
    iodine: float
    fat: float
    soft: float
    source: ResponseSource
    slope_uncertainty: float = 0.0

    def with_slope(self, iodine: float, slope_uncertainty: float = 0.0) -> Response:
        """Return the response with a slope of the site, in HU per mg/mL."""
        return replace(self, iodine=iodine, slope_uncertainty=slope_uncertainty, source=ResponseSource.CALIBRATED)

    def with_tissues(self, fat: float, soft: float) -> Response:
        """Return the response with values of this patient's fat and soft tissue, in HU."""
        return replace(self, fat=fat, soft=soft)


def monochromatic_response(kev: float) -> Response:
    """Return the response of a virtual monochromatic image.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    fat, soft = tissue_hu(Material.ADIPOSE, kev), tissue_hu(Material.SOFT_TISSUE, kev)
    return Response(1.0, iodine_hu_per_mg_ml(kev), fat, soft, ResponseSource.PHYSICS)


def tube_response(
    kvp: float,
    tin_mm: float = 0.0,
    bin_kev: tuple[float, float] | None = None,
    neck_mm: float = USUAL_NECK_MM,
) -> Response:
    """Return the default response of a tube voltage, or of an energy bin of a photon counter.

    Computed for an ideal detector behind water; a scanner differs by several percent, so calibrate where possible.

    Parameters
    ----------
    kvp, tin_mm : tube voltage in kV and thickness of a tin filter.
    bin_kev : lower and upper threshold of the bin, None for an integrating detector.
    neck_mm : diameter of the neck, 120 to 200.

    Raises
    ------
    InputError
        when there is no such beam in the table (give a calibrated slope), or the numbers make no sense.
    """
    require_above_iodine_edge(kvp)
    depths, beams = _beams()
    if not depths[0] <= neck_mm <= depths[-1]:
        raise InputError(f"a neck of {neck_mm:g} mm: default slopes are known from {depths[0]:g} to {depths[-1]:g} mm")
    for beam in beams:
        if (beam.kvp, beam.tin_mm, beam.bin_kev) == (kvp, tin_mm, bin_kev):
            iodine, fat, soft = (
                float(np.interp(neck_mm, depths, values)) for values in (beam.iodine, beam.adipose, beam.soft_tissue)
            )
            return Response(1.0, iodine, fat, soft, ResponseSource.DEFAULT, DEFAULT_SLOPE_UNCERTAINTY)
    known = ", ".join(str(beam) for beam in beams)
    wanted = Beam(kvp, tin_mm, bin_kev, (), (), ())
    raise InputError(f"there is no default slope for {wanted}; give a calibrated one, or use one of {known}")


def tin_doubt(kvp: float, tin_mm: float = 0.0) -> tuple[str, ...]:
    """Warn of a tube voltage that scanners use with and without tin when none was named: no attribute tells."""
    if tin_mm or not tin_filters_mm(kvp):
        return ()
    words = "is taken as without a tin filter: behind one, iodine would be off by up to half; say so if there was one"
    return (f"{kvp:g} kVp {words}",)


def tin_filters_mm(kvp: float) -> tuple[float, ...]:
    """Return the thicknesses of tin that the table knows at a tube voltage; empty when there are none."""
    return tuple(beam.tin_mm for beam in _beams()[1] if beam.kvp == kvp and beam.tin_mm)


@dataclass(frozen=True)
class Beam:
    """A row of the table: a beam, and its responses behind each depth of water."""

    kvp: float
    tin_mm: float
    bin_kev: tuple[float, float] | None
    iodine: tuple[float, ...]
    adipose: tuple[float, ...]
    soft_tissue: tuple[float, ...]

    def __str__(self) -> str:
        """Short name."""
        tin = f" + {self.tin_mm:g} mm Sn" if self.tin_mm else ""
        energies = f" {self.bin_kev[0]:g}-{self.bin_kev[1]:g} keV" if self.bin_kev else ""
        return f"{self.kvp:g} kVp{tin}{energies}"


@cache
def _beams() -> tuple[tuple[float, ...], tuple[Beam, ...]]:
    """Return the depths of water in mm and the rows."""
    document = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = tuple(
        Beam(
            float(row["kvp"]),
            float(row["tin_mm"]),
            (float(row["bin_kev"][0]), float(row["bin_kev"][1])) if "bin_kev" in row else None,
            tuple(row["iodine"]),
            tuple(row["adipose"]),
            tuple(row["soft_tissue"]),
        )
        for row in document["beam"]
    )
    return tuple(float(depth) for depth in document["water_mm"]), rows
