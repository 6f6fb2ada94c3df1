"""Read segmentations: Slicer's ``.seg.nrrd`` with its names and codes, or a plain label volume."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from scipy import ndimage

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from HeadNeckNodesLib.imaging.terminology import Terminology, terminology_from_tags
from HeadNeckNodesLib.imaging.volume_file import grid_of, read_volume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

SEGMENT_KEY = re.compile(r"Segment(\d+)_ID")


@dataclass(frozen=True)
class _Entry:
    """What a file says about one segment."""

    segment_id: str
    name: str
    layer: int
    label_value: int
    terminology: Terminology | None = None
    colour: tuple[float, float, float] | None = None


def read_segmentation(path: str | PathLike[str], names: Mapping[int, str] | None = None) -> Segmentation:
    """Read a segmentation.

    Parameters
    ----------
    path : ``.seg.nrrd`` as Slicer writes it, or a label volume (NRRD, NIfTI, MetaImage) where each value is a segment.
    names : names of the label values of a plain label volume; values without one are named ``label_<value>``.

    Raises
    ------
    InputError
        when there is no segment, a segment has no voxels, or the file cannot be read as labels.
    """
    volume = read_volume(path)
    layers = _layers(path, volume)
    described = sorted(
        int(match.group(1)) for key in volume.GetMetaDataKeys() if (match := SEGMENT_KEY.fullmatch(key)) is not None
    )
    if described:
        entries = [_described_entry(path, volume, number, len(layers)) for number in described]
    elif len(layers) == 1:
        values = [int(v) for v in np.unique(layers[0]) if v != 0]
        entries = [_Entry(f"label_{v}", (names or {}).get(v, f"label_{v}"), 0, v) for v in values]
    else:
        raise InputError(f"{path}: {len(layers)} layers without segment names; save it from Slicer as .seg.nrrd")
    if not entries:
        raise InputError(f"{path}: there is no segment in it; segment a node first")
    return Segmentation(grid_of(path, volume), _segments(path, entries, layers), Path(path).name)


def _layers(path: str | PathLike[str], volume: SimpleITK.Image) -> list[NDArray[Any]]:
    """Return the label arrays [k, j, i], one for each layer of segments that do not overlap."""
    array = SimpleITK.GetArrayFromImage(volume)
    if np.iscomplexobj(array):
        raise InputError(f"{path}: found complex values, expected whole labels")
    if np.issubdtype(array.dtype, np.floating):
        whole = np.rint(array)
        if not np.array_equal(whole, array) or np.abs(whole).max() > np.iinfo(np.int32).max:
            raise InputError(f"{path}: found values that are not whole numbers; give labels, not an image or a map")
        array = whole.astype(np.int32)
    if array.size and array.min() < 0:
        raise InputError(f"{path}: found negative values; give labels (0 is background), not an image")
    if volume.GetNumberOfComponentsPerPixel() == 1:
        return [array]
    return [np.ascontiguousarray(array[..., n]) for n in range(array.shape[-1])]


def _described_entry(path: str | PathLike[str], volume: SimpleITK.Image, number: int, layers: int) -> _Entry:
    def field(name: str) -> str:
        key = f"Segment{number}_{name}"
        return volume.GetMetaData(key).strip() if volume.HasMetaDataKey(key) else ""

    try:
        # Files of Slicer before 4.11 have one layer for each segment and state neither layer nor value.
        layer = int(field("Layer") or (number if layers > 1 else 0))
        value = int(field("LabelValue") or 1)
        rgb = tuple(float(x) for x in field("Color").split())
    except ValueError as error:
        raise InputError(f"{path}: layer, value or colour of Segment{number} is no number; save it again") from error
    if not 0 <= layer < layers:
        raise InputError(
            f"{path}: Segment{number} is said to be in layer {layer}, found {layers} layers; save it again"
        )
    return _Entry(
        segment_id=field("ID"),
        name=field("Name") or field("ID"),
        layer=layer,
        label_value=value,
        terminology=terminology_from_tags(field("Tags")),
        colour=(rgb[0], rgb[1], rgb[2]) if len(rgb) == 3 else None,
    )


def _segments(
    path: str | PathLike[str], entries: Sequence[_Entry], layers: Sequence[NDArray[Any]]
) -> tuple[Segment, ...]:
    boxes = [ndimage.find_objects(_small_labels(layer)) for layer in layers]
    segments = []
    for entry in entries:
        found = boxes[entry.layer]
        box = found[entry.label_value - 1] if 0 < entry.label_value <= len(found) else None
        if box is None:
            raise InputError(f"{path}: segment {entry.name!r} holds no voxels; draw it or delete it")
        segments.append(
            Segment(
                segment_id=entry.segment_id,
                name=entry.name,
                labels=layers[entry.layer],
                label_value=entry.label_value,
                box=box,
                offset_kji=(0, 0, 0),
                grid_shape=layers[entry.layer].shape,
                terminology=entry.terminology,
                colour=entry.colour,
            )
        )
    return tuple(segments)


def _small_labels(layer: NDArray[Any]) -> NDArray[Any]:
    """Return a layer in a type that the box search takes."""
    return layer if layer.dtype in (np.uint8, np.int16, np.uint16, np.int32) else layer.astype(np.int32)
