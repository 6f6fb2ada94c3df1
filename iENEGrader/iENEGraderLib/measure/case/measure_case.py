"""All measurements of a case: every node, and every node with what lies beside it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.attempts import Attempts
from iENEGraderLib.measure.case.maps import NO_MAPS, MeasureMaps
from iENEGraderLib.measure.case.measured_reading import find_landmarks
from iENEGraderLib.measure.case.measurements import CaseMeasurements
from iENEGraderLib.measure.case.records.coalescence import coalescence_records
from iENEGraderLib.measure.case.records.contacts import contact_records
from iENEGraderLib.measure.case.records.infiltration import infiltration_records
from iENEGraderLib.measure.case.records.nerves import nerve_records
from iENEGraderLib.measure.case.records.nodes import node_records
from iENEGraderLib.measure.case.records.skin import skin_records
from iENEGraderLib.measure.case.records.veins import vein_records
from iENEGraderLib.measure.case.roles import assign_roles
from iENEGraderLib.measure.case.setting import Setting
from iENEGraderLib.measure.preferences import default_preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.measure.case.roles import Roles
    from iENEGraderLib.measure.preferences import Preferences


class Part(Enum):
    """Parts of the measurements that take long, and that a caller may have no use for."""

    INFILTRATION = "infiltration"
    SKIN = "skin"
    NERVES = "nerves"


def measure_case(
    image: Image | None,
    segmentation: Segmentation,
    roles: Roles | None = None,
    preferences: Preferences | None = None,
    *,
    nodes: Mapping[str, Segment] | None = None,
    vessels: Sequence[Segment] | None = None,
    maps: MeasureMaps | None = None,
    leave_out: Collection[Part] = (),
    progress: Callable[[str], None] | None = None,
) -> CaseMeasurements:
    """Measure all nodes of a case.

    Sizes, places, contacts and whatever else is seen in the outlines alone are measured in any image; what needs values
    is measured in a CT in HU and is not assessable otherwise. A part that cannot use its input is told in a warning,
    and the others go on.

    Parameters
    ----------
    image : on the grid of the segments; None when there is none.
    segmentation : nodes and the structures beside them.
    roles : what each segment is; by default by its name, else its code.
    preferences : thresholds; those of the project by default.
    nodes : segments of the nodes to measure, by the names they shall have; by default all nodes by their names.
    vessels : segments that contact is measured with; by default all arteries and jugular veins.
    maps : spectral maps; where there are some, they are used in place of HU, and every result says so.
    leave_out : parts that are not measured; all others come out the same.
    progress : told in a few words what is being measured; what it raises ends the measuring.

    Raises
    ------
    InputError
        When the image or a map does not lie on the grid of the segments, a map is in another unit, or two nodes have
        the same name.
    """
    if image is not None and not image.geometry.matches(segmentation.geometry):
        raise InputError(
            f"{segmentation.source or 'the segmentation'}: lies on {segmentation.geometry.describe()}, expected the "
            f"grid of {image.source or 'the image'}, {image.geometry.describe()}; bring it onto that grid first"
        )
    given = maps or NO_MAPS
    given.require_on(segmentation.geometry)
    chosen = preferences or default_preferences()
    known = roles or assign_roles(segmentation, preferences=chosen)
    setting = Setting(
        image=image,
        segmentation=segmentation,
        roles=known,
        preferences=chosen,
        nodes=_by_name(known.nodes, segmentation.source) if nodes is None else nodes,
        vessels=known.vessels if vessels is None else tuple(vessels),
        attempts=Attempts(progress),
        maps=given,
    )
    return _measured(setting, leave_out)


def _by_name(nodes: Sequence[Segment], source: str) -> dict[str, Segment]:
    named = {each.name: each for each in nodes}
    if len(named) < len(nodes):
        names = [each.name for each in nodes]
        repeated = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{source}: several nodes are named {repeated!r}; give each node segment a name of its own")
    return named


def _with_structure_names(setting: Setting) -> Segmentation:
    """Return the structures beside the nodes under the names that landmarks are looked for by."""
    segments = tuple(replace(each, name=name) for name, each in setting.roles.structures.items())
    return replace(setting.segmentation, segments=segments)


def _measured(setting: Setting, leave_out: Collection[Part]) -> CaseMeasurements:
    landmarks = find_landmarks(_with_structure_names(setting), setting.image)
    if setting.nodes and setting.why_no_values:
        setting.attempts.warn(f"what needs values in Hounsfield units was not assessed: {setting.why_no_values}")
    if setting.nodes and landmarks.plane is None:
        setting.attempts.warn(f"the sides were not checked against the image: {landmarks.why_no_plane}")
    records = (
        node_records(setting, landmarks),
        contact_records(setting),
        vein_records(setting) if setting.nodes else (),
        coalescence_records(setting),
        () if Part.INFILTRATION in leave_out else infiltration_records(setting),
        () if Part.SKIN in leave_out else skin_records(setting, landmarks.plane),
        () if Part.NERVES in leave_out else nerve_records(setting),
    )
    warnings = (*setting.roles.warnings, *setting.attempts.warnings)
    return CaseMeasurements(setting.image, setting.segmentation, *records, warnings, setting.preferences, setting.maps)
