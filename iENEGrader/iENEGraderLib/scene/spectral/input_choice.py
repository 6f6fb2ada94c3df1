"""What a volume of the scene is as an input of spectral maps, and where that is known from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import read_headers

from iENEGraderLib.scene.spectral.volume_image import shared_image
from iENEGraderLib.spectral.recognition import RecognisedSeries, SeriesKind, recognise, recognise_volume
from iENEGraderLib.spectral.recognition.header import read_series_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral.recognition.header import SeriesHeader

ROLE_ATTRIBUTE = "HeadNeckNodes.SpectralInput"
NUMBER_ATTRIBUTE = "HeadNeckNodes.SpectralNumber"
INSTANCES_ATTRIBUTE = "DICOM.instanceUIDs"
GIVEN = "given by the user"


class InputRole(StrEnum):
    """What the user may say a volume is; also what its number means. Values stand in saved scenes."""

    MONOCHROMATIC = "keV"
    TUBE_VOLTAGE = "kV"
    IODINE_MAP = "iodine mg/mL"
    UNKNOWN = ""


ROLE_OF_KIND = {
    SeriesKind.MONOCHROMATIC: InputRole.MONOCHROMATIC,
    SeriesKind.CONVENTIONAL: InputRole.TUBE_VOLTAGE,
    SeriesKind.IODINE_MAP: InputRole.IODINE_MAP,
}


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
    """

    volume: Any
    role: InputRole = InputRole.UNKNOWN
    number: float | None = None
    source: str = ""
    scale: float = 1.0
    offset: float = 0.0
    name: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether everything is known of it."""
        return self.role is InputRole.IODINE_MAP or (self.role is not InputRole.UNKNOWN and self.number is not None)


def choice_of(volume: Any) -> InputChoice:
    """Return what a volume is: as the user said before, else as its DICOM header, its name and its values say."""
    found = _recognised_choice(volume)
    role = volume.GetAttribute(ROLE_ATTRIBUTE)
    if not role:
        return found
    number = volume.GetAttribute(NUMBER_ATTRIBUTE)
    return replace(found, role=InputRole(role), number=float(number) if number else None, source=GIVEN)


def remember(choice: InputChoice) -> None:
    """Keep in the scene what the user said of a volume."""
    choice.volume.SetAttribute(ROLE_ATTRIBUTE, choice.role or None)
    choice.volume.SetAttribute(NUMBER_ATTRIBUTE, None if choice.number is None else f"{choice.number:g}")


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
    if mono and by_role[InputRole.IODINE_MAP]:
        return (mono[0], by_role[InputRole.IODINE_MAP][0])
    beams = {each.number: each for each in reversed(by_role[InputRole.TUBE_VOLTAGE])}
    return tuple(beams[kv] for kv in sorted(beams, key=float)) if len(beams) > 1 else ()  # type: ignore[arg-type]


def conventional_volume(volumes: Sequence[Any]) -> Any:
    """Return the first volume that is known to be a conventional CT; None when there is none."""
    return next((each for each in volumes if choice_of(each).role is InputRole.TUBE_VOLTAGE), None)


def _recognised_choice(volume: Any) -> InputChoice:
    recognised = _recognised(volume)
    role = ROLE_OF_KIND.get(recognised.kind, InputRole.UNKNOWN)
    number = recognised.energy_kev if role is InputRole.MONOCHROMATIC else recognised.tube_voltage_kv
    told = [each.line() for each in recognised.decisions if each.about in ("energy", "tube voltage")]
    told = told or [each.line() for each in recognised.decisions if each.about == "kind"]
    if recognised.problem and role is InputRole.IODINE_MAP:
        role = InputRole.UNKNOWN  # its unit is in doubt, and nothing else would tell
    # Whether values are those of the energy, the checks of the inputs tell better than the header does.
    is_open = recognised.problem and told and (role is InputRole.UNKNOWN or number is None)
    doubt = [(recognised.problem or "").partition("; add :")[0]] if is_open else []
    source = "; ".join([*told, *doubt]) or "neither header nor name says what it is"
    return InputChoice(volume, role, number, source, recognised.scale, recognised.offset, volume.GetName())


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
