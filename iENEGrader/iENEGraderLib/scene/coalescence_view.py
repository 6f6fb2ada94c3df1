"""The slice views at the contact of two nodes: axial, along the line of both middles, and in the contact plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AXIAL, ALONG, ACROSS = "Red", "Green", "Yellow"
MOST_UPWARD = 0.9
FIELD_OF_VIEW_MM = 70.0
RIGHT_RAS, FRONT_RAS, UP_RAS = np.eye(3)


def show_contact(centre_ras_mm: Sequence[float], direction_ras: Sequence[float]) -> None:
    """Take the three planes to the contact of two nodes; views that are not there are left out.

    The axial view stays axial. The coronal view is turned until it holds the line through the middles of both nodes:
    the notch is seen there from aside. The sagittal view is turned into the plane of the contact, orthogonal to it.

    Parameters
    ----------
    centre_ras_mm : middle of the contact.
    direction_ras : from the middle of one node to that of the other, of any length but 0.
    """
    line = np.asarray(direction_ras, dtype=float) / np.linalg.norm(direction_ras)
    is_upright = abs(line @ UP_RAS) >= MOST_UPWARD
    normal = np.cross(line, RIGHT_RAS if is_upright else UP_RAS)
    _show(AXIAL, centre_ras_mm, UP_RAS, FRONT_RAS)
    _show(ALONG, centre_ras_mm, normal / np.linalg.norm(normal), UP_RAS)
    _show(ACROSS, centre_ras_mm, line, FRONT_RAS if is_upright else UP_RAS)


def _show(view: str, centre_ras_mm: Sequence[float], normal: Floats, top: Floats) -> None:
    """Turn a view: what points to `top` most is on top, the patient's left or back on the right of the view."""
    node: Any = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")
    if node is None:
        return
    upwards = top - normal * (top @ normal)
    upwards /= np.linalg.norm(upwards)
    aside = np.cross(upwards, normal)
    if aside[np.argmax(np.abs(aside[:2]))] > 0:
        aside = -aside
    plane = np.eye(4)
    plane[:3] = np.column_stack([aside, upwards, normal, centre_ras_mm])
    was_modifying = node.StartModify()
    node.GetSliceToRAS().DeepCopy(plane.ravel())
    columns, rows, _ = node.GetDimensions()
    node.SetFieldOfView(FIELD_OF_VIEW_MM, FIELD_OF_VIEW_MM * rows / max(columns, 1), node.GetFieldOfView()[2])
    node.UpdateMatrices()
    node.EndModify(was_modifying)
