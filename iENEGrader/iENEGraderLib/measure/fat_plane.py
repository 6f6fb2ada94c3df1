"""The fat plane between a node and what lies beside it: another node, a vessel, a muscle or a gland."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.facing import FacingPatch, facing_patch
from iENEGraderLib.measure.gap_profiles import NOISE_LEFT, gap_profiles
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.label_pair import box_distance_mm, overlap_voxels
from iENEGraderLib.measure.preferences import Preference, Preferences, default_preferences
from iENEGraderLib.measure.size.node_size import section_axis

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.tissue import TissueScale

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Point = tuple[float, float, float]

LEAST_VOXELS = 30
"""Ours: a smaller label (a ball of less than two voxels' radius) has no surface that could face another."""
LEAST_SECTIONS = 2
"""Consensus criteria for imaging-detected extranodal extension ask for contiguous sections."""
MOST_VOXEL_MM = 1.0
"""Ours, from phantoms: across coarser voxels no plane can be told from none."""
VISIBLE_PLANE_MM = 0.3
VISIBLE_PLANE_VOXELS = 0.5
"""Ours, from phantoms: the thinnest plane that shows, in mm and in voxels, whichever is more."""
LEAST_CONTRAST_SD = 3.0


@dataclass(frozen=True)
class FatPlane:
    """The fat plane between two labels; ``met`` means that it is lost. Numbers are ``None`` when not measured.

    Attributes
    ----------
    evidence_class : whether the plane is lost over enough of the facing surfaces, sections and length.
    reason : why so, in a sentence.
    lost_share : share of the facing area without fat plane.
    uncertainty : of that share, plus or minus: what it moves by when the threshold moves by the noise.
    facing_area_mm2, lost_area_mm2 : areas on the first label's surface.
    sections : most contiguous sections in which at least half of the facing length shows no plane.
    length_mm : thickness of those sections together.
    mean_gap_mm : mean distance of the facing surfaces.
    visible_plane_mm : thinnest plane that this grid can show; a thinner one counts as lost.
    place_ras_mm : in the middle of the loss; without loss, where the gap is narrowest.
    warnings : what limits the measurement.
    preferences : thresholds without published basis that were used.
    """

    evidence_class: EvidenceClass
    reason: str
    lost_share: float | None = None
    uncertainty: float | None = None
    facing_area_mm2: float = 0.0
    lost_area_mm2: float = 0.0
    sections: int = 0
    length_mm: float = 0.0
    mean_gap_mm: float | None = None
    visible_plane_mm: float | None = None
    place_ras_mm: Point | None = None
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def fat_plane_between(
    image: Image,
    first: NDArray[Any] | Segment | LabelPart,
    second: NDArray[Any] | Segment | LabelPart,
    scale: TissueScale,
    preferences: Preferences | None = None,
) -> FatPlane:
    """Measure how much of the fat plane between two labels is lost.

    Parameters
    ----------
    image : values in the unit of the scale.
    first : the node; mask [k, j, i], segment or cropped mask on the grid of the image.
    second : what lies beside it: node, vessel, muscle, gland.
    scale : fat, soft tissue and noise near the node, see :func:`iENEGraderLib.measure.tissue.tissue_scale`.
    preferences : thresholds; those of the project by default.

    Raises
    ------
    InputError
        when a mask does not have the shape of the image.

    Notes
    -----
    From each point of the first surface that faces the second within 3 mm a profile is read across the gap, averaged
    with its neighbours. The plane shows where its least value lies below the darker of the two sides by a quarter of
    the step from that side to fat, and by three standard deviations of the noise. Fat between two sides dips below
    both, which a step to a bright artery does not; a very thin plane drowns in such a step, see ``visible_plane_mm``.
    The class is ``met`` or ``not_met`` when it stays so with the threshold moved by the noise both ways. A lost fat
    plane alone never proves invasion.
    """
    chosen = preferences or default_preferences()
    shape = image.geometry.array_shape
    node = first if isinstance(first, LabelPart) else label_part(first, shape, "the first label")
    other = second if isinstance(second, LabelPart) else label_part(second, shape, "the second label")
    reason = why_no_surfaces(node, other)
    if reason:
        return fat_plane_not_assessable(reason, chosen)
    spacing = np.array(image.geometry.spacing_kji_mm)
    reach = chosen.value("fat_plane.reach_mm")
    distance = box_distance_mm(node, other, spacing)
    patch = facing_patch(node, other, spacing, reach) if distance <= reach else None
    if patch is None or not len(patch.areas_mm2):
        least = f"at least {distance:.1f} mm apart" if distance > reach else f"more than {reach:g} mm apart"
        reason = f"the labels are {least}, or do not face each other: there is no contact without fat plane"
        return FatPlane(EvidenceClass.NOT_MET, reason, preferences=chosen.of("fat_plane"))
    return _Reading(image, patch, scale, chosen).result()


def fat_plane_not_assessable(reason: str, preferences: Preferences | None = None) -> FatPlane:
    """Return the result when the plane cannot be assessed, for lack of an image or of fat, say."""
    chosen = preferences or default_preferences()
    return FatPlane(EvidenceClass.NOT_ASSESSABLE, reason, preferences=chosen.of("fat_plane"))


def why_no_surfaces(first: LabelPart, second: LabelPart) -> str:
    """Say why two labels have no surfaces that could face each other; empty when they have."""
    for part, what in ((first, "first"), (second, "second")):
        if part.is_empty:
            return f"the {what} label is empty"
        count = np.count_nonzero(part.mask)
        if count < LEAST_VOXELS:
            return f"the {what} label is too small to have a surface: {count} of at least {LEAST_VOXELS} voxels"
        if min(part.mask.shape) == 1:
            return f"the {what} label is seen in a single section: two contiguous ones are needed"
    overlap = overlap_voxels(first, second)
    if overlap in (np.count_nonzero(first.mask), np.count_nonzero(second.mask)):
        return "one label lies wholly within the other: there are no two surfaces that face each other"
    return ""


@dataclass(frozen=True, eq=False)
class _Reading:
    """The image across the gap of a patch."""

    image: Image
    patch: FacingPatch
    scale: TissueScale
    preferences: Preferences

    @property
    def _geometry(self) -> ImageGeometry:
        return self.image.geometry

    @property
    def _spacing(self) -> Floats:
        return np.array(self._geometry.spacing_kji_mm)

    def result(self) -> FatPlane:
        """Return what the profiles tell."""
        across = np.linalg.norm(self.patch.directions * self._spacing, axis=1)
        fine = across <= MOST_VOXEL_MM * 1.001
        areas = self.patch.areas_mm2
        if areas[fine].sum() < 0.5 * areas.sum():
            return fat_plane_not_assessable(
                f"voxels measure {float(np.median(across)):.1f} mm across the gap, and beyond {MOST_VOXEL_MM:g} mm a "
                "fat plane cannot be told from none",
                self.preferences,
            )
        profiles = gap_profiles(self.image, self.patch)
        darker, brighter = sorted((profiles.side(-1), profiles.side(1)))
        contrast = darker - self.scale.fat
        if not contrast >= LEAST_CONTRAST_SD * self.scale.noise:
            return fat_plane_not_assessable(
                f"one side of the gap measures {darker:.3g}, fat {self.scale.fat:.3g}: too alike to tell a fat plane",
                self.preferences,
            )
        dips = darker - profiles.least()
        noise = NOISE_LEFT * self.scale.noise
        value = self.preferences.value
        by_share, by_noise = value("fat_plane.least_dip_share") * contrast, value("fat_plane.least_dip_sd") * noise
        least = max(by_share, by_noise)
        losses = [self._loss(dips < least + sign * noise, fine) for sign in (-1, 0, 1)]
        visible = max(VISIBLE_PLANE_MM, VISIBLE_PLANE_VOXELS * float(np.median(across[fine])))
        # Unequal sides and noise hide thicker planes, in proportion.
        visible *= (brighter - self.scale.fat) / contrast * (least / by_share if by_share > 0 else 1.0)
        return self._plane(losses, fine, visible)

    def _loss(self, lost: Mask, fine: Mask) -> _Loss:
        lost = lost & fine
        areas = self.patch.areas_mm2
        share = float(areas[lost].sum() / areas[fine].sum())
        return _Loss(lost, share, *self._longest_loss(lost, fine))

    def _plane(self, losses: list[_Loss], fine: Mask, visible_mm: float) -> FatPlane:
        """Return the result of the loss by the strictest, the stated and the most lenient threshold."""
        areas, middles = self.patch.areas_mm2, self.patch.middles_mm
        strict, loss, lenient = losses
        uncertainty = max(lenient.share - loss.share, loss.share - strict.share)
        if loss.lost.any():
            middle = np.average(middles[loss.lost], axis=0, weights=areas[loss.lost])
            inner = np.where(loss.lost, np.linalg.norm(middles - middle, axis=1), np.inf)
        else:
            inner = self.patch.gaps_mm
        place = middles[int(np.argmin(inner))]
        x, y, z = self._geometry.ras_from_kji(place / self._spacing).tolist()
        warning = self.patch.pair.overlap_warning
        return FatPlane(
            evidence_class=self._class(losses),
            reason=_reason(loss, uncertainty, visible_mm),
            lost_share=loss.share,
            uncertainty=uncertainty,
            facing_area_mm2=float(areas[fine].sum()),
            lost_area_mm2=float(areas[loss.lost].sum()),
            sections=loss.sections,
            length_mm=loss.length_mm,
            mean_gap_mm=float(np.average(self.patch.gaps_mm, weights=areas)),
            visible_plane_mm=visible_mm,
            place_ras_mm=(x, y, z),
            warnings=(warning,) if warning else (),
            preferences=self.preferences.of("fat_plane"),
        )

    def _class(self, losses: list[_Loss]) -> EvidenceClass:
        """Return the class that all three thresholds agree on."""
        value = self.preferences.value
        least_share, least_length = value("fat_plane.lost_share"), value("fat_plane.least_length_mm")
        met = [
            loss.share >= least_share and loss.sections >= LEAST_SECTIONS and loss.length_mm >= least_length
            for loss in losses
        ]
        if any(met):
            return EvidenceClass.MET if all(met) else EvidenceClass.INDETERMINATE
        return EvidenceClass.NOT_MET

    def _longest_loss(self, lost: Mask, fine: Mask) -> tuple[int, float]:
        """Return the most contiguous sections that show loss over half of the patch, and their thickness.

        Sections are axial ones; where the gap itself lies in the axial plane, they are cut across the array axis along
        which the patch is longer, as a reader would do.
        """
        areas = self.patch.areas_mm2
        mean_direction = np.abs(np.average(self.patch.directions, axis=0, weights=areas))
        axis = section_axis(self._geometry)
        if mean_direction[axis] > np.sqrt(0.5):
            extents = np.ptp(self.patch.middles_mm, axis=0)
            extents[axis] = -1.0
            axis = int(np.argmax(extents))
        section = np.round(self.patch.middles_mm[:, axis] / self._spacing[axis]).astype(int)
        section -= section.min()
        lost_areas = np.bincount(section, np.where(lost, areas, 0.0))
        all_areas = np.bincount(section, np.where(fine, areas, 0.0))
        shown = (lost_areas > 0) & (lost_areas >= 0.5 * all_areas)
        runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], shown, [0])))))[::2]
        longest = int(runs.max()) if len(runs) else 0
        return longest, longest * float(self._spacing[axis])


@dataclass(frozen=True, eq=False)
class _Loss:
    """Points without fat plane at one threshold, their share of the area, and the sections they fill."""

    lost: Mask
    share: float
    sections: int
    length_mm: float


def _reason(loss: _Loss, uncertainty: float, visible_mm: float) -> str:
    found = f"no fat plane over {100 * loss.share:.0f} ± {100 * uncertainty:.0f} % of the facing surfaces"
    if loss.sections:
        found += f", in {loss.sections} contiguous sections ({loss.length_mm:.1f} mm)"
    return f"{found}; one thinner than {visible_mm:.1f} mm would not show"
