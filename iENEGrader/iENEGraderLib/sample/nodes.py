"""The nodes of the digital neck: where they lie, how they are shaped, what is true of them. Body coordinates, mm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.sample.node_formulas import (
    Encasement,
    Vector3,
    combined_diameter,
    depth_along,
    ellipsoid_volume,
    invaded_height,
    share_below_plane,
)
from iENEGraderLib.sample.signed_distance import (
    Common,
    Ellipsoid,
    HalfSpace,
    Loft,
    Outside,
    Point,
    Solid,
    TaperedRod,
    as_point,
)
from iENEGraderLib.sample.truth import CoalescenceTruth, ContactTruth, InvasionTruth, NodeTruth, SpikeTruth

if TYPE_CHECKING:
    from iENEGraderLib.sample.pose import Pose

ENCASED_VESSEL = "common_carotid_artery_left"
INVADED_MUSCLE = "sternocleidomastoid_left"
SPIKE_DIRECTIONS = ((0.86, -0.42, 0.28), (0.55, -0.83, -0.12), (-0.02, -0.98, 0.2))


class Severity(IntEnum):
    """How far the disease has come: nodes up to this grade are in the neck; NONE is a neck without nodes."""

    NONE = -1
    GRADE_0 = 0
    GRADE_1 = 1
    GRADE_2 = 2
    GRADE_3 = 3


@dataclass(frozen=True)
class NodePlan:
    """A node as it is painted, in body coordinates, with its truth in RAS.

    Attributes
    ----------
    truth : what is true of it.
    image : what is seen: its whole body, also where a neighbour overlaps.
    segment : the voxels that are its segment, before vessels are painted over it.
    core : the necrotic centre.
    spikes : seen in the image, not in the segment.
    """

    truth: NodeTruth
    image: Solid
    segment: Solid
    core: Ellipsoid | None = None
    spikes: tuple[TaperedRod, ...] = ()


def ras_point(pose: Pose, point: object) -> Point:
    """RAS of a body point."""
    return as_point(pose.ras_from_body(np.asarray(point, dtype=float)))


def turned(x_deg: float, z_deg: float) -> tuple[Point, Point, Point]:
    """Rows of the rotation by two angles about the body axes x and z."""
    (cx, cz), (sx, sz) = np.cos(np.radians([x_deg, z_deg])), np.sin(np.radians([x_deg, z_deg]))
    matrix = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    return as_point(matrix[0]), as_point(matrix[1]), as_point(matrix[2])


def varied(rng: np.random.Generator, centre: Point, semi_axes: Point) -> tuple[Point, Point]:
    """Centre and size with the small differences between patients."""
    moved = np.add(centre, rng.uniform(-0.4, 0.4, 3))
    return as_point(moved), as_point(np.multiply(semi_axes, rng.uniform(0.97, 1.03)))


def smooth_node(rng: np.random.Generator, pose: Pose) -> NodePlan:
    """Grade 0: ovoid, smooth, about 20 mm, with a necrotic centre; right level IIA."""
    centre, semi_axes = varied(rng, (39.5, 19.5, 12.5), (7.3, 6.2, 10.0))
    body = Ellipsoid(centre, semi_axes, turned(8.0, 10.0))
    core = Ellipsoid(centre, as_point(np.multiply(semi_axes, 0.58)), body.axes)
    truth = NodeTruth(
        "node_1", 0, "right", "IIA", ras_point(pose, centre), 2 * max(semi_axes),
        ellipsoid_volume(semi_axes), ellipsoid_volume(core.semi_axes),
    )  # fmt: skip
    return NodePlan(truth, body, body, core)


def spiked_node(rng: np.random.Generator, pose: Pose) -> NodePlan:
    """Grade 1: three spikes into the fat behind it; right level III."""
    centre, semi_axes = varied(rng, (37.0, -4.2, -24.0), (5.8, 5.0, 7.6))
    body = Ellipsoid(centre, semi_axes)
    rods, spikes = [], []
    for direction in SPIKE_DIRECTIONS:
        out = np.array(direction) / np.linalg.norm(direction)
        base = np.array(centre) + out / np.sqrt(out @ body.shape_matrix @ out)
        tip = base + out * rng.uniform(5.0, 6.5)
        wide, narrow = rng.uniform(1.1, 1.3), 0.5
        rods.append(TaperedRod(as_point(base), as_point(tip - narrow * out), wide, narrow))
        spikes.append(SpikeTruth(ras_point(pose, base), ras_point(pose, tip), 2 * wide, 2 * narrow))
    truth = NodeTruth(
        "node_2", 1, "right", "III", ras_point(pose, centre), 2 * max(semi_axes),
        ellipsoid_volume(semi_axes), spikes=tuple(spikes),
    )  # fmt: skip
    return NodePlan(truth, body, body, spikes=tuple(rods))


def coalescent_nodes(rng: np.random.Generator, pose: Pose) -> list[NodePlan]:
    """Grade 2: two nodes of one mass, in left levels IIA and III.

    Both are ellipsoids of the same proportions, so that their surfaces meet in a plane: the common face.
    """
    upper_centre, semi_axes = varied(rng, (-38.5, 22.0, 7.5), (5.8, 9.3, 9.0))
    lower_centre = as_point(np.add(upper_centre, (0.6, -0.6, -13.0)))
    upper = Ellipsoid(upper_centre, semi_axes)
    lower = Ellipsoid(lower_centre, as_point(np.multiply(semi_axes, 0.93)))
    between = np.subtract(lower_centre, upper_centre)
    apart = float(np.linalg.norm(between / semi_axes))
    upper_reach = (apart**2 + 1 - 0.93**2) / (2 * apart)
    face = upper_centre + between * upper_reach / apart
    normal = between / np.square(semi_axes)
    normal /= np.linalg.norm(normal)
    combined = combined_diameter(upper, lower)
    plans = []
    for name, other, level, body, away, reach in (
        ("node_3", "node_4", "IIA", upper, normal, upper_reach),
        ("node_4", "node_3", "III", lower, -normal, (apart - upper_reach) / 0.93),
    ):
        link = CoalescenceTruth(other, ras_point(pose, face), combined)
        truth = NodeTruth(
            name, 2, "left", level, ras_point(pose, body.centre), 2 * max(body.semi_axes),
            ellipsoid_volume(body.semi_axes) * share_below_plane(reach), coalescence=link,
        )  # fmt: skip
        plans.append(NodePlan(truth, body, Common((body, HalfSpace(as_point(face), as_point(away))))))
    return plans


def encasing_node(rng: np.random.Generator, pose: Pose, artery: Loft, muscle: Loft) -> NodePlan:
    """Grade 3: around the left common carotid but for a wedge of fat, and into the sternocleidomastoid; level IV."""
    foot = np.array(artery.centre_at(-54.0))
    along = np.subtract(artery.centre_at(-44.0), artery.centre_at(-64.0))
    along /= np.linalg.norm(along)
    towards = np.array([-0.74, 0.67, 0.0]) - along * (along @ np.array([-0.74, 0.67, 0.0]))
    towards /= np.linalg.norm(towards)
    across = np.cross(along, towards)
    _, semi_axes = varied(rng, (0, 0, 0), (11.6, 9.0, 12.5))
    centre = foot + 4.6 * towards
    rows = np.column_stack([towards, across, along])
    body = Ellipsoid(as_point(centre), semi_axes, (as_point(rows[0]), as_point(rows[1]), as_point(rows[2])))
    angle = float(rng.uniform(280.0, 300.0))
    sides = [as_point(turn_about(along, -towards, sign * (270.0 - angle / 2))) for sign in (1.0, -1.0)]
    wedge = Common(tuple(HalfSpace(as_point(foot), side) for side in sides))
    solid = Common((body, Outside(wedge)))
    radius = artery.values_at([-54.0], 2)[0]
    around = Encasement(body, foot, along, -towards, radius, angle)
    low, high = around.full_stretch()
    entry, deepest = depth_along(body, muscle, towards)
    contact = ContactTruth(
        ENCASED_VESSEL,
        angle,
        ras_point(pose, foot + along * (low + high) / 2),
        as_point(pose.rotation @ along),
        high - low,
    )
    invasion = InvasionTruth(
        INVADED_MUSCLE, float(np.linalg.norm(deepest - entry)), ras_point(pose, entry), ras_point(pose, deepest),
        invaded_height(solid, muscle),
    )  # fmt: skip
    truth = NodeTruth(
        "node_5", 3, "left", "IV", ras_point(pose, centre), 2 * max(semi_axes),
        around.volume(), contact=contact, invasion=invasion,
    )  # fmt: skip
    return NodePlan(truth, solid, solid)


def turn_about(axis: Vector3, direction: object, angle_deg: float) -> Point:
    """A direction orthogonal to an axis, turned about it."""
    start = np.asarray(direction, dtype=float)
    angle = np.radians(angle_deg)
    return as_point(np.cos(angle) * start + np.sin(angle) * np.cross(axis, start))


def plan_nodes(rng: np.random.Generator, pose: Pose, severity: Severity, artery: Loft, muscle: Loft) -> list[NodePlan]:
    """Nodes up to a severity; what a seed gives does not depend on the severity asked for."""
    plans = [
        smooth_node(rng, pose),
        spiked_node(rng, pose),
        *coalescent_nodes(rng, pose),
        encasing_node(rng, pose, artery, muscle),
    ]
    return [plan for plan in plans if plan.truth.grade <= severity]
