"""Growth of a node into the skin: the fat stripe below the skin is lost, and the skin there is thick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield

from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.infiltration.skin_approach import SkinApproach
from iENEGraderLib.measure.infiltration.skin_rays import Body
from iENEGraderLib.measure.infiltration.skin_reference import mirrored_skin_mm, remote_skin_mm
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.label_pair import overlap_voxels
from iENEGraderLib.measure.preferences import Preferences, default_preferences
from iENEGraderLib.measure.section_runs import SectionRun
from iENEGraderLib.measure.tissue import tissue_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.position.midsagittal import Plane
    from iENEGraderLib.measure.preferences import Preference

    Label = NDArray[Any] | Segment
    Point = tuple[float, float, float]

HIDDEN = "the border of the image is nearer to a part of the node than air: the skin there was not seen"
AT_SURFACE_MM = 1.0
"""Ours: a label that comes this near the surface leaves no skin to measure."""


@dataclass(frozen=True)
class SkinInfiltration:
    """What speaks for and against growth of a node into the skin; both signs are needed.

    Attributes
    ----------
    evidence_class, reason : of both signs together.
    fat_lost : the fat stripe between skin and node is lost over two sections and the least length.
    thickening : the skin there is thick against the reference.
    distance_mm : least distance from the surface of the body to the node's label.
    least_fat_mm : least fat stripe of any section, exceeded by all but 2 mm of the node's outline.
    sections, length_mm : contiguous sections without fat stripe, and their length.
    skin_mm, reference_skin_mm, ratio : median thickness of the skin there, of the reference, and their ratio.
    reference : what the reference is, in words.
    place_ras_mm : on the surface of the body, in the middle of the loss or where the node is nearest.
    """

    evidence_class: EvidenceClass
    reason: str
    fat_lost: EvidenceClass
    thickening: EvidenceClass
    distance_mm: float | None = None
    least_fat_mm: float | None = None
    sections: int = 0
    length_mm: float = 0.0
    skin_mm: float | None = None
    reference_skin_mm: float | None = None
    ratio: float | None = None
    reference: str = ""
    place_ras_mm: Point | None = None
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def skin_infiltration(
    image: Image,
    node: Label,
    skin: Label | None = None,
    plane: Plane | None = None,
    preferences: Preferences | None = None,
    *,
    others: Sequence[Label] = (),
) -> SkinInfiltration:
    """Measure fat stripe and skin between the surface of the body and a node.

    Parameters
    ----------
    image : CT in HU.
    node : mask [k, j, i] or segment on the grid of the image.
    skin : label of the skin; without it skin is what lies above the first fat.
    plane : mid-sagittal plane, to compare with the mirrored place; without it with the skin of the same side, more than
        20 mm away.
    others : muscles, glands and vessels: where one lies between skin and node, nothing is said of the skin.

    Raises
    ------
    InputError
        when shapes differ or the image is not in HU.

    Notes
    -----
    From the outline of the node in each section a ray goes to the nearest surface. Stranding or a lost fat stripe
    alone does not meet the criterion, which asks for extension to the skin with thickening.
    """
    chosen = preferences or default_preferences()
    shape = image.geometry.array_shape
    part = label_part(node, shape, "the node")
    skin_part = None if skin is None else label_part(skin, shape, "the skin")
    between = [label_part(other, shape, f"label {n + 1} beside the node") for n, other in enumerate(others)]
    require_hounsfield(image)
    if part.is_empty:
        return _without_signs(EvidenceClass.NOT_ASSESSABLE, "the label of the node is empty", chosen)
    try:
        scale = tissue_scale(image, part, others)
    except InputError as error:
        return _without_signs(EvidenceClass.NOT_ASSESSABLE, str(error), chosen)
    body = Body(image, scale, None if skin_part is None or skin_part.is_empty else skin_part)
    found = _Judgement(SkinApproach(body, part, between, chosen), plane).result()
    return replace(found, warnings=_warnings(part, skin_part, image.geometry))


def _warnings(node: LabelPart, skin: LabelPart | None, geometry: ImageGeometry) -> tuple[str, ...]:
    found = []
    overlap = 0 if skin is None else overlap_voxels(node, skin)
    if overlap:
        found.append(
            f"{overlap * geometry.voxel_volume_mm3:.0f} mm3 are labelled both node and skin: check both outlines"
        )
    if min(node.start_kji) == 0 or (np.add(node.start_kji, node.mask.shape) == node.grid_shape).any():
        found.append("the node's label reaches the border of the image: the skin beyond it was not seen")
    return tuple(found)


def _without_signs(evidence: EvidenceClass, reason: str, preferences: Preferences) -> SkinInfiltration:
    return SkinInfiltration(evidence, reason, evidence, evidence, preferences=preferences.of("skin"))


@dataclass(frozen=True, eq=False)
class _Judgement:
    """Both signs, and the side that the skin is compared with."""

    approach: SkinApproach
    plane: Plane | None

    def result(self) -> SkinInfiltration:
        """Judge both signs."""
        near = [float(r.length_mm.min()) for r in self.approach.rays if len(r.length_mm)]
        if not near:
            return self._out_of_reach()
        found = SkinInfiltration(
            EvidenceClass.NOT_MET,
            "",
            EvidenceClass.NOT_MET,
            EvidenceClass.NOT_ASSESSABLE,
            distance_mm=max(0.0, min(near)),
            least_fat_mm=float(self.approach.fat_mm.min()) if np.isfinite(self.approach.fat_mm).any() else None,
            preferences=self.approach.preferences.of("skin"),
        )
        return self._judged(found)

    def _out_of_reach(self) -> SkinInfiltration:
        """Tell a node that is deep, or covered, from one whose skin lies outside the image."""
        if self.approach.is_hidden:
            return _without_signs(EvidenceClass.NOT_ASSESSABLE, HIDDEN, self.approach.preferences)
        reach = self.approach.value("reach_mm")
        reason = f"no part of the node lies within {reach:g} mm of the skin with nothing labelled between"
        return _without_signs(EvidenceClass.NOT_MET, reason, self.approach.preferences)

    def _judged(self, found: SkinInfiltration) -> SkinInfiltration:
        least = self.approach.value("least_length_mm")
        half = 0.5 * self.approach.pixel_mm
        sure, likely, possible = (self.approach.lost(margin) for margin in (half, 0.0, -half))
        if not possible or possible[0].class_for(least) is EvidenceClass.NOT_MET:
            fat = "" if found.least_fat_mm is None else f": at least {found.least_fat_mm:.1f} mm of fat"
            nearest = int(np.argmin([r.length_mm.min(initial=np.inf) for r in self.approach.rays]))
            run = SectionRun(nearest, nearest + 1, 0.0)
            found = replace(found, place_ras_mm=self.approach.place(run, only_lost=False))
            if self.approach.is_hidden:
                unseen = EvidenceClass.NOT_ASSESSABLE
                return replace(found, evidence_class=unseen, fat_lost=unseen, reason=HIDDEN)
            return replace(found, reason=f"the fat stripe between skin and node is kept{fat}")
        is_sure = bool(sure) and sure[0].class_for(least) is EvidenceClass.MET
        run = (likely or possible)[0]
        fat_lost = EvidenceClass.MET if is_sure else EvidenceClass.INDETERMINATE
        found = replace(
            found,
            fat_lost=fat_lost,
            sections=run.sections,
            length_mm=run.length_mm,
            place_ras_mm=self.approach.place(run, only_lost=True),
        )
        return self._with_thickness(found, run)

    def _with_thickness(self, found: SkinInfiltration, run: SectionRun) -> SkinInfiltration:
        text = f"no fat between skin and node over {run.length_mm:.1f} mm in {run.sections} sections"
        parts = [(self.approach.rays[n], self.approach.lost_rays(n)) for n in range(run.start, run.stop)]
        lengths = np.concatenate([r.length_mm[lost] for r, lost in parts])
        if self.approach.body.skin is not None:
            lengths = np.concatenate([r.skin_mm[lost] for r, lost in parts])
        if not (lengths > AT_SURFACE_MM).any() or np.nanmedian(lengths) <= AT_SURFACE_MM:
            reason = f"{text}; the node's label reaches the surface, so the skin cannot be measured: check the outline"
            return replace(found, evidence_class=EvidenceClass.INDETERMINATE, reason=reason)
        here = float(np.nanmedian(lengths))
        reference, what = self._reference(run)
        if reference is None:
            open_class = EvidenceClass.INDETERMINATE
            reason = f"{text}; skin of {here:.1f} mm, but no skin to compare with ({what})"
            return replace(found, evidence_class=open_class, reason=reason, skin_mm=here, reference=what)
        ratio = here / reference
        thickening = class_of(ratio, self.approach.value("thick_ratio"), 0.5 * self.approach.pixel_mm / reference)
        return replace(
            found,
            evidence_class=_both(found.fat_lost, thickening),
            reason=f"{text}; skin {here:.1f} mm thick, {ratio:.1f} times the {reference:.1f} mm of {what}",
            thickening=thickening,
            skin_mm=here,
            reference_skin_mm=reference,
            ratio=ratio,
            reference=what,
        )

    def _reference(self, run: SectionRun) -> tuple[float | None, str]:
        """Return the usual thickness of the skin and where it was measured."""
        found = (
            None
            if self.plane is None
            else mirrored_skin_mm(self.approach.body, self.approach.lost_outline(run), self.plane)
        )
        if found is not None:
            return found, "the mirrored place"
        remote = self.approach.value("remote_mm")
        outlines = {self.approach.first + n: self.approach.outlines[n] for n in range(run.start, run.stop)}
        return remote_skin_mm(self.approach.body, outlines, remote), f"the same side more than {remote:g} mm away"


def _both(first: EvidenceClass, second: EvidenceClass) -> EvidenceClass:
    """Both signs are needed."""
    if EvidenceClass.NOT_MET in (first, second):
        return EvidenceClass.NOT_MET
    return EvidenceClass.MET if first is second is EvidenceClass.MET else EvidenceClass.INDETERMINATE
