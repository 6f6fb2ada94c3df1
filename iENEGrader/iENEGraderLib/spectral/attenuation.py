"""How materials of the neck attenuate X-rays between 40 and 190 keV: the table that every spectral map rests on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TABLE = Path(__file__).with_name("attenuation.toml")
LOWEST_KEV = 40.0
HIGHEST_KEV = 190.0


class Material(StrEnum):
    """Materials of the table; the tissues as ICRU Report 44 composes them."""

    WATER = "water"
    ADIPOSE = "adipose"
    SOFT_TISSUE = "soft_tissue"
    MUSCLE = "muscle"
    BLOOD = "blood"
    LYMPH = "lymph"
    BONE = "bone"
    IODINE = "iodine"
    CALCIUM = "calcium"


@dataclass(frozen=True, eq=False)
class Attenuation:
    """One material: density in g/cm3, and mass attenuation in cm2/g at the energies in keV."""

    density_g_cm3: float
    kev: Floats
    cm2_per_g: Floats


@cache
def attenuation_of(material: Material) -> Attenuation:
    """Return the table of one material."""
    document = _document()
    entry = document[material.value]
    values = np.array(entry["cm2_per_g"], dtype=float)
    return Attenuation(
        float(entry["density_g_cm3"]), document["first_kev"] + np.arange(len(values), dtype=float), values
    )


@cache
def attenuation_source() -> str:
    """Return where the table comes from, for reports."""
    return str(_document()["source"])


def mass_attenuation(material: Material, kev: float) -> float:
    """Return the mass attenuation coefficient in cm2/g, with coherent scattering.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    require_kev(kev)
    table = attenuation_of(material)
    return float(np.exp(np.interp(np.log(kev), np.log(table.kev), np.log(table.cm2_per_g))))


def tissue_hu(material: Material, kev: float) -> float:
    """Return the HU of a tissue without contrast agent in a virtual monochromatic image.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    relative = mass_attenuation(material, kev) / mass_attenuation(Material.WATER, kev)
    return 1000.0 * (attenuation_of(material).density_g_cm3 * relative - 1.0)


def iodine_hu_per_mg_ml(kev: float) -> float:
    """Return by how many HU one mg of iodine in a mL of tissue raises a virtual monochromatic image.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    return mass_attenuation(Material.IODINE, kev) / mass_attenuation(Material.WATER, kev)


def calcium_hu_per_mg_ml(kev: float) -> float:
    """Return the same of calcium; the volume that it takes from the tissue is left aside.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV.
    """
    return mass_attenuation(Material.CALCIUM, kev) / mass_attenuation(Material.WATER, kev)


def require_kev(kev: float) -> None:
    """Pass when the energy is within the table.

    Raises
    ------
    InputError
        otherwise; below 40 keV the K-edge of iodine is near and no scanner makes images.
    """
    if not LOWEST_KEV <= kev <= HIGHEST_KEV:
        raise InputError(f"{kev:g} keV: virtual monochromatic energies go from {LOWEST_KEV:g} to {HIGHEST_KEV:g} keV")


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
