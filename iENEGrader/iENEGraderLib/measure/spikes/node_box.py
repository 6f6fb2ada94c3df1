"""The part of an image round a node, with the node and what must be left out of the search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment

from iENEGraderLib.measure.label_field import LabelPart, label_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class NodeBox:
    """A box of the image round a node.

    Attributes
    ----------
    image : that part of the image, with its own geometry.
    node : mask [k, j, i] of the node in it.
    excluded : mask of all other labels in it.
    overlap_voxels : voxels that node and other labels share; they stay with the node.
    border_mm : distance of the label of the node from the edge of the whole image.
    """

    image: Image
    node: Mask
    excluded: Mask
    overlap_voxels: int
    border_mm: float

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """Spacing in the order of the array axes."""
        return np.array(self.image.geometry.spacing_kji_mm)


def node_box(image: Image, node: LabelPart, others: Sequence[NDArray[Any] | Segment], margin_mm: float) -> NodeBox:
    """Crop image and labels to the node and a margin round it.

    Raises
    ------
    InputError
        when a label does not fit the image.
    """
    shape = np.array(image.geometry.array_shape)
    low, high = np.array(node.start_kji), np.add(node.start_kji, node.mask.shape)
    start, stop = node.box_within(margin_mm, np.array(image.geometry.spacing_kji_mm))
    inside = node.on(start, stop)
    excluded = np.zeros(inside.shape, dtype=bool)
    for number, other in enumerate(others):
        excluded |= _on_box(other, image.geometry, start, stop, f"label {number + 1} beside the node")
    overlap = int(np.count_nonzero(excluded & inside))
    return NodeBox(
        _cropped(image, start, stop),
        inside,
        excluded & ~inside,
        overlap,
        float((np.minimum(low, shape - high) * image.geometry.spacing_kji_mm).min()),
    )


def _on_box(
    label: NDArray[Any] | Segment, geometry: ImageGeometry, start: NDArray[np.intp], stop: NDArray[np.intp], what: str
) -> Mask:
    """Return a label on a box; arrays are not searched for their extent, which would take long for many of them."""
    if isinstance(label, Segment) or label.shape != geometry.array_shape:
        return label_part(label, geometry.array_shape, what).on(start, stop)
    mask: Mask = label[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))] != 0
    return mask


def _cropped(image: Image, start: NDArray[np.intp], stop: NDArray[np.intp]) -> Image:
    """Return a part of an image where it lies in the patient."""
    voxels = image.voxels[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    right, back, up = (image.geometry.ras_from_kji(start) * (-1, -1, 1)).tolist()
    slices, rows, columns = voxels.shape
    geometry = replace(image.geometry, size_ijk=(columns, rows, slices), origin_lps_mm=(right, back, up))
    return Image(voxels, geometry, image.modality, image.source, image.header)
