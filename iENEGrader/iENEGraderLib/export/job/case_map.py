"""A map of a case: what its values are, in which unit, and how they were computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.codes import Group, concept

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray
    from pydicom import Dataset

    from iENEGraderLib.export.dicom.codes import Concept

PER_TIME = ("/min", "1/min", "/s", "1/s")
SHARES = ("1", "%")


class Quantity(StrEnum):
    """What the values of an exported map are; values are the names in headers of files and in the table of codes."""

    IODINE = "iodine"
    FAT_FRACTION = "fat fraction"
    KTRANS = "ktrans_per_min"
    KEP = "kep_per_min"
    VE = "ve"
    VP = "vp"
    T1 = "t1_s"

    @property
    def word(self) -> str:
        """Name for users and files: ``ktrans``."""
        return self.removesuffix("_per_min").removesuffix("_s").replace(" ", "-")

    @property
    def shown(self) -> str:
        """Name to show."""
        return self.concept.meaning

    @property
    def label(self) -> str:
        """Name in capitals, as DICOM wants labels."""
        return self.word.replace("-", "_").upper()

    @property
    def concept(self) -> Concept:
        """Code of the quantity."""
        return concept(Group.MAP, self)

    @property
    def units(self) -> tuple[str, ...]:
        """UCUM units that its values may be in; the first is the one that this program writes."""
        return UNITS[self]

    @property
    def is_perfusion(self) -> bool:
        """Whether it comes from dynamic contrast-enhanced MRI, which is not recommended for N staging."""
        return self not in SPECTRAL


UNITS = {
    Quantity.IODINE: ("mg/mL", "mg/ml"),
    Quantity.FAT_FRACTION: SHARES,
    Quantity.KTRANS: PER_TIME,
    Quantity.KEP: PER_TIME,
    Quantity.VE: SHARES,
    Quantity.VP: SHARES,
    Quantity.T1: ("s", "ms"),
}
SPECTRAL = (Quantity.IODINE, Quantity.FAT_FRACTION)


def quantity_named(word: str) -> Quantity:
    """Return the quantity of a name that a user gave.

    Raises
    ------
    InputError
        When there is none.
    """
    for each in Quantity:
        if word.lower() in (each.word, each.value):
            return each
    raise InputError(f"{word!r} is no map that can be exported; expected {', '.join(each.word for each in Quantity)}")


@dataclass(frozen=True, eq=False)
class CaseMap:
    """A map of a case, in the space of its image.

    Attributes
    ----------
    image : its values, NaN or 0 where there is none; its grid may be another than that of the image that was read.
    unit : UCUM unit of the values.
    methods : how they were computed, as concepts of the table of codes; empty when nobody said so.
    sources : headers of the DICOM images that it was computed from, with their UIDs alone; empty when unknown.
    """

    image: Image
    quantity: Quantity
    unit: str
    methods: tuple[Concept, ...] = ()
    sources: tuple[Dataset, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a unit that values of this quantity cannot be in."""
        require_unit(self.quantity, self.unit, self.image.source or "the map")

    @property
    def method(self) -> str:
        """How it was computed, in words; empty when nobody said so."""
        return ", ".join(each.meaning for each in self.methods)

    def is_on(self, geometry: ImageGeometry) -> bool:
        """Tell whether the map has this grid."""
        return self.image.geometry.matches(geometry)

    def without(self, removed: NDArray[np.bool_], geometry: ImageGeometry) -> CaseMap:
        """Return the map without values in the voxels [k, j, i] of a grid, which may be another than its own."""
        own = self.image.geometry
        voxels = self.image.voxels.astype(np.float32)
        for k in range(own.array_shape[0]):
            rows = np.stack(np.broadcast_arrays(k, *np.ogrid[: own.array_shape[1], : own.array_shape[2]]), axis=-1)
            nearest = np.rint(geometry.kji_from_ras(own.ras_from_kji(rows))).astype(int)
            inside = ((nearest >= 0) & (nearest < geometry.array_shape)).all(axis=-1)
            hit = np.zeros(inside.shape, dtype=bool)
            hit[inside] = removed[tuple(nearest[inside].T)]
            voxels[k][hit] = np.nan
        return replace(self, image=replace(self.image, voxels=voxels))


def require_unit(quantity: Quantity, unit: str, name: str) -> None:
    """Pass when values of a quantity may be in a unit.

    Raises
    ------
    InputError
        Naming the units that they may be in; values are never converted by guess.
    """
    if unit not in quantity.units:
        raise InputError(
            f"{name}: {quantity.word} in '{unit or 'no unit'}', expected {' or '.join(quantity.units)}; compute the "
            "map in one of these units"
        )
