"""What the parts of the measurements share: image, segments, roles, thresholds, and where failures are told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from HeadNeckNodesLib.imaging.hounsfield import why_not_hounsfield

from iENEGraderLib.measure.case.maps import NO_MAPS, MeasureMaps
from iENEGraderLib.measure.case.nearness import Nearness
from iENEGraderLib.measure.case.records.record_types import Outcome
from iENEGraderLib.measure.fat_view import CT, IODINE_MAP, FatView
from iENEGraderLib.measure.tissue import NEAR_MM, TissueScale
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.measure.case.attempts import Attempts
    from iENEGraderLib.measure.case.roles import Roles
    from iENEGraderLib.measure.preferences import Preferences

Result = TypeVar("Result")

NO_IMAGE = "there is no image, and its values are needed"


@dataclass(frozen=True, eq=False)
class Setting:
    """One case being measured.

    Attributes
    ----------
    nodes : segment of each node to measure, by the name of the node in the results.
    vessels : segments that contact is measured with.
    maps : spectral maps that are used in place of HU.
    """

    image: Image | None
    segmentation: Segmentation
    roles: Roles
    preferences: Preferences
    nodes: Mapping[str, Segment]
    vessels: tuple[Segment, ...]
    attempts: Attempts
    maps: MeasureMaps = NO_MAPS

    @cached_property
    def nearness(self) -> Nearness:
        """Which segments lie near which."""
        return Nearness(self.segmentation.geometry)

    @cached_property
    def why_no_values(self) -> str:
        """Why the values of the image cannot be used; empty when they can."""
        if self.image is None:
            return NO_IMAGE
        reason = why_not_hounsfield(self.image)
        return "" if reason is None else f"{self.image.source or 'the image'} is not in Hounsfield units: {reason}"

    @property
    def usable_image(self) -> Image | None:
        """The image when its values can be used."""
        return None if self.why_no_values else self.image

    @cached_property
    def _scales(self) -> dict[str, Outcome[TissueScale]]:
        return {}

    def with_values(self, what: str, measure: Callable[[Image], Result]) -> Outcome[Result]:
        """Measure a part that needs values in HU; without them there is no result, and the reason."""
        image = self.usable_image
        if image is None:
            return Outcome(None, self.why_no_values)
        return self.told(self.attempts.outcome(what, lambda: measure(image)), CT)

    @cached_property
    def fat_view(self) -> FatView | None:
        """What fat is told by: the fat map when there is one, else the CT."""
        if self.maps.fat_view is not None:
            return self.maps.fat_view
        return None if self.usable_image is None else FatView.of_ct(self.usable_image)

    def with_fat(self, what: str, measure: Callable[[FatView], Result]) -> Outcome[Result]:
        """Measure a part that needs to tell fat from soft tissue; without an image for it there is no result."""
        view = self.fat_view
        if view is None:
            return Outcome(None, self.why_no_values)
        return self.told(self.attempts.outcome(what, lambda: measure(view)), view.source)

    @property
    def enhancement(self) -> tuple[Image | None, Unit, str]:
        """The image that shows contrast agent, its unit and what to call it: the iodine map, else the CT."""
        if self.maps.iodine is not None:
            return self.maps.iodine, Unit.IODINE, IODINE_MAP
        return self.usable_image, Unit.HU, "" if self.usable_image is None else CT

    @staticmethod
    def told(outcome: Outcome[Result], source: str) -> Outcome[Result]:
        """Return what was measured together with the image that its values were taken from."""
        return outcome if outcome.result is None else replace(outcome, source=source)

    def scale(self, node_id: str) -> Outcome[TissueScale]:
        """Return what fat and soft tissue look like round a node; measured once."""
        if node_id not in self._scales:
            node = self.nodes[node_id]
            others = self.others_near(node, NEAR_MM)
            self._scales[node_id] = self.with_fat(f"fat round {node_id}", lambda view: view.scale(node, others))
        return self._scales[node_id]

    def others_near(self, node: Segment, reach_mm: float) -> list[Segment]:
        """Return all other segments near a node but for those of fat, which nodes grow spikes into."""
        return [
            each
            for each in self.segmentation.segments
            if each is not node and not self._is_fat(each) and self.nearness.is_near(node, each, reach_mm)
        ]

    def nodes_within(self, segment: Segment, reach_mm: float) -> list[str]:
        """Return the names of the nodes within reach of a segment, itself left out."""
        is_within = self.nearness.is_within
        return [name for name, node in self.nodes.items() if node is not segment and is_within(node, segment, reach_mm)]

    def other_side_of(self, segment: Segment) -> Segment | None:
        """Return the partner of a paired structure, when it is segmented too."""
        name = self.roles.of(segment).structure or ""
        for side, other in (("_left", "_right"), ("_right", "_left")):
            if name.endswith(side):
                return self.roles.structures.get(name.removesuffix(side) + other)
        return None

    def _is_fat(self, segment: Segment) -> bool:
        return "fat" in (self.roles.of(segment).structure or segment.name).lower().split("_")
