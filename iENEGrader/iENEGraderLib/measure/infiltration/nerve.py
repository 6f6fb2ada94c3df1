"""Signs of nerve invasion: the fat round the nerve is effaced, and the muscle that it serves has lost its nerve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.fat_plane import fat_plane_between, fat_plane_not_assessable
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.preferences import Preferences, default_preferences
from iENEGraderLib.measure.tissue import IN_HU, TissueScale, TissueValues, tissue_scale

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.measure.preferences import Preference

    Label = NDArray[Any] | Segment
    Point = tuple[float, float, float]

CORE_MM = 1.0
CORE_VOXELS = 1.5
"""Ours: a muscle is read deeper than both, where the blur of the fat round it does not reach."""
LEAST_CORE_VOXELS = 30
FAT_SHARE_UNCERTAINTY = 0.02
"""Ours: muscles of both sides differ by this without disease."""
VOLUME_UNCERTAINTY = 0.05
"""Ours: two outlines of one muscle differ at least by this share."""


@dataclass(frozen=True)
class Denervation:
    """The innervated muscle against that of the other side.

    Attributes
    ----------
    evidence_class, reason : met when either the fat or the volume speaks for it.
    fat_share, other_fat_share : mean share of fat on the scale from fat to the muscle of the other side.
    fat_share_difference : the first minus the second.
    volume_loss : share by which the muscle is smaller than that of the other side; negative when it is larger.
    """

    evidence_class: EvidenceClass
    reason: str
    fat_share: float | None = None
    other_fat_share: float | None = None
    fat_share_difference: float | None = None
    volume_loss: float | None = None


@dataclass(frozen=True)
class NerveSigns:
    """What speaks for and against invasion of a nerve; both signs are needed, and no threshold of them is published.

    Attributes
    ----------
    evidence_class, reason : of both signs together.
    fat_plane : between node and nerve; ``met`` means that the fat round the nerve is effaced.
    denervation : of the muscle that the nerve serves.
    place_ras_mm : where the fat is effaced, or the nerve is nearest.
    """

    evidence_class: EvidenceClass
    reason: str
    fat_plane: FatPlane
    denervation: Denervation
    place_ras_mm: Point | None = None
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def nerve_signs(
    image: Image,
    nerve: Label,
    node: Label,
    preferences: Preferences | None = None,
    *,
    muscle: Label | None = None,
    other_muscle: Label | None = None,
    values: TissueValues = IN_HU,
) -> NerveSigns:
    """Measure the fat between a nerve and a node, and the muscle that the nerve serves.

    Parameters
    ----------
    image : CT in HU or shares of soft tissue.
    nerve, node : masks [k, j, i] or segments on the grid of the image.
    muscle, other_muscle : the muscle that the nerve serves, and its partner on the other side. Without both, nothing is
        said of denervation.
    values : what the values of the image are.

    Raises
    ------
    InputError
        when shapes differ.

    Notes
    -----
    The consensus criteria (HNCIG) ask for effaced fat round the nerve with thickening or signs of denervation. How much
    asymmetry is a sign is not published; the thresholds are preferences. A muscle that is larger than its partner does
    not count: swelling and infiltration look alike on CT.
    """
    chosen = preferences or default_preferences()
    shape = image.geometry.array_shape
    node_part, nerve_part = label_part(node, shape, "the node"), label_part(nerve, shape, "the nerve")
    pair = [None if m is None else label_part(m, shape, what) for m, what in _named(muscle, other_muscle)]
    try:
        scale = tissue_scale(image, node_part, (nerve_part,), values)
    except InputError as error:
        plane = fat_plane_not_assessable(str(error), chosen)
        none = Denervation(EvidenceClass.NOT_ASSESSABLE, str(error))
        return NerveSigns(EvidenceClass.NOT_ASSESSABLE, str(error), plane, none, preferences=chosen.of("nerve"))
    plane = fat_plane_between(image, node_part, nerve_part, scale, chosen)
    muscles = _denervation(image, pair[0], pair[1], scale, chosen)
    evidence = _both(plane.evidence_class, muscles.evidence_class)
    reason = f"{plane.reason}; {muscles.reason}"
    rows = chosen.of("nerve") + plane.preferences
    return NerveSigns(evidence, reason, plane, muscles, plane.place_ras_mm, plane.warnings, rows)


def _named(muscle: Label | None, other: Label | None) -> tuple[tuple[Label | None, str], ...]:
    return (muscle, "the muscle"), (other, "the muscle of the other side")


def _both(effaced: EvidenceClass, denervation: EvidenceClass) -> EvidenceClass:
    """Both signs are needed."""
    if EvidenceClass.NOT_MET in (effaced, denervation):
        return EvidenceClass.NOT_MET
    if effaced is denervation is EvidenceClass.MET:
        return EvidenceClass.MET
    return effaced if effaced is EvidenceClass.NOT_ASSESSABLE else EvidenceClass.INDETERMINATE


def _either(first: EvidenceClass, second: EvidenceClass) -> EvidenceClass:
    """Either sign is enough; both must be looked at to deny it."""
    if EvidenceClass.MET in (first, second):
        return EvidenceClass.MET
    return first if first is second else EvidenceClass.INDETERMINATE


def _denervation(
    image: Image, muscle: LabelPart | None, other: LabelPart | None, scale: TissueScale, preferences: Preferences
) -> Denervation:
    if muscle is None or other is None or muscle.is_empty or other.is_empty:
        reason = "denervation was not looked for: the muscle is not labelled on both sides"
        return Denervation(EvidenceClass.NOT_ASSESSABLE, reason)
    loss = 1.0 - float(np.count_nonzero(muscle.mask) / np.count_nonzero(other.mask))
    by_volume = EvidenceClass.NOT_ASSESSABLE
    volume = "its volume is not comparable, for a muscle reaches the border of the image"
    if not (_at_border(muscle) or _at_border(other)):
        by_volume = class_of(loss, preferences.value("nerve.volume_asymmetry"), VOLUME_UNCERTAINTY)
        volume = f"its volume is {abs(loss):.0%} {'less' if loss >= 0 else 'more'} than on the other side"
    shares = _fat_shares(image, muscle, other, scale)
    if shares is None:
        reason = f"the muscle is too thin, or too much like fat, to tell its share of fat; {volume}"
        by_fat = EvidenceClass.NOT_ASSESSABLE
        return Denervation(_either(by_fat, by_volume), reason, volume_loss=loss)
    difference = shares[0] - shares[1]
    by_fat = class_of(difference, preferences.value("nerve.fat_share_difference"), FAT_SHARE_UNCERTAINTY)
    reason = f"the muscle holds {difference:+.0%} fat against that of the other side, and {volume}"
    return Denervation(_either(by_fat, by_volume), reason, *shares, difference, loss)


def _fat_shares(image: Image, muscle: LabelPart, other: LabelPart, scale: TissueScale) -> tuple[float, float] | None:
    """Return the mean share of fat of both muscles; the median of the other side stands for muscle without fat."""
    here, there = _core(image, muscle), _core(image, other)
    if min(here.size, there.size) < LEAST_CORE_VOXELS:
        return None
    own = TissueScale(scale.fat, float(np.median(there)), scale.noise, scale.unit)
    if own.contrast <= 3 * own.noise:
        return None
    return 1.0 - float(own.share(here).mean()), 1.0 - float(own.share(there).mean())


def _core(image: Image, part: LabelPart) -> NDArray[np.float32]:
    """Return the values of a muscle away from its surface."""
    spacing = np.asarray(image.geometry.spacing_kji_mm)
    padded = signed_distance_mm(np.pad(part.mask, 1), spacing)[1:-1, 1:-1, 1:-1]
    box = tuple(slice(a, a + n) for a, n in zip(part.start_kji, part.mask.shape, strict=True))
    core = padded > max(CORE_MM, CORE_VOXELS * float(spacing.min()))
    values: NDArray[np.float32] = image.voxels[box][core].astype(np.float32)
    return values


def _at_border(part: LabelPart) -> bool:
    ends = np.add(part.start_kji, part.mask.shape)
    return min(part.start_kji) == 0 or bool((ends == part.grid_shape).any())
