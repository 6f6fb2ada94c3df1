"""The maps of a scene that are exported with its case: those of spectral CT, and those of perfusion MRI."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import image_of_volume

from iENEGraderLib.export.dicom.codes import Group, known
from iENEGraderLib.export.job.case_map import CaseMap, Quantity
from iENEGraderLib.scene.spectral.spectral_volumes import map_of
from iENEGraderLib.spectral import MapKind
from iENEGraderLib.spectral.map_file import UNITS

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.dicom.codes import Concept

PERFUSION_MAP, PERFUSION_METHOD = "PWIProtocol.Map", "PWIProtocol.Method"
"""Attributes of the volumes of the module PWI Protocol: quantity, and words of the table of codes."""
SPECTRAL_KINDS = {Quantity.IODINE: MapKind.IODINE, Quantity.FAT_FRACTION: MapKind.FAT_FRACTION}
ZERO_OUTSIDE = "maps of iodine and fat hold 0 in air, bone and metal, where they do not apply"


def maps_on(image: Image) -> tuple[tuple[CaseMap, ...], tuple[str, ...]]:
    """Return the maps of the scene on the grid of an image, one of a quantity, and what to say of them.

    A map on another grid is left out: a scene does not tell whether it is of the same examination. What is said names
    no node, since names of nodes may hold that of the patient.
    """
    found: list[CaseMap] = []
    notes: list[str] = []
    for quantity in Quantity:
        volumes = [each for each in _volumes(quantity) if each.GetImageData() is not None]
        fitting = [each for each in volumes if image_of_volume(each).geometry.matches(image.geometry)]
        if len(fitting) > 1:
            notes.append(f"map of {quantity.shown}: left out, since the scene holds {len(fitting)} of it; keep one")
        elif fitting:
            _take(fitting[0], quantity, found, notes)
        elif volumes:
            notes.append(f"map of {quantity.shown}: left out, since it does not lie on the grid of the image")
    if any(not each.quantity.is_perfusion for each in found):
        notes.append(ZERO_OUTSIDE)
    return tuple(found), tuple(notes)


def _take(volume: Any, quantity: Quantity, found: list[CaseMap], notes: list[str]) -> None:
    try:
        image = replace(image_of_volume(volume), source=f"map of {quantity.shown}")
        found.append(CaseMap(image, quantity, _unit(volume, quantity), _methods(volume)))
    except InputError as error:
        notes.append(f"{error}; left out")


def _volumes(quantity: Quantity) -> list[Any]:
    if quantity in SPECTRAL_KINDS:
        volume = map_of(SPECTRAL_KINDS[quantity])
        return [] if volume is None else [volume]
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [each for each in volumes if each.GetAttribute(PERFUSION_MAP) == quantity]


def _unit(volume: Any, quantity: Quantity) -> str:
    if quantity in SPECTRAL_KINDS:
        return UNITS[SPECTRAL_KINDS[quantity]]
    stated = volume.GetVoxelValueUnits()
    return "" if stated is None else str(stated.GetCodeValue())


def _methods(volume: Any) -> tuple[Concept, ...]:
    words = (volume.GetAttribute(PERFUSION_METHOD) or "").split()
    return tuple(each for word in words if (each := known(Group.MAP_METHOD, word)) is not None)
