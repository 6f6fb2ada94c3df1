"""Segments by whose surface a face can be recognised without any image: told by where they lie, and by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.anatomy import Role, structure_for
from iENEGraderLib.export.deidentify.defacing import (
    CHIN_LANDMARKS,
    along,
    body_threshold,
    chin_level_mm,
    in_front,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

OUTER_WORDS = (
    "skin", "scalp", "face", "facial", "head", "body", "fat", "subcut", "platysma", "skull", "teeth", "tooth", "nose",
    "outline", "contour", "haut", "kopf", "gesicht", "korper", "körper", "koerper", "fett", "schädel", "schaedel",
    "zähne", "zaehne",
)  # fmt: skip
"""A segment with one of them in its name is left out wherever it lies."""
OUTER_NAMES = ("external",)
"""What planning of radiotherapy calls the body."""
LEFT_OUT = "segments that show the face, or may show it, were left out"
VESSELS = (Role.MAJOR_ARTERY, Role.ARTERY, Role.JUGULAR_VEIN)
NEAR_SURFACE_MM = 6.0
LEAST_NEAR_MM3 = 30.0
"""Ours: a few voxels. The deep neck of the sample has none so near, skin, fat and platysma have thousands."""
LARGEST_SHARE_OF_VESSEL = 0.5
COARSE_MM = 1.5
"""Larger images are looked at in steps of about this size, which shifts distances by less than a step."""


def outer_segments(segments: Sequence[Segment], image: Image) -> tuple[Segment, ...]:
    """Return the segments that may show the face, in their order.

    Those are segments named after outer parts, and segments with more than a few voxels within 6 mm of the air around
    the body (or in it): in front of its middle and above the chin, or anywhere when neither hyoid bone nor mandible is
    segmented. Vessels are left out only when most of them lies there. Where the image shows no surface of a body, all
    segments but vessels are left out, since it cannot be told how near they come to it.

    Parameters
    ----------
    segments : on the grid of the image; those that are no nodes.
    image : before anything was taken from it.
    """
    unnamed = [each for each in segments if not has_outer_name(each.name)]
    near = _near_surface(segments, image) if unnamed else None
    inner = {id(each) for each in unnamed if (is_vessel(each.name) if near is None else _is_inner(each, near, image))}
    return tuple(each for each in segments if id(each) not in inner)


def has_outer_name(name: str) -> bool:
    """Tell whether a segment is named after an outer part of the head, in any case."""
    folded = name.casefold().strip()
    return not is_vessel(name) and (folded in OUTER_NAMES or any(word in folded for word in OUTER_WORDS))


def is_vessel(name: str) -> bool:
    """Tell whether a segment has the standard name of an artery or a jugular vein, with or without its side."""
    standard = name.strip().replace(" ", "_").lower()
    structure = structure_for(standard) or structure_for(f"{standard}_left")
    return structure is not None and structure.role in VESSELS


def left_out_note(names: Sequence[str]) -> str:
    """Return what is said of segments that are left out: standard names, and of others only how many they are."""
    known = sorted({name for name in names if structure_for(name) is not None})
    others = sum(structure_for(name) is None for name in names)
    counted = f"{others} segment{'s' if others > 1 else ''}{' of another name' if known else ''}"
    return f"{LEFT_OUT}: {', '.join([*known, counted] if others else known)}"


def _is_inner(segment: Segment, near: Mask, image: Image) -> bool:
    step = _steps(image.geometry)
    mask = segment.mask()[step]
    volume_mm3 = float(np.prod(image.geometry.spacing_mm)) * float(np.prod([each.step for each in step]))
    count = np.count_nonzero(mask & near)
    if is_vessel(segment.name):
        return bool(count <= LARGEST_SHARE_OF_VESSEL * np.count_nonzero(mask))
    return bool(count * volume_mm3 < LEAST_NEAR_MM3)


def _near_surface(segments: Sequence[Segment], image: Image) -> Mask | None:
    """Return where the face may show, on the steps of the grid; None when the image shows no surface of a body."""
    geometry, step = image.geometry, _steps(image.geometry)
    body = _body(image)[step]
    if body.all() or not body.any():
        return None
    spacing = [mm * each.step for mm, each in zip(geometry.spacing_kji_mm, step, strict=True)]
    # Air counts as well: what surrounds the body has the same surface.
    near: Mask = ndimage.distance_transform_edt(body, sampling=spacing) <= NEAR_SURFACE_MM
    level = _lowest_chin_mm(segments, image)
    if level is not None:
        whole = np.zeros(image.voxels.shape, bool)
        whole[step] = body
        near &= (along(geometry, 2)[step] >= level) & in_front(geometry, whole)[step]
    return near


def _body(image: Image) -> Mask:
    """The largest body of tissue, with what each section encloses: the airway is no outer air."""
    labels, count = ndimage.label(image.voxels >= body_threshold(image))
    if count == 0:
        return np.zeros(image.voxels.shape, bool)
    sizes = np.bincount(labels.ravel())
    body: Mask = labels == int(np.argmax(sizes[1:])) + 1
    axis = int(np.argmax(np.abs(image.geometry.ijk_to_ras[2, :3] / np.asarray(image.geometry.spacing_mm))[::-1]))
    sections = [ndimage.binary_fill_holes(section) for section in np.moveaxis(body, axis, 0)]
    return np.moveaxis(np.stack(sections), 0, axis)


def _lowest_chin_mm(segments: Sequence[Segment], image: Image) -> float | None:
    """The lower of hyoid bone and mandible, so that a short piece of one does not lift the face."""
    marks = [{each.name: each.mask()} for each in segments if each.name in CHIN_LANDMARKS]
    levels = [level for mark in marks if (level := chin_level_mm(image.geometry, mark)) is not None]
    return min(levels, default=None)


def _steps(geometry: ImageGeometry) -> tuple[slice, slice, slice]:
    k, j, i = (slice(None, None, max(1, int(COARSE_MM / mm))) for mm in geometry.spacing_kji_mm)
    return k, j, i
