"""Search the surroundings of a node for spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.spikes.candidate import Irregularity, SpikeCandidate, SpikeKind, SpikeSurvey
from iENEGraderLib.measure.spikes.classification import candidate, measured
from iENEGraderLib.measure.spikes.core import BALL_MM, connected_to, irregularity, opened, soft_tissue
from iENEGraderLib.measure.spikes.isotropic import TissueGrid, distance_to_mm, tissue_grid
from iENEGraderLib.measure.spikes.node_box import NodeBox, node_box
from iENEGraderLib.measure.spikes.projections import projections
from iENEGraderLib.measure.spikes.tip_tracing import traced
from iENEGraderLib.measure.tissue import NEAR_MM, tissue_scale
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.tissue import TissueScale

MARGIN_MM = 3.0
"""Ours: how far beyond the search the image is needed, for tips and their surroundings."""
SURE_VOXEL_MM = 0.5
"""Largest voxel side at which every spike of 3 x 1 mm was found in phantoms of this project."""
MOST_NOISE_SHARE = 0.2
"""Ours: with more noise, in steps from fat to soft tissue, thin spikes drown."""
BORDER_MM = (1.0, 3.0)
LEAST_FAT_BORDER = 0.1
HALF_FAT_BORDER = 0.5
"""Ours: with less fat round the node nothing can be told, or not of all of it."""
ROUNDING = 1.001


@dataclass(frozen=True, eq=False)
class _Found:
    """What a search found before it was judged."""

    candidates: tuple[SpikeCandidate, ...]
    irregularity: Irregularity
    fat_border_share: float


def find_spikes(
    image: Image,
    node: NDArray[Any] | Segment,
    others: Sequence[NDArray[Any] | Segment] = (),
    preferences: Preferences | None = None,
    scale: TissueScale | None = None,
) -> SpikeSurvey:
    """Search for spikes: thin projections of soft tissue from a node into the fat round it.

    Parameters
    ----------
    image : CT in HU, or with ``scale`` any map in which fat and soft tissue differ.
    node : mask [k, j, i] or segment on the grid of the image, with or without the spikes.
    others : labels of other structures (vessels, muscles, glands, skin, other nodes; not of fat): nothing is looked for
        in them. Structures without label are taken for soft tissue of the node where they touch it.
    preferences : thresholds; those of the project by default.
    scale : typical values of fat and of soft tissue; by default measured round the node in HU.

    Returns
    -------
    SpikeSurvey
        ``MET`` when at least one spike is offered, ``INDETERMINATE`` when there are only strands or uncertain ones, or
        none on a grid that misses thin ones, ``NOT_MET`` when there is none.

    Raises
    ------
    InputError
        when a label does not fit the image, or the image is not in HU and there is no scale.

    Notes
    -----
    The soft tissue of the node is opened with a ball (Serra 1982); what does not hold the ball and stands out from the
    rest is followed to its end by its cross-section. No length of a spike is published for nodes; see the preferences
    and the accuracy table of the documentation.
    """
    chosen = preferences or default_preferences()
    if scale is None and image.modality not in ("CT", ""):
        raise InputError(f"spikes are looked for in HU, and the modality is {image.modality}: give the CT or a scale")
    part = label_part(node, image.geometry.array_shape, "the node")
    used = chosen.of("spikes")
    unit = scale.unit if scale else str(Unit.HU)
    if part.is_empty:
        return spikes_not_assessable("the node's mask is empty", unit, chosen)
    reach = chosen.value("spikes.reach_mm")
    around = node_box(image, part, others, max(reach + MARGIN_MM, NEAR_MM))
    problem = _grid_problem(around, chosen)
    if problem:
        return spikes_not_assessable(problem, unit, chosen)
    try:
        scale = scale or tissue_scale(around.image, around.node, (around.excluded,))
    except InputError as error:
        return spikes_not_assessable(str(error), unit, chosen)
    found = _searched(tissue_grid(around, scale), scale, chosen)
    if isinstance(found, str):
        return spikes_not_assessable(found, unit, chosen)
    evidence, reason = _judged(found, around)
    return SpikeSurvey(
        evidence, reason, found.candidates, found.irregularity, found.fat_border_share, unit, used,
        _warnings(found, around, reach),
    )  # fmt: skip


def spikes_not_assessable(reason: str, unit: str, preferences: Preferences) -> SpikeSurvey:
    """Return the result when spikes cannot be looked for."""
    return SpikeSurvey(EvidenceClass.NOT_ASSESSABLE, reason, unit=unit, preferences=preferences.of("spikes"))


def _grid_problem(around: NodeBox, preferences: Preferences) -> str:
    """Return why grid and label cannot support a search; empty when they can."""
    most = preferences.value("spikes.most_voxel_mm")
    largest = float(around.spacing_mm.max())
    if largest > most * ROUNDING:
        return f"a voxel side is {largest:.2g} mm; spikes are looked for at {most:g} mm and less"
    if around.border_mm <= 0:
        return "the node reaches the edge of the image"
    return ""


def _searched(grid: TissueGrid, scale: TissueScale, preferences: Preferences) -> _Found | str:
    """Return what stands out from the node, or why that cannot be told."""
    if grid.noise_share > MOST_NOISE_SHARE:
        return f"noise is {100 * grid.noise_share:.0f} % of the step from fat to soft tissue: thin spikes drown in it"
    border = (grid.outside_mm >= BORDER_MM[0]) & (grid.outside_mm <= BORDER_MM[1])
    fat_share = float(grid.fat[border].mean()) if border.any() else 0.0
    if fat_share < LEAST_FAT_BORDER:
        return f"only {100 * fat_share:.0f} % of the surroundings of the node is fat"
    reach = preferences.value("spikes.reach_mm")
    sure, body = soft_tissue(grid, reach)
    core = opened(sure | grid.excluded, BALL_MM, grid.voxel_mm) & sure
    core = connected_to(core & grid.node, core)
    if not core.any():
        return f"the node is too small: no ball of {BALL_MM:g} mm radius fits into it"
    from_core = distance_to_mm(core, grid.voxel_mm)
    found = []
    for each in projections(grid, body, from_core, reach):
        trace = traced(grid, from_core, each)
        found.append(candidate(grid, scale, measured(grid, body, each, trace), preferences))
    found.sort(key=lambda c: -c.length_mm)
    return _Found(tuple(found), irregularity(sure, core, from_core, grid.voxel_mm), fat_share)


def _judged(found: _Found, around: NodeBox) -> tuple[EvidenceClass, str]:
    """Return what the candidates amount to."""
    kinds = [each.kind for each in found.candidates]
    spikes = kinds.count(SpikeKind.SPIKE)
    if spikes:
        longest = max(each.length_mm for each in found.candidates if each.kind is SpikeKind.SPIKE)
        return EvidenceClass.MET, f"{spikes} spike{'s' * (spikes > 1)} offered, the longest {longest:.1f} mm"
    doubtful = [k for k in kinds if k in (SpikeKind.STRAND, SpikeKind.VESSEL_LIKE, SpikeKind.UNCERTAIN)]
    if doubtful:
        names = ", ".join(sorted({k.value.replace("_", "-") for k in doubtful}))
        return EvidenceClass.INDETERMINATE, f"no clear spike, but {len(doubtful)} to look at: {names}"
    if around.spacing_mm.max() > SURE_VOXEL_MM * ROUNDING:
        return EvidenceClass.INDETERMINATE, "no spike found, but voxels of this size hide thin ones"
    return EvidenceClass.NOT_MET, "no spike found"


def _warnings(found: _Found, around: NodeBox, reach_mm: float) -> tuple[str, ...]:
    """Return what to know before believing a survey."""
    largest = float(around.spacing_mm.max())
    texts = []
    if largest > SURE_VOXEL_MM * ROUNDING:
        texts.append(f"a voxel side is {largest:.2g} mm: spikes thinner than about 2 mm may be missed above 0.5 mm")
    if found.fat_border_share < HALF_FAT_BORDER:
        share = 100 * found.fat_border_share
        texts.append(f"only {share:.0f} % of the surroundings of the node is fat; elsewhere no spike can be seen")
    if around.border_mm < reach_mm:
        texts.append("the image ends close to the node: spikes there may be cut off")
    if around.overlap_voxels:
        texts.append(f"{around.overlap_voxels} voxels belong to the node and to another label; they count as node")
    return tuple(texts)
