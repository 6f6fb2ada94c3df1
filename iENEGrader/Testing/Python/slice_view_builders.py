"""A slice view over an empty image, to click and drag in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from hnn.headless.slice_view import SliceView

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def an_axial_view(volume_name: str = "image") -> Iterator[SliceView]:
    """Show an image of 100 by 100 mm about the origin in the axial view."""
    import slicer

    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", volume_name)
    slicer.util.updateVolumeFromArray(volume, np.zeros((21, 100, 100), np.int16))
    volume.SetOrigin(-50, -50, -10)
    with SliceView("Red") as view:
        view.show(volume)
        view.offset_mm = 0.0
        view.render()
        yield view
