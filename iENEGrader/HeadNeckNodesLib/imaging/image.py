"""An image: voxels, where they lie in the patient, and the few header facts that measurements depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry


@dataclass(frozen=True)
class HeaderFacts:
    """What the DICOM header of an image states; ``None`` where it states nothing.

    Attributes
    ----------
    rescale_type : (0028,1054), what the rescaled values are: ``HU``, ``US`` (unspecified) ...
    kvp : (0018,0060), tube voltage in kV.
    slice_thickness_mm : (0018,0050), which may differ from the distance between slices.
    series_number : (0020,0011).
    """

    rescale_type: str | None = None
    kvp: float | None = None
    slice_thickness_mm: float | None = None
    series_number: int | None = None


@dataclass(frozen=True, eq=False)
class Image:
    """A scalar 3D image.

    Attributes
    ----------
    voxels : array [k, j, i] of rescaled values (HU for a CT that says so).
    geometry : where the voxels lie.
    modality : ``CT``, ``MR`` or another DICOM modality; empty when the file format does not tell.
    source : name of the file or folder, without its path.
    header : facts of the DICOM header, or ``None`` for formats without one.
    """

    voxels: NDArray[Any]
    geometry: ImageGeometry
    modality: str = ""
    source: str = ""
    header: HeaderFacts | None = None

    def __post_init__(self) -> None:
        """Refuse voxels that do not fill the grid."""
        if self.voxels.shape != self.geometry.array_shape:
            raise InputError(
                f"the voxel array has shape {self.voxels.shape}, the image grid {self.geometry.array_shape}: "
                "give both in the order slice, row, column"
            )
