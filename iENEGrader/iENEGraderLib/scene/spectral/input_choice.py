"""What a volume of the scene is as an input of spectral maps, and where that is known from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import read_headers

from iENEGraderLib.scene.spectral.volume_image import shared_image
from iENEGraderLib.spectral import agent_of_ingredients, tin_filters_mm, tube_response
from iENEGraderLib.spectral.recognition import (
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
    differing_frames,
    differing_kernels,
    differing_thicknesses,
    recognise,
    recognise_volume,
    unstated,
)
from iENEGraderLib.spectral.recognition.header import read_series_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral import ContrastAgent, Response
    from iENEGraderLib.spectral.recognition.header import SeriesHeader

ROLE_ATTRIBUTE = "HeadNeckNodes.SpectralInput"
NUMBER_ATTRIBUTE = "HeadNeckNodes.SpectralNumber"
SLOPE_ATTRIBUTE = "HeadNeckNodes.SpectralSlope"
INSTANCES_ATTRIBUTE = "DICOM.instanceUIDs"
GIVEN = "given by the user"


class InputRole(StrEnum):
    """What the user may say a volume is; also what its number means. Values stand in saved scenes."""

    MONOCHROMATIC = "keV"
    TUBE_VOLTAGE = "kV"
    TIN_FILTER = "kV, tin"
    IODINE_MAP = "iodine mg/mL"
    IODINE_TENTHS = "iodine 100 ug/cm3"
    UNKNOWN = ""


ROLE_OF_KIND = {
    SeriesKind.MONOCHROMATIC: InputRole.MONOCHROMATIC,
    SeriesKind.CONVENTIONAL: InputRole.TUBE_VOLTAGE,
    SeriesKind.ENERGY_BIN: InputRole.TUBE_VOLTAGE,
    SeriesKind.IODINE_MAP: InputRole.IODINE_MAP,
}
BEAM_ROLES = (InputRole.TUBE_VOLTAGE, InputRole.TIN_FILTER)
IODINE_ROLES = (InputRole.IODINE_MAP, InputRole.IODINE_TENTHS)
TENTH = 0.1
"""100 ug/cm3 in mg/mL."""
NUMBERED_ROLES = (InputRole.MONOCHROMATIC, *BEAM_ROLES)


@dataclass(frozen=True, eq=False)
class InputChoice:
    """One volume as an input.

    Attributes
    ----------
    volume : vtkMRMLScalarVolumeNode
    role : what it is.
    number : photon energy in keV or tube voltage in kV; None when it is not known, and for iodine maps.
    source : where that is known from, a sentence without the patient's data.
    scale, offset : turn its values into HU or mg/mL.
    name : of the volume when it was looked at.
    recognised : everything that its header and its name say, whatever the user says; None when nobody looked.
    slope : of the site at this tube voltage, HU per mg/mL of iodine; None takes the default.
    """

    volume: Any
    role: InputRole = InputRole.UNKNOWN
    number: float | None = None
    source: str = ""
    scale: float = 1.0
    offset: float = 0.0
    name: str = ""
    recognised: RecognisedSeries | None = None
    slope: float | None = None

    @property
    def bin_kev(self) -> tuple[float, float] | None:
        """Thresholds of the energy bin, as the header says; None for other images."""
        is_beam = self.recognised is not None and self.role in BEAM_ROLES
        return self.recognised.bin_kev if is_beam else None  # type: ignore[union-attr]

    @property
    def tin_mm(self) -> float:
        """Thickness of the tin filter at this tube voltage, 0 without.

        Raises
        ------
        InputError
            When no filter is known at this voltage.
        """
        if self.role is not InputRole.TIN_FILTER or self.number is None:
            return 0.0
        known = tin_filters_mm(self.number)
        if not known:
            raise InputError(f"{self.volume.GetName()}: no tin filter is known at {self.number:g} kV")
        return known[0]

    @property
    def own_response(self) -> Response | None:
        """The response with the slope of the site; None without. InputError when nothing is known of the beam."""
        if self.slope is None or self.number is None:
            return None
        return tube_response(self.number, self.tin_mm, self.bin_kev).with_slope(self.slope)

    @property
    def is_complete(self) -> bool:
        """Tell whether everything is known of it."""
        return self.role in IODINE_ROLES or (self.role is not InputRole.UNKNOWN and self.number is not None)


def choice_of(volume: Any) -> InputChoice:
    """Return what a volume is: as the user said before, else as its DICOM header, its name and its values say."""
    found = _recognised_choice(volume)
    role = volume.GetAttribute(ROLE_ATTRIBUTE)
    if not role:
        return found
    number, slope = (volume.GetAttribute(each) for each in (NUMBER_ATTRIBUTE, SLOPE_ATTRIBUTE))
    return given(found, InputRole(role), float(number) if number else None, float(slope) if slope else None)


def given(choice: InputChoice, role: InputRole, number: float | None, slope: float | None = None) -> InputChoice:
    """Return a volume as the user says it is; of iodine the user says the unit, too, unless the header is clear.

    A slope is that of one tube voltage: with another one it has to be said again.
    """
    known = choice.recognised
    is_clear = known is not None and known.unit is ValueUnit.MG_PER_ML and not known.questions
    scale, offset = (1.0, 0.0) if known is None else (known.scale, known.offset)
    if role is InputRole.IODINE_TENTHS:
        scale, offset = TENTH, 0.0
    elif role is InputRole.IODINE_MAP and not is_clear:
        scale, offset = 1.0, 0.0
    slope = slope if role in BEAM_ROLES else None
    return replace(choice, role=role, number=number, source=GIVEN, scale=scale, offset=offset, slope=slope)


def is_current(choice: InputChoice, volume: Any) -> bool:
    """Tell whether a choice is of this volume, its name, and what the user has said of it since, wherever."""
    if choice.volume is not volume or choice.name != volume.GetName():
        return False
    said = tuple(volume.GetAttribute(each) or "" for each in (ROLE_ATTRIBUTE, NUMBER_ATTRIBUTE, SLOPE_ATTRIBUTE))
    known = choice.role, _text(choice.number), _text(choice.slope)
    return said == (known if choice.source == GIVEN else ("", "", ""))


def remember(choice: InputChoice) -> None:
    """Keep in the scene what the user said of a volume."""
    choice.volume.SetAttribute(ROLE_ATTRIBUTE, choice.role or None)
    choice.volume.SetAttribute(NUMBER_ATTRIBUTE, _text(choice.number) or None)
    choice.volume.SetAttribute(SLOPE_ATTRIBUTE, _text(choice.slope) or None)


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def likely_inputs(volumes: Sequence[Any]) -> tuple[InputChoice, ...]:
    """Return those volumes that can be combined by what is known of them; empty when there are none.

    Monochromatic series come first, then one of them with an iodine map of the scanner, then two tube voltages.
    """
    choices = [choice_of(volume) for volume in volumes]
    known = [each for each in choices if each.is_complete]
    by_role = {role: [each for each in known if each.role is role] for role in InputRole}
    mono = sorted(by_role[InputRole.MONOCHROMATIC], key=lambda each: each.number or 0.0)
    if len(mono) > 1:
        return tuple(mono)
    maps = [each for role in IODINE_ROLES for each in by_role[role]]
    if mono and maps:
        return (mono[0], maps[0])
    found = [each for role in BEAM_ROLES for each in by_role[role]]
    beams = {(each.number or 0.0, each.bin_kev or ()): each for each in reversed(found)}
    return tuple(beams[beam] for beam in sorted(beams)) if len(beams) > 1 else ()


def conventional_volume(volumes: Sequence[Any]) -> Any:
    """Return the first volume that is known to be a conventional CT; None when there is none."""
    choices = (choice_of(each) for each in volumes)
    return next((each.volume for each in choices if each.role in BEAM_ROLES and each.bin_kev is None), None)


def agent_of(choices: Sequence[InputChoice]) -> ContrastAgent:
    """Return the contrast agent that headers of chosen volumes name; InputError when it is none that maps are of."""
    known = [each.recognised for each in choices if each.recognised is not None]
    return agent_of_ingredients(text for each in known for text in each.contrast_ingredients)


def require_one_examination(choices: Sequence[InputChoice]) -> tuple[str, ...]:
    """Compare what headers of chosen volumes say of frame of reference, kernel and slice thickness; return warnings.

    Raises
    ------
    InputError
        When two have different frames of reference.
    """
    known = [(each.volume.GetName(), each.recognised) for each in choices if each.recognised is not None]
    warnings = list(unstated([each for _, each in known]))
    for (name, one), (other_name, other) in combinations(known, 2):
        if reason := differing_frames(one, other):
            raise InputError(f"{name} and {other_name} cannot be combined: {reason}")
        reasons = differing_kernels(one, other), differing_thicknesses(one, other)
        warnings += [f"{name} and {other_name}: {reason}" for reason in reasons if reason]
    return tuple(warnings)


def _recognised_choice(volume: Any) -> InputChoice:
    recognised = _recognised(volume)
    role = ROLE_OF_KIND.get(recognised.kind, InputRole.UNKNOWN)
    number = recognised.energy_kev if role is InputRole.MONOCHROMATIC else recognised.tube_voltage_kv
    told = [each.line() for each in recognised.decisions if each.about in ("energy", "tube voltage")]
    if recognised.kind is SeriesKind.ENERGY_BIN:
        told = [each.line() for each in recognised.decisions if each.about == "kind"] + told
    told = told or [each.line() for each in recognised.decisions if each.about == "kind"]
    if recognised.problem and role is InputRole.IODINE_MAP:
        role = InputRole.UNKNOWN  # its unit is in doubt, and nothing else would tell
    # Whether values are those of the energy, the checks of the inputs tell better than the header does.
    is_open = recognised.problem and told and (role is InputRole.UNKNOWN or number is None)
    doubt = [(recognised.problem or "").partition("; add :")[0]] if is_open else []
    source = "; ".join([*told, *doubt]) or "neither header nor name says what it is"
    return InputChoice(volume, role, number, source, recognised.scale, recognised.offset, volume.GetName(), recognised)


def header_of(volume: Any) -> SeriesHeader | None:
    """Return what the DICOM headers of a volume say; None when its files cannot be found or read."""
    with suppress(InputError):
        files = _files_of(volume)
        if files:
            return read_series_header(read_headers(files))
    return None


def _recognised(volume: Any) -> RecognisedSeries:
    header = header_of(volume)
    if header is not None:
        with suppress(InputError):
            return recognise(header)
    return recognise_volume(volume.GetName(), shared_image(volume))


def _files_of(volume: Any) -> list[Path]:
    """Return the files that Slicer loaded a volume from, out of its DICOM database; empty when it does not know."""
    instances = (volume.GetAttribute(INSTANCES_ATTRIBUTE) or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if not instances or database is None:
        return []
    files = [Path(database.fileForInstance(uid)) for uid in instances]
    return files if all(each.is_file() for each in files) else []
