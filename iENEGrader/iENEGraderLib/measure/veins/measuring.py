"""The state of a vein beside nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.preferences import Preferences, default_preferences
from iENEGraderLib.measure.units import Unit
from iENEGraderLib.measure.veins.course import vein_course
from iENEGraderLib.measure.veins.enhancement import enhancement_scale
from iENEGraderLib.measure.veins.measurement import VeinMeasurement
from iENEGraderLib.measure.veins.nodes_near import NodesNear
from iENEGraderLib.measure.veins.status import VeinState, VeinStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Label = NDArray[Any] | Segment


def vein_status(
    image: Image | None,
    vein: Label,
    nodes: Mapping[str, Label],
    other_side: Label | None = None,
    preferences: Preferences | None = None,
    *,
    geometry: ImageGeometry | None = None,
    unit: Unit = Unit.HU,
    muscle: Label | None = None,
) -> VeinStatus:
    """Tell whether a vein is patent, compressed, obliterated or holds a filling defect.

    Parameters
    ----------
    image : contrast-enhanced CT in HU or iodine map in mg/mL; None to judge by the labels alone.
    vein : mask [k, j, i] or segment of the lumen with whatever fills it; interrupted where there is no lumen.
    nodes : masks or segments of the nodes by name.
    other_side : the vein of the other side, to compare calibre and enhancement.
    preferences : thresholds; those of the project by default.
    geometry : grid of the labels, needed when there is no image.
    unit : of the image.
    muscle : a muscle away from the nodes; without it a preference stands for its value.

    Returns
    -------
    VeinStatus
        not assessable, with the reason, for labels that are empty, too short or too thin.

    Raises
    ------
    InputError
        when shapes differ, the image is not in the unit that is said, or there is neither image nor geometry.

    Notes
    -----
    Obliteration is asked of a gap of the lumen between two parts that have one. A vein that is compressed, however
    much, is open: compression alone never counts as invasion (HNCIG consensus criteria).
    """
    preferences = preferences or default_preferences()
    grid = _checked_grid(image, geometry)
    part = label_part(vein, grid.array_shape, "the vein")
    near = NodesNear.of(nodes, grid)
    scale = None if image is None else enhancement_scale(image, unit, muscle, preferences)
    course = vein_course(part, grid)
    other = (
        None if other_side is None else vein_course(label_part(other_side, grid.array_shape, "the other vein"), grid)
    )
    if isinstance(course, str):
        return _not_assessable(course, preferences)
    if isinstance(other, str):
        other = None
    return VeinMeasurement(image, part, course, other, near, scale, preferences).status


def _checked_grid(image: Image | None, geometry: ImageGeometry | None) -> ImageGeometry:
    if image is not None:
        return image.geometry
    if geometry is None:
        raise InputError("a vein without image: give the geometry of its label")
    return geometry


def _not_assessable(reason: str, preferences: Preferences) -> VeinStatus:
    none = EvidenceClass.NOT_ASSESSABLE
    state = VeinState.NOT_ASSESSABLE
    return VeinStatus(state, reason, none, reason, none, reason, none, reason, preferences.of("veins"))
