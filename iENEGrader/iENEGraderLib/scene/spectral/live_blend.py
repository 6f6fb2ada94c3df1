"""A monochromatic volume whose energy follows a slider: what is in sight at once, the rest on release.

A blend can be computed for any part of the grid. While the energy moves, only the voxels that the slice views in sight
need are computed; the volume then holds two energies, so it says none until `settle` has filled it. Noise is reduced
then, too: that takes too long to follow the slider.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk

from iENEGraderLib.scene.spectral.map_display import KEV_ATTRIBUTE
from iENEGraderLib.scene.spectral.spectral_volumes import voxels_of
from iENEGraderLib.spectral import MapKind, apply, virtual_monochromatic
from iENEGraderLib.spectral.noise_reduced import noise_reduced_blend

if TYPE_CHECKING:
    from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes

    Box = tuple[slice, slice, slice]

LIVE_ATTRIBUTE = "HeadNeckNodes.LiveEnergy"
FOR_LOOKING = "noise-reduced: for looking, not for measuring"


class LiveBlend:
    """The volume of the slider; it is made once, and taken up again from a loaded scene.

    Parameters
    ----------
    inputs : what it is computed from.
    kev : energy to begin with.
    is_noise_reduced : whether the whole volume is shown with less noise, for looking.

    Raises
    ------
    InputError
        When the inputs cannot show this energy.
    """

    def __init__(self, inputs: SpectralVolumes, kev: float, *, is_noise_reduced: bool = False) -> None:
        self._inputs = inputs
        self.is_noise_reduced = is_noise_reduced
        self.kev = kev
        virtual_monochromatic(inputs.data, kev)  # refuse before a node is made
        self.volume: Any = _live_volume() or inputs.add_volume("VMI", MapKind.MONOCHROMATIC)
        self.volume.SetAttribute(LIVE_ATTRIBUTE, "1")
        self.settle(kev)

    @property
    def is_settled(self) -> bool:
        """Tell whether the whole volume shows one energy."""
        return self.volume.GetAttribute(KEV_ATTRIBUTE) is not None

    def use(self, inputs: SpectralVolumes) -> None:
        """Compute it from the same volumes with another calibration."""
        self._inputs = inputs
        if slicer.mrmlScene.IsNodePresent(self.volume):
            self.settle()

    def move(self, kev: float) -> None:
        """Show an energy in the slice views in sight; the rest of the volume lags behind."""
        blend = virtual_monochromatic(self._inputs.data, kev)
        self.kev = kev
        voxels = voxels_of(self.volume)
        boxes = boxes_in_sight(self.volume)
        for box in boxes:
            # Sections of the box are computed one by one: let there be few, whichever way the plane lies.
            thin = int(np.argmin(voxels[box].shape))
            first, *parts = (np.moveaxis(each[box], thin, 0) for each in (voxels, *self._inputs.data.voxels))
            apply(blend.affine, parts, first)
        self.volume.RemoveAttribute(KEV_ATTRIBUTE)
        if boxes:
            slicer.util.arrayFromVolumeModified(self.volume)

    def settle(self, kev: float | None = None) -> None:
        """Show an energy, by default the last one, in the whole volume."""
        self.kev = self.kev if kev is None else kev
        blend_of = noise_reduced_blend if self.is_noise_reduced else virtual_monochromatic
        self._inputs.fill(self.volume, blend_of(self._inputs.data, self.kev))
        doubt = f", {FOR_LOOKING}" if self.is_noise_reduced else ""
        self.volume.SetName(f"VMI {self.kev:g} keV (slider){doubt}")


def _live_volume() -> Any:
    found = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return next((each for each in found if each.GetAttribute(LIVE_ATTRIBUTE)), None)


def boxes_in_sight(volume: Any) -> list[Box]:
    """Return the boxes of voxels [k, j, i] that slice views in sight need of a volume, without doubles."""
    boxes: list[Box] = []
    for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        if node.IsMappedInLayout() and _shows(node, volume):
            box = _box_of_plane(node, volume)
            if box is not None and box not in boxes:
                boxes.append(box)
    return boxes


def _shows(slice_node: Any, volume: Any) -> bool:
    composite = slicer.mrmlScene.GetSingletonNode(slice_node.GetLayoutName(), "vtkMRMLSliceCompositeNode")
    if composite is None:
        return False
    return volume.GetID() in (composite.GetBackgroundVolumeID(), composite.GetForegroundVolumeID())


def _box_of_plane(slice_node: Any, volume: Any) -> Box | None:
    """Return the voxels on both sides of the part of a plane that a view shows; None when it misses the volume.

    A plane along the axes of the grid needs one or two layers; an oblique one needs the box around it.
    """
    ras_to_ijk, xy_to_ijk = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
    volume.GetRASToIJKMatrix(ras_to_ijk)
    vtk.vtkMatrix4x4.Multiply4x4(ras_to_ijk, slice_node.GetXYToRAS(), xy_to_ijk)
    columns, rows, _ = slice_node.GetDimensions()
    corners = [xy_to_ijk.MultiplyPoint((x, y, 0.0, 1.0))[:3] for x, y in product((0, columns), (0, rows))]
    # Rounded, so that a plane through the middles of voxels needs one layer only.
    places = np.round(np.array(corners), 4)[:, ::-1]
    shape = np.array(volume.GetImageData().GetDimensions())[::-1]
    first = np.maximum(np.floor(places.min(axis=0)).astype(int), 0)
    last = np.minimum(np.ceil(places.max(axis=0)).astype(int) + 1, shape)
    if (first >= last).any():
        return None
    k, j, i = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return k, j, i
