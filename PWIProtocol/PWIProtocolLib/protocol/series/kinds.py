"""What one series is, judged by its own headers: each answer with the attribute that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.frames.dynamic_planes import image_words, signal_planes
from PWIProtocolLib.protocol.frames.points import place_numbers, repeats
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PWIProtocolLib.protocol.series import Plane, Series
    from PWIProtocolLib.protocol.verdict import Evidence

FEWEST_DYNAMIC_FRAMES = 3
FEWEST_DSC_FRAMES = 10
SUBTRACTION_WORDS = frozenset({"SUBTRACT", "SUBTRACTION", "SUB"})
MAP_WORDS = frozenset(
    {"ADC", "CBF", "CBV", "MTT", "TTP", "T1 MAP", "T2 MAP", "MPR", "MIP", "MAXIP", "MINIP", "PROJECTION IMAGE"}
)
NAME_TAGS = (Tag.SeriesDescription, Tag.ProtocolName, Tag.SequenceName, Tag.PulseSequenceName)
ASL_NAME = re.compile(r"(?<![a-z])p?c?asl(?![a-z])", re.IGNORECASE)
DSC_NAME = re.compile(r"(?<![a-z])(dsc|perf|perfusion|pwi)(?![a-z])", re.IGNORECASE)
SUBTRACTION_NAME = re.compile(r"(?<![a-z])sub(s|tr|tract|tracted|traction|traktion)?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class KindFound:
    """What a series is, one plain sentence why, and the attribute and file behind it."""

    kind: SeriesKind
    reason: str
    evidence: Evidence


class SeriesFacts:
    """Facts of one series that its kind depends on, each worked out once."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.header = series.first

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of the image type of the first image."""
        return image_words(self.series.planes[0])

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """Images that carry the signal."""
        return signal_planes(self.series.planes)[0]

    @cached_property
    def repeats(self) -> int:
        """How often the most frequent place was imaged; 0 when places are not known."""
        places = place_numbers(self.planes)
        return 0 if places is None else repeats(places)

    @cached_property
    def echo_planar(self) -> bool:
        """Whether the series is echo-planar."""
        sequence = self.header.texts(Tag.ScanningSequence).value or ()
        return "EP" in sequence or self.header.text(Tag.EchoPlanarPulseSequence).value == "YES"

    @cached_property
    def spin_echo(self) -> bool:
        """Whether the series states spin echoes."""
        sequence = self.header.texts(Tag.ScanningSequence).value or ()
        return "SE" in sequence or self.header.text(Tag.EchoPulseSequence).value == "SPIN"

    def varying(self, tag: Tag) -> tuple[float, ...]:
        """Return the different values of a number among the images, ascending."""
        found = {plane.header.number(tag, plane.frame).value for plane in self.planes}
        return tuple(sorted(value for value in found if value is not None))

    def named(self, pattern: re.Pattern[str], tags: Iterable[Tag] = NAME_TAGS) -> Tag | None:
        """Return the first attribute whose text matches."""
        return next((tag for tag in tags if pattern.search(self.header.text(tag).value or "")), None)

    def found(self, kind: SeriesKind, reason: str, *tags: Tag) -> KindFound:
        """Return a kind with its reason."""
        return KindFound(kind, reason, self.header.evidence(*tags))


def plain_kind(facts: SeriesFacts) -> KindFound | None:
    """Return the kind of a series that is no volume of T1 weighting for DCE; None for one that may be."""
    for rule in (_not_mr, _subtraction, _derived, _spin_labelling, _diffusion, _echo_planar):
        found = rule(facts)
        if found is not None:
            return found
    return None


def repeated_kind(facts: SeriesFacts) -> KindFound | None:
    """Return the kind of a series that images places repeatedly; None for a single volume."""
    if facts.repeats < 2:
        return None
    angles = facts.varying(Tag.FlipAngle)
    if len(angles) > 1:
        text = f"the places are imaged with {len(angles)} flip angles"
        return facts.found(SeriesKind.FLIP_ANGLES, text, Tag.FlipAngle)
    if len(facts.varying(Tag.InversionTime)) > 1:
        return facts.found(SeriesKind.OTHER, "the images differ in inversion time", Tag.InversionTime)
    if facts.spin_echo:
        text = f"each place is imaged {facts.repeats} times with spin echoes, not gradient echoes"
        return facts.found(SeriesKind.OTHER, text, Tag.ScanningSequence)
    echoes = max(1, len(facts.varying(Tag.EffectiveEchoTime if facts.header.enhanced else Tag.EchoTime)))
    frames = facts.repeats // echoes
    if frames < FEWEST_DYNAMIC_FRAMES:
        return None
    text = f"each place is imaged at {frames} times"
    return facts.found(SeriesKind.DCE_DYNAMIC, text, Tag.ImagePositionPatient)


def _not_mr(facts: SeriesFacts) -> KindFound | None:
    modality = facts.header.text(Tag.Modality)
    if modality.value == "MR":
        return None
    reason = "the modality is not MR" if modality.known else modality.describe()
    return facts.found(SeriesKind.OTHER, reason, Tag.Modality)


def _subtraction(facts: SeriesFacts) -> KindFound | None:
    if facts.words & SUBTRACTION_WORDS:
        return facts.found(SeriesKind.SUBTRACTION, "the image type names a subtraction", Tag.ImageType)
    tag = facts.named(SUBTRACTION_NAME, (Tag.SeriesDescription,))
    if tag is not None and (not facts.words or "DERIVED" in facts.words):
        text = "the series description names a subtraction, and the images do not claim to be originals"
        return facts.found(SeriesKind.SUBTRACTION, text, tag, Tag.ImageType)
    return None


def _derived(facts: SeriesFacts) -> KindFound | None:
    if facts.words & MAP_WORDS or {"DERIVED", "SECONDARY"} <= facts.words:
        return facts.found(SeriesKind.OTHER, "the images are derived: reformats, projections or maps", Tag.ImageType)
    if "LOCALIZER" in facts.words:
        return facts.found(SeriesKind.OTHER, "the images are localizers", Tag.ImageType)
    return None


def _spin_labelling(facts: SeriesFacts) -> KindFound | None:
    if facts.header.text(Tag.ArterialSpinLabelingContrast).known:
        text = "the series states an arterial spin labelling contrast"
        return facts.found(SeriesKind.ASL, text, Tag.ArterialSpinLabelingContrast)
    if "ASL" in facts.words:
        return facts.found(SeriesKind.ASL, "the image type names arterial spin labelling", Tag.ImageType)
    tag = facts.named(ASL_NAME)
    return facts.found(SeriesKind.ASL, "a name of the series contains ASL", tag) if tag is not None else None


def _diffusion(facts: SeriesFacts) -> KindFound | None:
    if "DIFFUSION" in facts.words:
        return facts.found(SeriesKind.OTHER, "the image type names diffusion", Tag.ImageType)
    if (facts.header.number(Tag.DiffusionBValue).value or 0) > 0:
        return facts.found(SeriesKind.OTHER, "the series states a diffusion weighting", Tag.DiffusionBValue)
    return None


def _echo_planar(facts: SeriesFacts) -> KindFound | None:
    if not facts.echo_planar:
        return None
    tags = (Tag.EchoPlanarPulseSequence,) if facts.header.enhanced else (Tag.ScanningSequence,)
    agent = Tag.ContrastBolusAgent if facts.header.text(Tag.ContrastBolusAgent).known else None
    if facts.header.items(Tag.ContrastBolusAgentSequence):
        agent = Tag.ContrastBolusAgentSequence
    hint = agent or facts.named(DSC_NAME)
    if facts.repeats >= FEWEST_DSC_FRAMES and hint is not None:
        why = "with a contrast agent" if agent else "and a name of the series says perfusion"
        text = f"echo-planar images at {facts.repeats} times {why}"
        return facts.found(SeriesKind.DSC, text, *tags, hint)
    return facts.found(SeriesKind.OTHER, "echo-planar images; nothing says that they follow a bolus", *tags)
