"""Images at several flip angles that are in the scene: one volume for each angle, or one node that states them all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import geometry_of_volume

from PWIProtocolLib.dynamic import FlipAngleFrames, require_same_grid
from PWIProtocolLib.scene.dicom_database import open_database
from PWIProtocolLib.scene.maps.dynamic_nodes import (
    FLIP_ANGLE,
    MULTI,
    REPETITION_TIME,
    SEQUENCE,
    VECTOR,
    VOLUME,
    labelled_angles,
    still_volumes,
)
from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INSTANCES = "DICOM.instanceUIDs"
ANGLE_TAG, REPETITION_TAG = "0018,1314", "0018,0080"
NUMBER = r"(\d{1,2}(?:[.,p]\d+)?)(?!\d)"
IN_NAME = (
    re.compile(r"(?<![a-z])(?:fa|flip(?:[ _-]?angle)?|alpha)[ _=-]{0,2}" + NUMBER, re.IGNORECASE),
    re.compile(r"(?<![\d.,])" + NUMBER + r"[ _-]?(?:degrees?|deg(?![a-z])|°)", re.IGNORECASE),
)
"""How people write a flip angle into a name: FA15, flip angle 15, 15deg, 15°."""
FROM_HEADER, FROM_NAME, FROM_LABELS = "from the header", "from the name", "from its labels"


@dataclass(frozen=True, eq=False)
class AngleCandidate:
    """A node that can be one of the images, or all of them.

    Attributes
    ----------
    flip_angles_deg : one for each image; empty when neither header nor name tells.
    words : where the angles stand; empty when nowhere.
    repetition_time_ms : as stated; None when not.
    is_set : whether the node holds several images, each with its angle.
    """

    node: Any
    flip_angles_deg: tuple[float, ...]
    words: str
    repetition_time_ms: float | None
    is_set: bool = False


def angle_candidates() -> list[AngleCandidate]:
    """Return the nodes of the scene that can be images at a flip angle, sets first; maps of fits are none."""
    every = slicer.util.getNodesByClass
    stated = ((node, labelled_angles(node)) for node in dict.fromkeys(every(SEQUENCE) + every(VECTOR) + every(MULTI)))
    sets = [
        AngleCandidate(node, angles, FROM_LABELS, _number(node.GetAttribute(REPETITION_TIME)), is_set=True)
        for node, angles in stated
        if angles
    ]
    return [*sets, *(_candidate(node) for node in still_volumes() if not node.GetAttribute(MAP_ATTRIBUTE))]


def angle_in_name(name: str) -> float | None:
    """Return the flip angle in degrees that a name states; None when it states none, or two."""
    found = {float(re.sub("[,p]", ".", match)) for pattern in IN_NAME for match in pattern.findall(name)}
    return found.pop() if len(found) == 1 else None


def angle_frames(chosen: Sequence[tuple[Any, float | None]], repetition_time_s: float | None) -> FlipAngleFrames:
    """Return images at several flip angles.

    Parameters
    ----------
    chosen : nodes with their angle in degrees; None for nodes that state all of theirs.

    Raises
    ------
    InputError
        When an angle or an image is missing, or they do not lie on one grid.
    """
    if not chosen:
        raise InputError("flip angles: choose volumes of the scene, two or more")
    images: list[tuple[float, NDArray[Any], Any, str]] = []
    for node, angle in chosen:
        images += _images(node, angle)
    first = images[0]
    for _angle, _voxels, geometry, name in images[1:]:
        require_same_grid(name, geometry, first[3], first[2])
    images.sort(key=lambda each: each[0])
    source = f"volumes {', '.join(dict.fromkeys(each[3] for each in images))}"
    signal = np.stack([each[1] for each in images])
    return FlipAngleFrames(signal, tuple(each[0] for each in images), repetition_time_s, first[2], source)


def _images(node: Any, angle: float | None) -> list[tuple[float, NDArray[Any], Any, str]]:
    name = node.GetName()
    if node.GetClassName() == VOLUME:
        if angle is None:
            raise InputError(f"{name}: its flip angle is not known; enter it, in degrees, or take the volume out")
        return [(angle, slicer.util.arrayFromVolume(node), geometry_of_volume(node), name)]
    angles = labelled_angles(node)
    if node.IsA(SEQUENCE):
        volumes = [node.GetNthDataNode(at) for at in range(len(angles))]
        frames = [(slicer.util.arrayFromVolume(each), geometry_of_volume(each)) for each in volumes]
    else:
        voxels = slicer.util.arrayFromVolume(node)
        if len(angles) != voxels.shape[-1]:
            raise InputError(f"{name}: {voxels.shape[-1]} images, {len(angles)} flip angles; expected one each")
        frames = [(voxels[..., at], geometry_of_volume(node)) for at in range(len(angles))]
    return [(each, *frame, name) for each, frame in zip(angles, frames, strict=True)]


def _candidate(node: Any) -> AngleCandidate:
    angle, repetition = _number(node.GetAttribute(FLIP_ANGLE)), _number(node.GetAttribute(REPETITION_TIME))
    database, instances = open_database(), (node.GetAttribute(INSTANCES) or "").split()
    if database is not None and instances:
        angle = angle or _number(database.instanceValue(instances[0], ANGLE_TAG))
        repetition = repetition or _number(database.instanceValue(instances[0], REPETITION_TAG))
    if angle is not None:
        return AngleCandidate(node, (angle,), FROM_HEADER, repetition)
    angle = angle_in_name(node.GetName())
    return AngleCandidate(node, () if angle is None else (angle,), "" if angle is None else FROM_NAME, repetition)


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
