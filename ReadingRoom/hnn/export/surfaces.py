"""Surfaces of the nodes of a case, and of the vessels beside them, made by Slicer without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.scene.segmentations import add_segmentation
from iENEGraderLib.scene.surfaces import shown_segment_ids, surfaces_of

from hnn.headless.application import HeadlessSlicer

if TYPE_CHECKING:
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.teaching.mesh import Mesh


def case_surfaces(case: ExportCase) -> tuple[Mesh, ...]:
    """Return the surfaces that a teaching file shows."""
    HeadlessSlicer.start()
    slicer.mrmlScene.Clear(0)
    try:
        volume = add_volume(case.image, "Image")
        nodes = add_segmentation("Nodes", case.segments.nodes, case.image.geometry, volume)
        anatomy = add_segmentation("Anatomy", case.segments.anatomy, case.image.geometry, volume)
        return (*surfaces_of(nodes), *surfaces_of(anatomy, shown_segment_ids(anatomy)))
    finally:
        slicer.mrmlScene.Clear(0)
