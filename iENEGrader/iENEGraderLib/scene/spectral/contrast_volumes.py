"""Scans before and after contrast agent in the scene: registered, subtracted, and what came of it as volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, put_into
from HeadNeckNodesLib.scene.volumes import add_volume, image_of_volume, matrix_of

from iENEGraderLib.scene.spectral.blanking import unknown_voxels
from iENEGraderLib.scene.spectral.input_choice import BEAM_ROLES, NUMBERED_ROLES, InputChoice, InputRole, agent_of
from iENEGraderLib.scene.spectral.map_display import describe_map, show_as_map
from iENEGraderLib.scene.spectral.spectral_volumes import MAP_ATTRIBUTE
from iENEGraderLib.spectral import (
    Motion,
    Registration,
    Scan,
    apply,
    false_rims,
    register_before_to_after,
    subtraction_input,
    subtraction_iodine,
)
from iENEGraderLib.spectral.contrast_agent import require_iodine

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.spectral import Blend, Response, SpectralInput

FOLDER = "Before and after contrast"
RIM_NAME = "False rims"
SLOPE_ATTRIBUTE = "HeadNeckNodes.SlopeUncertainty"
"""Of the map of iodine: relative standard uncertainty of all its values."""
RIM_COLOUR = (0.2, 0.9, 0.9)
"""Unlike the reds and yellows of iodine."""


@dataclass(frozen=True, eq=False)
class Subtraction:
    """What was computed, before any of it is in the scene.

    Attributes
    ----------
    registration : the scan before contrast agent on the grid of that after it.
    data, blend, iodine : the two as inputs, the map of iodine, and its voxels in mg/mL, 0 where nothing is known.
    rims : voxels of tissue at strong edges, where a misfit could feign iodine.
    rim_share : their share of all tissue.
    """

    registration: Registration
    data: SpectralInput
    blend: Blend
    iodine: NDArray[np.float32]
    rims: NDArray[np.bool_]
    rim_share: float

    @property
    def words(self) -> str:
        """How well the two match, and what to mind."""
        rims = f"{100 * self.rim_share:.1f} % of the tissue lies at strong edges: iodine there may be a false rim"
        return "; ".join([rims, *self.blend.warnings])


@dataclass(frozen=True, eq=False)
class SubtractionVolumes:
    """Nodes of a subtraction: the registered scan, iodine in mg/mL, and the mask of false rims with words on it."""

    moved: Any
    iodine: Any
    rims: Any


def scan_of(choice: InputChoice) -> Scan:
    """Return a volume as a scan; its voxels are copied.

    Raises
    ------
    InputError
        When it is not known at which tube voltage or energy it was made.
    """
    if choice.role not in NUMBERED_ROLES or choice.number is None or choice.bin_kev is not None:
        raise InputError(f"{choice.volume.GetName()}: say at which tube voltage (kV) or energy (keV) it was made")
    image = image_of_volume(choice.volume)
    known = choice.recognised
    return Scan(
        image,
        kvp=choice.number if choice.role in BEAM_ROLES else None,
        kev=choice.number if choice.role is InputRole.MONOCHROMATIC else None,
        tin_mm=choice.tin_mm,
        kernel=None if known is None else known.kernel,
        frame_of_reference=None if known is None else known.frame_of_reference,
    )


def subtract(
    before: InputChoice, after: InputChoice, progress: Callable[[float, str], None], motion: Motion = Motion.DEFORMABLE
) -> Subtraction:
    """Register two scans and subtract them; nothing in the scene changes.

    Parameters
    ----------
    before, after : without and with contrast agent.
    progress : called with a share from 0 to 1 and words; what it raises ends the work and is passed on.

    Raises
    ------
    InputError
        When the two cannot be subtracted.
    """
    agent = agent_of([before, after])
    require_iodine(agent)
    response = _response_of(before, after)
    registration = register_before_to_after(scan_of(before), scan_of(after), motion=motion, progress=progress)
    data = subtraction_input(registration, response=response, agent=agent)
    blend = subtraction_iodine(data)
    iodine = np.empty(data.geometry.array_shape, np.float32)
    apply(blend.affine, data.voxels, iodine)
    unknown = unknown_voxels(data)
    iodine[unknown] = 0
    rims = false_rims(data) & ~unknown
    return Subtraction(registration, data, blend, iodine, rims, float(rims.sum()) / max(int((~unknown).sum()), 1))


def _response_of(before: InputChoice, after: InputChoice) -> Response | None:
    """Return the response with the slope that was given with either scan; None when none was."""
    if before.slope is not None and after.slope is not None and before.slope != after.slope:
        raise InputError(
            f"two iodine slopes were given, {before.slope:g} and {after.slope:g} HU per mg/mL, but both scans are of "
            "one tube voltage; give one"
        )
    return after.own_response or before.own_response


def add_subtraction(found: Subtraction, before: Any, after: Any) -> SubtractionVolumes:
    """Put a subtraction into the scene, in a folder of its own; views are left alone.

    Parameters
    ----------
    before, after : the volumes that it was made of.
    """
    moved = add_volume(found.registration.moved, f"{before.GetName()}, registered")
    moved.SetAttribute(MAP_ATTRIBUTE, moved.GetName())
    moved.SetDescription(found.registration.summary())
    iodine = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Subtraction iodine (mg/mL)")
    iodine.SetAttribute(MAP_ATTRIBUTE, iodine.GetName())
    iodine.CreateDefaultDisplayNodes()
    show_as_map(iodine, found.blend.kind)
    slicer.util.updateVolumeFromArray(iodine, found.iodine)
    iodine.SetIJKToRASMatrix(matrix_of(found.data.geometry.ijk_to_ras))
    iodine.SetAttribute(SLOPE_ATTRIBUTE, f"{found.data.channels[1].response.slope_uncertainty:g}")
    describe_map(iodine, found.blend, [before.GetName(), after.GetName()])
    rims = _label_map(found.rims, found.data.geometry)
    rims.SetDescription(found.words)
    put_into(add_folder(FOLDER), [moved, iodine, rims])
    return SubtractionVolumes(moved, iodine, rims)


def show_rims(rims: Any, *, visible: bool) -> None:
    """Show or hide the mask of false rims over whatever the slice views show."""
    for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
        if visible:
            composite.SetLabelVolumeID(rims.GetID())
            composite.SetLabelOpacity(0.6)
        elif composite.GetLabelVolumeID() == rims.GetID():
            composite.SetLabelVolumeID(None)


def are_rims_shown(rims: Any) -> bool:
    """Tell whether a slice view shows the mask of false rims."""
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    return any(each.GetLabelVolumeID() == rims.GetID() for each in composites)


def _label_map(mask: NDArray[np.bool_], geometry: ImageGeometry) -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", RIM_NAME)
    slicer.util.updateVolumeFromArray(node, mask.astype(np.uint8))
    node.SetIJKToRASMatrix(matrix_of(geometry.ijk_to_ras))
    colours = slicer.mrmlScene.CreateNodeByClass("vtkMRMLColorTableNode")
    colours.UnRegister(None)
    colours.SetName(f"{RIM_NAME} colours")
    colours.SetTypeToUser()
    colours.SetNumberOfColors(2)
    colours.SetColor(0, "background", 0.0, 0.0, 0.0, 0.0)
    colours.SetColor(1, RIM_NAME, *RIM_COLOUR, 1.0)
    colours.SetSaveWithScene(True)
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetAndObserveColorNodeID(slicer.mrmlScene.AddNode(colours).GetID())
    return node
