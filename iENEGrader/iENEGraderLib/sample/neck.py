"""The digital neck: a contrast-enhanced CT of a neck with metastatic nodes, made by formula in a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.anatomy.structures import Structure, structure_for
from iENEGraderLib.sample import muscles, nodes, skeleton, vessels, viscera
from iENEGraderLib.sample.canvas import Canvas
from iENEGraderLib.sample.nodes import NodePlan, Severity, plan_nodes
from iENEGraderLib.sample.noise import NOISE_SD_HU, TEXTURE_SD_HU, scanned
from iENEGraderLib.sample.parts import Part, Tissue
from iENEGraderLib.sample.pose import Pose, scan_geometry
from iENEGraderLib.sample.signed_distance import Grown, Loft, as_point
from iENEGraderLib.sample.truth import NeckTruth

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry, Vector
    from numpy.typing import NDArray

RIM_MM = 1.2


@dataclass(frozen=True)
class Segment:
    """A segment of the label map: its value, its name and the anatomical structure it shows."""

    value: int
    name: str
    structure: Structure


@dataclass(frozen=True, eq=False)
class DigitalNeck:
    """A sample case.

    Attributes
    ----------
    hu : CT in Hounsfield units, int16 [k, j, i].
    labels : label map uint8 [k, j, i]; 0 is air and soft tissue that no segment covers.
    geometry : grid of both.
    segments : one per value of the label map, in the order of the values.
    truth : what is true of the nodes.
    """

    seed: int
    severity: Severity
    hu: NDArray[np.int16]
    labels: NDArray[np.uint8]
    geometry: ImageGeometry
    segments: tuple[Segment, ...]
    truth: NeckTruth

    def mask(self, name: str) -> NDArray[np.bool_]:
        """Voxels of a segment (KeyError when there is no such segment)."""
        values = {segment.name: segment.value for segment in self.segments}
        found: NDArray[np.bool_] = self.labels == values[name]
        return found


def digital_neck(
    seed: int = 0, severity: Severity = Severity.GRADE_3, spacing_mm: Vector = (0.5, 0.5, 1.0)
) -> DigitalNeck:
    """Make a sample case.

    Parameters
    ----------
    seed : chooses the patient: pose, small differences of anatomy and nodes, noise. The same seed gives the same case.
    severity : nodes up to this grade are present; the rest of the patient stays the same but for a vein that the
        largest node pushes aside.
    spacing_mm : along columns (i), rows (j) and slices (k); the field of view is 160 x 160 x 168 mm.

    Raises
    ------
    InputError
        If a spacing is outside 0.3 to 2.5 mm.
    """
    geometry = scan_geometry(spacing_mm)
    pose_rng, anatomy_rng, vessel_rng, node_rng, noise_rng = np.random.default_rng(seed).spawn(5)
    pose = Pose.random(pose_rng)
    tissue = anatomy(anatomy_rng)
    pipes = vessels.vessels(vessel_rng, left_vein_pushed_aside=severity >= Severity.GRADE_3)
    plans = plan_nodes(
        node_rng, pose, severity, loft_named(pipes, nodes.ENCASED_VESSEL), loft_named(tissue, nodes.INVADED_MUSCLE)
    )
    canvas = Canvas(geometry, pose, Tissue.AIR)
    paint_parts(canvas, tissue)
    paint_nodes(canvas, plans)
    paint_parts(canvas, pipes)
    hu = scanned(canvas.hu, canvas.hu > Tissue.AIR / 2, spacing_mm, noise_rng)
    truth = NeckTruth(
        nodes=tuple(plan.truth for plan in plans),
        midline_point_ras_mm=as_point(pose.ras_from_body((0.0, 0.0, 0.0))),
        midline_normal_ras=as_point(pose.rotation[:, 0]),
        noise_sd_hu=float(np.hypot(NOISE_SD_HU, TEXTURE_SD_HU)),
    )
    return DigitalNeck(seed, severity, hu, canvas.labels, geometry, segments_of(canvas), truth)


def anatomy(rng: np.random.Generator) -> list[Part]:
    """All parts but vessels and nodes, in the order of painting."""
    return [
        *muscles.fat_and_skin(),
        *viscera.glands(rng),
        *viscera.pharynx_and_airway(),
        *muscles.muscles(rng),
        *skeleton.spine(),
        *skeleton.jaws_and_larynx(),
        *viscera.air(),
    ]


def paint_parts(canvas: Canvas, parts: list[Part]) -> None:
    """Paint parts one over the other."""
    for part in parts:
        canvas.paint(part.solid, part.hu, part.name)


def paint_nodes(canvas: Canvas, plans: list[NodePlan]) -> None:
    """Paint all nodes into the image (spikes, body, rim, necrotic centre), then their segments."""
    for plan in plans:
        for spike in plan.spikes:
            canvas.paint(spike, Tissue.SPIKE)
        canvas.paint(plan.image, Tissue.NODE)
        if plan.core is not None:
            canvas.paint(Grown(plan.core, RIM_MM), Tissue.RIM)
            canvas.paint(plan.core, Tissue.NECROSIS)
    for plan in plans:
        canvas.paint(plan.segment, None, plan.truth.name)


def loft_named(parts: list[Part], name: str) -> Loft:
    """The loft of a part."""
    return next(part.solid for part in parts if part.name == name and isinstance(part.solid, Loft))


def segments_of(canvas: Canvas) -> tuple[Segment, ...]:
    """Segments of the painted names, each with its structure."""
    segments = []
    for name in canvas.names:
        structure = structure_for(name)
        if structure is None:
            raise LookupError(f"segment {name} of the sample case is not in structures.toml")
        segments.append(Segment(canvas.value_of(name), name, structure))
    return tuple(segments)
