"""What the inputs show in a region that was chosen to calibrate by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.region_values import require_same_grid
from iENEGraderLib.panel.spectral.regions import core_of
from iENEGraderLib.panel.spectral.regions_part import region_of_drawing
from iENEGraderLib.scene.spectral.tissue_calibration import TissueSample

if TYPE_CHECKING:
    from iENEGraderLib.panel.spectral.regions import Region
    from iENEGraderLib.panel.spectral.tissue_choice import TissueChoice
    from iENEGraderLib.scene.segmented_scene import SegmentedScene
    from iENEGraderLib.spectral import SpectralInput


def sample_of(choice: TissueChoice, data: SpectralInput, segments: SegmentedScene) -> TissueSample:
    """Read the inputs in a chosen region.

    Raises
    ------
    InputError
        When the region is gone, too small, or on another grid.
    """
    region = _region(choice, data, segments)
    mask = np.zeros(data.geometry.array_shape, dtype=bool)
    box = tuple(slice(a, a + n) for a, n in zip(region.start_kji, region.mask.shape, strict=True))
    mask[box] = region.mask
    return TissueSample.of(data, mask, region.name)


def _region(choice: TissueChoice, data: SpectralInput, segments: SegmentedScene) -> Region:
    if choice.markup is not None:
        return region_of_drawing(choice.markup, data.geometry)
    segmentation, image = segments.look()
    require_same_grid(data.geometry, segmentation.geometry, image.source)
    segment = next((each for each in segmentation.segments if each.name == choice.segment), None)
    if segment is None:
        raise InputError(_("{name}: this segment is no longer there").format(name=choice.segment))
    return core_of(segment, segment.name)
