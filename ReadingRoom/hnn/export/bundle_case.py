"""A case read from a scene bundle on the headless application."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.job.export_case import ExportCase
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.scene.deidentify import identifiers_of_scene
from iENEGraderLib.scene.reading_node import read_reading, reading_nodes
from iENEGraderLib.scene.segmentation_reading import named_by_readings, segmented_image

from hnn.headless.application import HeadlessSlicer

if TYPE_CHECKING:
    from iENEGraderLib.export.report_content import ImageOrigin
    from iENEGraderLib.reading import Reading

    from hnn.export.case_files import CaseBundle


def case_of_bundle(bundle: CaseBundle, origin: ImageOrigin) -> ExportCase:
    """Read a case from a scene; the scene is closed afterwards.

    Raises
    ------
    InputError
        When the bundle cannot be read, or does not hold one reading and the segments that it names.
    """
    HeadlessSlicer.start()
    slicer.mrmlScene.Clear(0)
    # Reading a damaged bundle leaves the process in a folder that is gone, where no other case would be found.
    with contextlib.chdir(Path.cwd()):
        try:
            return _read_case(bundle, origin)
        finally:
            slicer.mrmlScene.Clear(0)


def _read_case(bundle: CaseBundle, origin: ImageOrigin) -> ExportCase:
    # What the reader of bundles returns differs between versions of Slicer, so what counts is what is there.
    slicer.mrmlScene.ReadFromMRB(str(bundle.scene.absolute()), True)
    if not slicer.util.getNodesByClass("vtkMRMLVolumeNode"):
        raise InputError(f"{bundle.scene}: no image could be read from it; save the scene again as .mrb")
    reading = _reading(bundle.scene)
    segmentation, image = segmented_image(named_by_readings())
    return ExportCase(
        reading=reading,
        image=image,
        segments=match_segments(reading, segmentation, f"the reading in {bundle.scene.name}"),
        origin=origin,
        teaching_notes=bundle.teaching,
        inputs=bundle.inputs,
        identifiers=identifiers_of_scene(),
    )


def _reading(path: Path) -> Reading:
    nodes = reading_nodes()
    if len(nodes) != 1:
        names = ", ".join(node.GetName() for node in nodes) or "none"
        raise InputError(f"{path}: expected one reading in the scene, found {names}; save it with the one to export")
    return read_reading(nodes[0])
