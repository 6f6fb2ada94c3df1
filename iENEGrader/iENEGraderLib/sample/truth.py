"""What is true in the digital neck, known from its construction and never measured in the image.

Places are RAS mm; lengths are mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector


@dataclass(frozen=True)
class SpikeTruth:
    """A spike of soft tissue from the node into the fat; `tip_ras_mm` is its outermost point.

    Spikes are seen in the image but belong to no segment: the greatest dimension is that of the node without them.
    """

    base_ras_mm: Vector
    tip_ras_mm: Vector
    base_width_mm: float
    tip_width_mm: float

    @property
    def length_mm(self) -> float:
        """From the surface of the node to the tip."""
        return float(np.linalg.norm(np.subtract(self.tip_ras_mm, self.base_ras_mm)))


@dataclass(frozen=True)
class ContactTruth:
    """Contact of a node with an artery.

    Attributes
    ----------
    vessel : segment name of the artery.
    angle_deg : part of the circumference in contact, in every section orthogonal to the centreline within `length_mm`.
    centre_ras_mm, axis_ras : middle of that stretch on the centreline, and the direction of the centreline.
    length_mm : length of the stretch along the centreline; all over it the node is at least 1 mm thick on the arc.
    """

    vessel: str
    angle_deg: float
    centre_ras_mm: Vector
    axis_ras: Vector
    length_mm: float


@dataclass(frozen=True)
class InvasionTruth:
    """Growth of a node into a muscle: the depth along the line from the node's centre towards the muscle.

    `height_mm` is the extent of the invaded part from its lowest to its highest point.
    """

    muscle: str
    depth_mm: float
    entry_ras_mm: Vector
    deepest_ras_mm: Vector
    height_mm: float


@dataclass(frozen=True)
class CoalescenceTruth:
    """Two nodes grown together: the partner, the middle of their common face, the size of both as one."""

    partner: str
    contact_centre_ras_mm: Vector
    combined_greatest_dimension_mm: float


@dataclass(frozen=True)
class NodeTruth:
    """One node: `grade` is the grade that its appearance alone deserves."""

    name: str
    grade: int
    side: str
    level: str
    centre_ras_mm: Vector
    greatest_dimension_mm: float
    volume_mm3: float
    necrosis_volume_mm3: float = 0.0
    spikes: tuple[SpikeTruth, ...] = ()
    coalescence: CoalescenceTruth | None = None
    contact: ContactTruth | None = None
    invasion: InvasionTruth | None = None


@dataclass(frozen=True)
class NeckTruth:
    """The nodes, the plane that parts right from left, and the standard deviation of the noise.

    A point is on the patient's right when (point - midline_point_ras_mm) . midline_normal_ras is positive.
    """

    nodes: tuple[NodeTruth, ...]
    midline_point_ras_mm: Vector
    midline_normal_ras: Vector
    noise_sd_hu: float

    def node(self, name: str) -> NodeTruth:
        """Truth of the node with a segment name (KeyError when the neck has no such node)."""
        found = {node.name: node for node in self.nodes}
        return found[name]
