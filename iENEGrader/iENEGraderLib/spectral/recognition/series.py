"""What a CT series is in spectral terms, with the source of every decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SeriesKind(StrEnum):
    """What the voxels of a series stand for."""

    MONOCHROMATIC = "monochromatic"
    """Virtual monochromatic image at one photon energy, HU."""
    IODINE_MAP = "iodine_map"
    """Concentration of iodine, mg/mL."""
    VIRTUAL_NON_CONTRAST = "virtual_non_contrast"
    """HU after the iodine was taken out."""
    CONVENTIONAL = "conventional"
    """Image of one tube voltage or of a mixture; two of different voltage make a low/high pair."""
    ENERGY_BIN = "energy_bin"
    """Image of one energy bin of a photon-counting detector."""
    EFFECTIVE_Z = "effective_atomic_number"
    ELECTRON_DENSITY = "electron_density"
    OTHER = "other"
    """Known, and no input for maps: fat, water, calcium, modified images."""
    UNKNOWN = "unknown"


class ContrastRole(StrEnum):
    """Whether a scan was made before or after the contrast agent."""

    BEFORE = "before contrast agent"
    AFTER = "after contrast agent"


class ValueUnit(StrEnum):
    """Unit of the voxel values, as UCUM writes it."""

    HU = "[hnsf'U]"
    MG_PER_ML = "mg/mL"
    PERCENT = "%"
    EFFECTIVE_Z = "effective atomic number"
    ELECTRON_DENSITY = "electron density"
    UNKNOWN = "unknown"


UNIT_WORDS = {ValueUnit.HU: "HU"}
"""Units that people write unlike UCUM."""


NO_ENERGY = "a monochromatic image whose energy nothing says; add it behind the path, as in :keV=50"


class Confidence(StrEnum):
    """How far a recognition can be trusted."""

    STATED = "stated"
    """A standard attribute says it, or the user."""
    DESCRIBED = "described"
    """Only free text or a private attribute says it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Decision:
    """One thing that was decided about a series.

    Attributes
    ----------
    about : ``kind``, ``energy``, ``unit``, ``kernel``, ``contrast`` or ``tube voltage``.
    value : what was decided.
    source : attribute with its tag, ``given by the user`` ...
    said : what the source says: the words that matter, never a whole description, which may name a patient.
    confidence : how far the source can be trusted.
    """

    about: str
    value: str
    source: str
    said: str
    confidence: Confidence

    def line(self) -> str:
        """One line for people."""
        return f"{self.about}: {self.value}, from {self.source}" + (f": '{self.said}'" if self.said else "")


class About(StrEnum):
    """What a question is about."""

    KIND = "kind"
    ENERGY = "energy"
    UNIT = "unit"
    FACTOR = "factor of the unit"


@dataclass(frozen=True)
class Question:
    """What stays open: why the series cannot be used as it stands, and what the user can say."""

    about: About
    text: str


@dataclass(frozen=True)
class RecognisedSeries:
    """What a series is.

    Attributes
    ----------
    kind, unit : what the values stand for and their unit after ``values * scale + offset``.
    energy_kev : photon energy of a monochromatic image.
    tube_voltage_kv : of a conventional image.
    bin_kev : lower and upper threshold of an energy bin.
    tin_mm : thickness of a tin filter; only the user knows it.
    iodine_slope : HU per mg/mL of iodine, calibrated at the site, when the user gives it.
    scale, offset : turn the values that the file gives into `unit`.
    kernel, frame_of_reference, slice_thickness_mm : what series to be combined must share; ``None`` where not said.
    contrast : before or after contrast agent; ``None`` where nothing says it.
    contrast_ingredients : what the contrast agent absorbs with, where the header says it: ``IODINE`` ...
    decisions : source of every decision.
    warnings : what deserves a look and hinders nothing.
    questions : what must be answered before the series can be used.
    """

    kind: SeriesKind
    unit: ValueUnit
    energy_kev: float | None = None
    tube_voltage_kv: float | None = None
    bin_kev: tuple[float, float] | None = None
    tin_mm: float = 0.0
    iodine_slope: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    kernel: str | None = None
    frame_of_reference: str | None = None
    slice_thickness_mm: float | None = None
    contrast: ContrastRole | None = None
    contrast_ingredients: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def problem(self) -> str | None:
        """Why the series cannot be used as it stands; ``None`` when it can."""
        return self.questions[0].text if self.questions else None

    @property
    def confidence(self) -> Confidence:
        """The least trusted of all decisions, but that on the contrast agent, which few inputs depend on."""
        order = (Confidence.UNKNOWN, Confidence.DESCRIBED, Confidence.STATED)
        decisions = [each for each in self.decisions if each.about != "contrast"]
        if self.questions or not decisions:
            return Confidence.UNKNOWN
        return min((each.confidence for each in decisions), key=order.index)

    def describe(self) -> str:
        """Kind, energy and unit in a few words."""
        words = self.kind.replace("_", " ")
        if self.energy_kev is not None:
            words = f"{self.energy_kev:g} keV {words}"
        elif self.bin_kev is not None:
            words = f"{self.bin_kev[0]:g}-{self.bin_kev[1]:g} keV {words}"
        elif self.tube_voltage_kv is not None and self.kind is SeriesKind.CONVENTIONAL:
            words = f"{self.tube_voltage_kv:g} kV {words}"
        return f"{words} ({UNIT_WORDS.get(self.unit, self.unit.value)})"
