"""A case read from a scene bundle on the headless application."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.job.export_case import ExportCase
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.scene.deidentify import identifiers_of_scene
from iENEGraderLib.scene.export_case import segmented_volume
from iENEGraderLib.scene.export_maps import maps_on
from iENEGraderLib.scene.image_origin import stated_origin
from iENEGraderLib.scene.reading_node import read_reading, reading_nodes
from iENEGraderLib.scene.segmentation_reading import named_by_readings, segmented_image

from hnn.export.map_files import read_case_maps
from hnn.headless.application import HeadlessSlicer

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.reading import Reading

    from hnn.export.case_files import CaseBundle


def case_of_bundle(bundle: CaseBundle, origin: ImageOrigin) -> ExportCase:
    """Read a case from a scene; the scene is closed afterwards.

    Parameters
    ----------
    origin : of the image, when it is known; else what the scene says of it.

    Raises
    ------
    InputError
        When the bundle cannot be read, or does not hold one reading and the segments that it names.
    """
    _require_bundle(bundle.scene)
    HeadlessSlicer.start()
    slicer.mrmlScene.Clear(0)
    # Reading a damaged bundle leaves the process in a folder that is gone, where no other case would be found.
    with contextlib.chdir(Path.cwd()):
        try:
            return _read_case(bundle, origin)
        finally:
            slicer.mrmlScene.Clear(0)


def _require_bundle(path: Path) -> None:
    """Pass when a file is an archive with a scene; Slicer tells what is wrong with others in many lines."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise InputError(f"{path}: is damaged or no scene bundle; save the scene again as .mrb") from error
    if not any(name.endswith(".mrml") for name in names):
        raise InputError(f"{path}: holds no scene (.mrml); save the scene again as .mrb")


def _read_case(bundle: CaseBundle, origin: ImageOrigin) -> ExportCase:
    # What the reader of bundles returns differs between versions of Slicer, so what counts is what is there.
    slicer.mrmlScene.ReadFromMRB(str(bundle.scene.absolute()), True)
    if not slicer.util.getNodesByClass("vtkMRMLVolumeNode"):
        raise InputError(f"{bundle.scene}: no image could be read from it; save the scene again as .mrb")
    reading = _reading(bundle.scene)
    segmentation, image = segmented_image(named_by_readings())
    maps, notes = _maps(bundle, image)
    return ExportCase(
        reading=reading,
        image=image,
        segments=match_segments(reading, segmentation, f"the reading in {bundle.scene.name}"),
        origin=stated_origin(segmented_volume()) if origin is ImageOrigin.NOT_STATED else origin,
        maps=maps,
        teaching_notes=bundle.teaching,
        inputs=bundle.inputs,
        identifiers=identifiers_of_scene(),
        notes=notes,
    )


def _maps(bundle: CaseBundle, image: Image) -> tuple[tuple[CaseMap, ...], tuple[str, ...]]:
    """Return the maps of the scene, and those that were given as files, which stand before them."""
    given = read_case_maps(bundle.maps, image, None)
    of_scene, notes = maps_on(image)
    quantities = {each.quantity for each in given}
    return (*given, *(each for each in of_scene if each.quantity not in quantities)), notes


def _reading(path: Path) -> Reading:
    nodes = reading_nodes()
    if len(nodes) != 1:
        names = ", ".join(node.GetName() for node in nodes) or "none"
        raise InputError(f"{path}: expected one reading in the scene, found {names}; save it with the one to export")
    return read_reading(nodes[0])
