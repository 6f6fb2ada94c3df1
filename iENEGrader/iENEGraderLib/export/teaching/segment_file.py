"""The segments of a teaching file as Slicer reads them: ``.seg.nrrd`` with names, colours and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image

if TYPE_CHECKING:
    from pathlib import Path

    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from HeadNeckNodesLib.imaging.terminology import Code, Terminology

CONTEXT = "Segmentation category and type"


def write_segments(segmentation: Segmentation, path: Path) -> tuple[Segment, ...]:
    """Write segments as labels of one layer; where two overlap, the voxel is of the one that comes first.

    Parameters
    ----------
    segmentation : nodes first, so that they stay whole.

    Returns
    -------
    The segments that lost voxels to an earlier one.
    """
    kind = np.uint8 if len(segmentation.segments) < 256 else np.uint16
    labels = np.zeros(segmentation.geometry.array_shape, kind)
    attributes: dict[str, str] = {}
    cut = []
    for number, segment in enumerate(segmentation.segments):
        part, mask = labels[segment.grid_box], segment.cropped_mask()
        if part[mask].any():
            cut.append(segment)
        part[mask & (part == 0)] = number + 1
        attributes |= {f"Segment{number}_{key}": value for key, value in _described(segment, number + 1).items()}
    write_image(Image(labels, segmentation.geometry, "SEG", ""), path, attributes)
    return tuple(cut)


def _described(segment: Segment, label: int) -> dict[str, str]:
    described = {"ID": segment.segment_id, "Name": segment.name, "LabelValue": str(label), "Layer": "0"}
    if segment.colour is not None:
        described["Color"] = " ".join(f"{part:.6g}" for part in segment.colour)
    if segment.terminology is not None:
        described["Tags"] = f"TerminologyEntry:{_entry(segment.terminology)}|"
    return described


def _entry(terms: Terminology) -> str:
    """Return codes as Slicer writes them: context, category, type, side, then context, region and its side."""
    codes = (terms.category, terms.kind, terms.kind_modifier)
    return "~".join([CONTEXT, *(_code(each) for each in codes), "", _code(terms.region), "^^"])


def _code(code: Code | None) -> str:
    return "^^" if code is None else f"{code.scheme}^{code.value}^{code.meaning}"
