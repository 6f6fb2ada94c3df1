"""What the checks look at: one dynamic series of a study with its times and geometry, and what a user entered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.headers.siemens import siemens_protocol
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.answers import Answers
    from PWIProtocolLib.protocol.frames import FrameTimes
    from PWIProtocolLib.protocol.geometry import SeriesGeometry
    from PWIProtocolLib.protocol.headers.siemens import SiemensProtocol
    from PWIProtocolLib.protocol.headers.tags import PrivateTag
    from PWIProtocolLib.protocol.series import Dynamic, FlipAngleSet, Plane
    from PWIProtocolLib.protocol.signal.pixel_curve import BolusReading
    from PWIProtocolLib.protocol.study import Study

SAMPLE = 12  # planes whose headers must agree; reading all of them would only take longer


@dataclass(frozen=True, eq=False)
class DynamicView:
    """A dynamic series with what was derived from its headers.

    Attributes
    ----------
    geometry : of one volume, or of all planes when the frames could not be told apart.
    """

    dynamic: Dynamic
    times: FrameTimes
    geometry: SeriesGeometry
    bolus: BolusReading

    @cached_property
    def sample(self) -> tuple[Plane, ...]:
        """Planes spread evenly over the whole series, with the first and the last one."""
        return spread(self.dynamic.planes)

    def private_texts(self, tag: PrivateTag) -> tuple[str, ...]:
        """Return a vendor's text in the first file, empty when there is none; each is read once."""
        if tag not in self._private:
            value = self.dynamic.first.private_text(tag).value
            self._private[tag] = (value,) if value else ()
        return self._private[tag]

    @cached_property
    def _private(self) -> dict[PrivateTag, tuple[str, ...]]:
        return {}

    @cached_property
    def siemens(self) -> SiemensProtocol | None:
        """Siemens' measurement protocol, where a file carries it."""
        return siemens_protocol(self.dynamic.first)


@dataclass(frozen=True, eq=False)
class StudyView:
    """A study as the checks see it."""

    study: Study
    dynamic: DynamicView | None
    flip_angles: FlipAngleSet | None
    answers: Answers

    @property
    def contrast_planes(self) -> tuple[Plane, ...]:
        """Planes whose headers may tell about the contrast agent: those of the dynamic, else of every MR series."""
        if self.dynamic is not None:
            return self.dynamic.sample
        first = (series.planes[0] for series in self.study.series if series.planes)
        return tuple(plane for plane in first if plane.header.text(Tag.Modality).value == "MR")


def spread(planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
    """Return at most SAMPLE planes, evenly spread, with the first and the last."""
    count = len(planes)
    if count <= SAMPLE:
        return planes
    return tuple(planes[round(index * (count - 1) / (SAMPLE - 1))] for index in range(SAMPLE))
