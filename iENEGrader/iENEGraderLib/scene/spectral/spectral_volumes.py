"""Volumes of the scene as checked spectral inputs, and maps of them as further volumes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import matrix_of

from iENEGraderLib.scene.spectral.blanking import blank_outside_tissue
from iENEGraderLib.scene.spectral.input_choice import (
    BEAM_ROLES,
    IODINE_ROLES,
    InputChoice,
    InputRole,
    agent_of,
    require_one_examination,
)
from iENEGraderLib.scene.spectral.map_display import describe_map, show_as_map
from iENEGraderLib.scene.spectral.noise_reduced_fill import fill_noise_reduced
from iENEGraderLib.scene.spectral.volume_image import shared_image
from iENEGraderLib.spectral import (
    BeamSeries,
    IodineMap,
    IodineUnit,
    MapKind,
    MonochromaticSeries,
    apply,
    basis_test,
    beam_input,
    iodine_map_input,
    monochromatic_input,
    virtual_monochromatic,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
    from iENEGraderLib.scene.spectral.tissue_calibration import TissueCalibration
    from iENEGraderLib.spectral import Blend, SpectralInput

THREADS = 2
LEAST_TESTED = 3
MAP_ATTRIBUTE = "HeadNeckNodes.SpectralMap"
SHORT_NAMES = {
    MapKind.MONOCHROMATIC: "VMI {kev:g} keV",
    MapKind.IODINE: "Iodine (mg/mL)",
    MapKind.FAT_FRACTION: "Fat fraction",
    MapKind.NON_CONTRAST: "VNC",
}


def spectral_input_of(choices: Sequence[InputChoice], voxels: Sequence[Image]) -> SpectralInput:
    """Return chosen volumes as checked inputs.

    Parameters
    ----------
    voxels : their images, in the same order.

    Raises
    ------
    InputError
        When something is not known of a volume, the volumes do not make a set, or a check of them fails.
    """
    for each in choices:
        if not each.is_complete:
            raise InputError(f"{each.volume.GetName()}: say what it is, and its energy in keV or voltage in kV")
    if len({each.volume.GetID() for each in choices}) < len(choices):
        raise InputError("one volume is chosen twice; choose volumes of different energies")
    images = dict(zip(choices, voxels, strict=True))
    mono, beams, maps = (
        [each for each in choices if each.role in roles]
        for roles in ((InputRole.MONOCHROMATIC,), BEAM_ROLES, IODINE_ROLES)
    )
    agent = agent_of(choices)
    if len(mono) > 1 and not beams and not maps:
        return _tested(monochromatic_input([MonochromaticSeries(images[each], each.number) for each in mono], agent))
    if len(beams) > 1 and not mono and not maps:
        series = [BeamSeries(images[each], each.number, each.tin_mm, each.bin_kev, each.own_response) for each in beams]
        return beam_input(series, agent=agent)
    if len(mono) == len(maps) == 1 and not beams:
        base = MonochromaticSeries(images[mono[0]], mono[0].number)
        return iodine_map_input(IodineMap(images[maps[0]], IodineUnit.MG_ML), base, agent)
    raise InputError(
        "choose two or more monochromatic volumes (keV), two or more of different tube voltage (kV), or one "
        "monochromatic volume with the iodine map of the scanner"
    )


def _tested(data: SpectralInput) -> SpectralInput:
    """Return three or more energies in the basis that they are made of, and say what the test of it has found."""
    if len(data.channels) < LEAST_TESTED:
        return data
    try:
        test = basis_test(data)
    except InputError as error:
        return replace(data, warnings=(*data.warnings, f"basis not tested: {error}"))
    return replace(data.with_basis(test.basis), warnings=(*data.warnings, f"basis tested: {test}"))


@dataclass(frozen=True, eq=False)
class SpectralVolumes:
    """Checked inputs with the volumes that they come from; makes maps of them.

    Attributes
    ----------
    data : the inputs.
    choices : the volumes, as the user chose them.
    images : what they held when they were checked, in the same order.
    """

    data: SpectralInput
    choices: tuple[InputChoice, ...]
    images: tuple[Image, ...]

    @staticmethod
    def of(choices: Sequence[InputChoice]) -> SpectralVolumes:
        """Check chosen volumes; InputError as for `spectral_input_of`."""
        images = tuple(shared_image(each.volume, each.scale, each.offset) for each in choices)
        warnings = require_one_examination(choices)
        data = spectral_input_of(choices, images)
        return SpectralVolumes(replace(data, warnings=(*data.warnings, *warnings)), tuple(choices), images)

    def calibrated(self, *calibrations: TissueCalibration | SlopeCalibration | None) -> SpectralVolumes:
        """Return the inputs with one calibration after the other; InputError when one is of other inputs."""
        data = self.data
        for each in calibrations:
            data = data if each is None else each.applied_to(data)
        return replace(self, data=data)

    def require_current(self) -> None:
        """Pass while the volumes are in the scene and hold what was checked.

        Raises
        ------
        InputError
            When one was removed, moved, or got other voxels.
        """
        for choice, channel_image in zip(self.choices, self.images, strict=True):
            volume = choice.volume
            if not slicer.mrmlScene.IsNodePresent(volume) or not _holds(volume, channel_image, choice):
                raise InputError("the chosen volumes have changed since they were checked; press Use again")

    @property
    def reference(self) -> Any:
        """The volume whose grid, and place in the subject hierarchy, all maps share."""
        return self.choices[0].volume

    def input_of(self, kev: float) -> Any:
        """Return the input volume of exactly this energy; None when there is none."""
        is_it = (each.volume for each in self.choices if each.role is InputRole.MONOCHROMATIC and each.number == kev)
        return next(is_it, None)

    def monochromatic(self, kev: float) -> Any:
        """Return the volume of one energy: the input when there is one, else a map."""
        return self.input_of(kev) or self.map_volume(virtual_monochromatic(self.data, kev))

    def map_volume(self, blend: Blend) -> Any:
        """Return a map as a volume (vtkMRMLScalarVolumeNode), computed now; a map made before is filled anew."""
        name = SHORT_NAMES[blend.kind].format(kev=blend.kev)
        volume = _map_named(name) or self.add_volume(name, blend.kind)
        self.fill(volume, blend)
        return volume

    def fill(self, volume: Any, blend: Blend) -> None:
        """Compute a map into a volume of `add_volume`, in place where its voxels fit."""
        _make_room(volume, self.data.geometry, dtype_of(blend))
        voxels = slicer.util.arrayFromVolume(volume)
        if blend.noise_reduced:
            fill_noise_reduced(self.data, blend, voxels, THREADS)
        else:
            apply(blend.affine, self.data.voxels, voxels, THREADS)
        if blend.kind in (MapKind.IODINE, MapKind.FAT_FRACTION):
            blank_outside_tissue(self.data, voxels)
        slicer.util.arrayFromVolumeModified(volume)
        self._place(volume)
        describe_map(volume, blend, [each.volume.GetName() for each in self.choices])

    def add_volume(self, name: str, kind: MapKind) -> Any:
        """Add a volume for a map to the scene, without voxels yet, beside the inputs in the subject hierarchy."""
        volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        volume.SetAttribute(MAP_ATTRIBUTE, name)
        volume.CreateDefaultDisplayNodes()
        show_as_map(volume, kind)  # before there are voxels: no time is lost on a window that would not be used
        _put_beside(volume, self.reference)
        return volume

    def _place(self, volume: Any) -> None:
        volume.SetIJKToRASMatrix(matrix_of(self.data.geometry.ijk_to_ras))


def dtype_of(blend: Blend) -> type[np.int16] | type[np.float32]:
    """Return the type of the voxels of a map: HU are stored as scanners do, other units with fractions."""
    return np.int16 if blend.kind in (MapKind.MONOCHROMATIC, MapKind.NON_CONTRAST) else np.float32


def _make_room(volume: Any, geometry: ImageGeometry, dtype: type[np.int16] | type[np.float32]) -> None:
    """Give a volume voxels of this type on this grid; their values are those that happen to be there."""
    image = volume.GetImageData()
    scalars = vtk.VTK_SHORT if dtype is np.int16 else vtk.VTK_FLOAT
    if image is not None and image.GetDimensions() == geometry.size_ijk and image.GetScalarType() == scalars:
        return
    image = vtk.vtkImageData()
    image.SetDimensions(*geometry.size_ijk)
    image.AllocateScalars(scalars, 1)
    volume.SetAndObserveImageData(image)


def is_map(volume: Any) -> bool:
    """Tell whether a volume was made here, and is no input."""
    return bool(volume.GetAttribute(MAP_ATTRIBUTE))


def map_of(kind: MapKind) -> Any:
    """Return the map of a kind that was made before, or came with a scene; None when there is none."""
    return _map_named(SHORT_NAMES[kind])


def made_maps() -> list[Any]:
    """Return the maps of the scene that have voxels."""
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [each for each in volumes if is_map(each) and each.GetImageData() is not None]


def voxels_of(volume: Any) -> NDArray[Any]:
    """Return the voxels of a map, shared with the node."""
    return slicer.util.arrayFromVolume(volume)


def _holds(volume: Any, image: Image, choice: InputChoice) -> bool:
    """Tell whether a volume still is where an image was taken from, with the same voxels where they are shared."""
    if volume.GetImageData() is None or volume.GetParentTransformNode() is not None:
        return False
    now = shared_image(volume)
    is_shared = (choice.scale, choice.offset) == (1.0, 0.0)
    same = now.voxels.shape == image.voxels.shape and (not is_shared or np.may_share_memory(now.voxels, image.voxels))
    return same and now.geometry.matches(image.geometry)


def _map_named(name: str) -> Any:
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return next((each for each in volumes if each.GetAttribute(MAP_ATTRIBUTE) == name), None)


def _put_beside(volume: Any, other: Any) -> None:
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item, sibling = hierarchy.GetItemByDataNode(volume), hierarchy.GetItemByDataNode(other)
    parent = hierarchy.GetItemParent(sibling) if sibling else hierarchy.GetSceneItemID()
    if item:
        hierarchy.SetItemParent(item, parent)
    else:
        hierarchy.CreateItem(parent, volume)
