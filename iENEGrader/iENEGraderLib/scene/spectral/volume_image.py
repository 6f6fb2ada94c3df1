"""Volume nodes as images without a copy of their voxels: spectral inputs are large, and only looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE, geometry_of_volume


def shared_image(volume: Any, scale: float = 1.0, offset: float = 0.0) -> Image:
    """Return a volume as an image that shares its voxels with the node, unless they must be rescaled.

    Raises
    ------
    InputError
        When the volume has no voxels, its axes are not perpendicular, or a transform moves it.
    """
    geometry = geometry_of_volume(volume)
    voxels = slicer.util.arrayFromVolume(volume)
    if (scale, offset) != (1.0, 0.0):
        voxels = (voxels * np.float32(scale) + np.float32(offset)).astype(np.float32)
    return Image(voxels, geometry, volume.GetAttribute(MODALITY_ATTRIBUTE) or "", volume.GetName())
