"""The way by which Slicer loads a DICOM segmentation: dcmqi turns it into label maps, which segments are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from dicom_export_builders import GRIDS, SOFTWARE, a_made_source, a_segmentation, masks_of, output_of
from HeadNeckNodesLib.scene.volumes import geometry_of_volume
from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, write_segmentation
from iENEGraderLib.scene.segmentations import mask_of_segment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("pose", ["oblique", "coronal"])
def test_segments_in_the_scene_lie_where_they_were_drawn(tmp_path: Path, a_scene: Any, pose: str) -> None:
    import slicer

    grid = GRIDS[pose]
    source, path = a_made_source(tmp_path / "ct", grid), tmp_path / "seg.dcm"
    write_segmentation(a_segmentation(grid), source, path, algorithm=Algorithm(AlgorithmKind.MANUAL), software=SOFTWARE)
    output_of("segimage2itkimage", "--inputDICOM", path, "--outputDirectory", tmp_path, "--outputType", "nrrd")
    for number, mask in enumerate(masks_of(grid).values(), 1):
        labels = slicer.util.loadLabelVolume(str(tmp_path / f"{number}.nrrd"))
        node = a_scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
        slicer.modules.segmentations.logic().ImportLabelmapToSegmentationNode(labels, node)
        found = mask_of_segment(node, node.GetSegmentation().GetNthSegmentID(0), labels)
        places = geometry_of_volume(labels).ras_from_kji(np.argwhere(found)).round(2)
        expected = grid.ras_from_kji(np.argwhere(mask)).round(2)
        assert np.allclose(sorted(places.tolist()), sorted(expected.tolist()), atol=0.02)
