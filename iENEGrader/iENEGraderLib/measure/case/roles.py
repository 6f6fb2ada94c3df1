"""Which segment is what: by its name, by its code, or because the user says so in a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.segmentation import NODE_PREFIX

from iENEGraderLib.anatomy.structures import SIDES, Encasement, Role, load_structures
from iENEGraderLib.measure.case.roles_file import read_roles
from iENEGraderLib.measure.position.cricoid import lowest_point_ras
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.reading.vocabulary import Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from HeadNeckNodesLib.imaging.terminology import Terminology

    from iENEGraderLib.anatomy.structures import Structure
    from iENEGraderLib.measure.preferences import Preferences

    Point = tuple[float, float, float]

ARTERIES, VEINS = (Role.MAJOR_ARTERY, Role.ARTERY), (Role.JUGULAR_VEIN,)
ORIGIN_LENGTH = "roles.external_carotid_origin_mm"


class RoleSource(StrEnum):
    """How it was decided what a segment is."""

    ROLES_FILE = "roles.json"
    NAME = "name"
    CODE = "code"
    NOTHING = "nothing"
    """Neither name nor code says it, and the file does not name the segment."""


@dataclass(frozen=True)
class RoleAssignment:
    """What one segment is.

    Attributes
    ----------
    segment_id, segment_name : of the segment.
    structure : name in ``structures.toml``; None when it is not known, or only a role was given.
    role : what it is to a node beside it; OTHER when nothing is known.
    side : of a paired structure; None otherwise.
    source : how it was decided.
    doubt : where name and code contradict each other; empty otherwise.
    """

    segment_id: str
    segment_name: str
    structure: str | None
    role: Role
    side: Side | None
    source: RoleSource
    doubt: str = ""

    @property
    def encasement(self) -> Encasement:
        """Whether contact with it counts for encasement; an artery that is one by its role alone counts all along."""
        if self.structure is not None:
            return load_structures()[self.structure].encasement
        return Encasement.WHOLE if self.role is Role.MAJOR_ARTERY else Encasement.NEVER


@dataclass(frozen=True)
class EncasementScope:
    """Whether a contact may be offered as encasement, and why."""

    counts: bool
    reason: str


@dataclass(frozen=True, eq=False)
class Roles:
    """All segments of a segmentation with their roles.

    Attributes
    ----------
    assignments : one per segment, in the same order.
    """

    segmentation: Segmentation
    assignments: tuple[RoleAssignment, ...]
    preferences: Preferences

    @cached_property
    def _by_id(self) -> Mapping[str, RoleAssignment]:
        return {each.segment_id: each for each in self.assignments}

    def of(self, segment: Segment) -> RoleAssignment:
        """Return what a segment is."""
        return self._by_id[segment.segment_id]

    def name_of(self, segment: Segment) -> str:
        """Name for results: that of the structure where one segment alone shows it, else that of the segment."""
        structure = self.of(segment).structure
        shown = [each for each in self.assignments if each.structure == structure]
        return structure if structure is not None and len(shown) == 1 else segment.name

    def segments(self, *roles: Role) -> tuple[Segment, ...]:
        """Return the segments that have one of the roles."""
        return tuple(each for each in self.segmentation.segments if self.of(each).role in roles)

    @property
    def nodes(self) -> tuple[Segment, ...]:
        """The lymph nodes."""
        return self.segments(Role.NODE)

    @property
    def vessels(self) -> tuple[Segment, ...]:
        """All arteries and jugular veins: contact is measured with each of them."""
        return self.segments(*ARTERIES, *VEINS)

    def is_vein(self, segment: Segment) -> bool:
        """Tell whether a segment is a jugular vein."""
        return self.of(segment).role in VEINS

    @cached_property
    def structures(self) -> Mapping[str, Segment]:
        """Segments by the name of their structure; of several the first. Lymph nodes are not among them."""
        found: dict[str, Segment] = {}
        for segment, each in zip(self.segmentation.segments, self.assignments, strict=True):
            if each.structure is not None and each.role is not Role.NODE:
                found.setdefault(each.structure, segment)
        return found

    @property
    def warnings(self) -> tuple[str, ...]:
        """Contradictions, and structures that several segments claim to be."""
        doubts = [each.doubt for each in self.assignments if each.doubt]
        names = [each.structure for each in self.assignments if each.structure and each.role is not Role.NODE]
        doubts += [
            f"{names.count(name)} segments are {name}; where one is needed the first was taken"
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
        return tuple(doubts)

    def encasement_scope(self, vessel: Segment, place_ras_mm: Point | None) -> EncasementScope:
        """Tell whether contact with a vessel at a place may be offered as encasement.

        Only the major arteries count: common and internal carotid, vertebral artery, and the external carotid at its
        origin, taken as a ball round its lowest point (joint criteria of 2024 and 2025 on imaging of nodes).

        Parameters
        ----------
        place_ras_mm : where the contact is greatest; None when there is no contact.
        """
        found = self.of(vessel)
        words = (found.structure or found.segment_name).replace("_", " ")
        if found.encasement is Encasement.NEVER:
            return EncasementScope(False, f"{words} is no major artery: its contact is reported and never encasement")
        if found.encasement is Encasement.WHOLE:
            return EncasementScope(True, f"{words} is a major artery")
        limit = self.preferences.value(ORIGIN_LENGTH)
        if place_ras_mm is None:
            return EncasementScope(True, f"{words} counts for encasement within {limit:g} mm of its origin")
        origin = lowest_point_ras(vessel.mask(), self.segmentation.geometry)
        distance = float(np.linalg.norm(np.subtract(place_ras_mm, origin)))
        return EncasementScope(
            distance <= limit,
            f"{words} counts for encasement within {limit:g} mm of its origin; the contact lies {distance:.0f} mm off",
        )


def assign_roles(
    segmentation: Segmentation, roles_file: str | Path | None = None, preferences: Preferences | None = None
) -> Roles:
    """Find out what every segment is.

    The user's file comes first, then the segment's name, then its code. Only an exact code with the side that the
    structure has counts: codes of a larger whole (such as "muscle of neck") stand for several structures.

    Parameters
    ----------
    roles_file : see :func:`~iENEGraderLib.measure.case.roles_file.read_roles`.

    Raises
    ------
    InputError
        When the file cannot be read, or names a segment, structure or role that does not exist.
    """
    stated = {} if roles_file is None else read_roles(roles_file, segmentation)
    assignments = tuple(_assignment(segment, stated.get(segment.segment_id)) for segment in segmentation.segments)
    return Roles(segmentation, assignments, preferences or default_preferences())


def _assignment(segment: Segment, stated: str | None) -> RoleAssignment:
    known = load_structures()
    if stated is not None and stated not in known:
        return _assigned(segment, None, Role(stated), RoleSource.ROLES_FILE)
    if stated is not None:
        return _assigned(segment, known[stated], known[stated].role, RoleSource.ROLES_FILE)
    by_name, by_code = _structure_named(segment.name), structure_coded(segment.terminology)
    doubt = ""
    if by_name and by_code and by_name != by_code:
        doubt = f'the segment "{segment.name}" is coded as {by_code.name}; its name was followed'
    if by_name is not None:
        return _assigned(segment, by_name, by_name.role, RoleSource.NAME, doubt)
    if by_code is not None:
        return _assigned(segment, by_code, by_code.role, RoleSource.CODE)
    return _assigned(segment, None, Role.OTHER, RoleSource.NOTHING)


def _assigned(
    segment: Segment, structure: Structure | None, role: Role, source: RoleSource, doubt: str = ""
) -> RoleAssignment:
    name = None if structure is None else structure.name
    side = next((Side(side) for side in SIDES if name is not None and name.endswith(f"_{side}")), None)
    return RoleAssignment(segment.segment_id, segment.name, name, role, side, source, doubt)


def _structure_named(segment_name: str) -> Structure | None:
    """Return the structure of a name, also when it is written with blanks or capitals."""
    plain = segment_name.strip().lower().replace(" ", "_")
    known = {name.lower(): structure for name, structure in load_structures().items()}
    return known.get("lymph_node" if plain.startswith(NODE_PREFIX) else plain)


def structure_coded(terminology: Terminology | None) -> Structure | None:
    """Return the one structure that a SNOMED CT code with its side stands for, or None."""
    if terminology is None or terminology.kind is None or terminology.kind.scheme != "SCT":
        return None
    side = terminology.kind_modifier
    coded = (terminology.kind.value, None if side is None else side.value)
    if terminology.is_lymph_node:
        return load_structures()["lymph_node"]
    found = [each for each in load_structures().values() if each.is_exact_code and _code_of(each) == coded]
    return found[0] if len(found) == 1 else None


def _code_of(structure: Structure) -> tuple[str, str | None]:
    modifier = structure.snomed_modifier
    return structure.snomed_type.value, None if modifier is None else modifier.value
