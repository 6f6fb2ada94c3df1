"""Spectral maps from files: series in, checked inputs, maps out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    BasisTest,
    Blend,
    ContrastAgent,
    InputKind,
    Materials,
    SpectralInput,
    basis_test,
    fat_fraction,
    iodine,
    subtraction_iodine,
    virtual_monochromatic,
    virtual_non_contrast,
)
from iENEGraderLib.spectral.noise_reduced import noise_reduced_blend
from iENEGraderLib.spectral.recognition import SpectralSeries, converted_image, require_one_group, unstated

from hnn.spectral.calibration import Calibration, calibration
from hnn.spectral.inputs import agent_of_headers, checked_input, require_usable_kinds
from hnn.spectral.pair import Pair, pair_of, registered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.spectral import Registration

SERIES_FOR_TEST = 3


class MapName(StrEnum):
    """Maps besides monochromatic images, as the command line calls them."""

    IODINE = "iodine"
    FAT = "fat"
    VNC = "vnc"
    IODINE_2 = "iodine-2"
    VNC_3 = "vnc-3"


BUILDERS: dict[MapName, Callable[[SpectralInput], Blend]] = {
    MapName.IODINE: iodine,
    MapName.FAT: fat_fraction,
    MapName.VNC: virtual_non_contrast,
    MapName.IODINE_2: lambda data: iodine(data, Materials.WATER_IODINE),
    MapName.VNC_3: lambda data: virtual_non_contrast(data, materials=Materials.FAT_SOFT_IODINE),
}
PAIR_BUILDERS: dict[MapName, Callable[[SpectralInput], Blend]] = {
    MapName.IODINE: subtraction_iodine,
    MapName.FAT: fat_fraction,
}
"""Maps of images before and after contrast agent; the image without agent is there, and need not be computed."""
USUAL_KEV = (40.0, 50.0, 60.0, 70.0)
USUAL_MAPS = (MapName.IODINE, MapName.FAT, MapName.VNC)


@dataclass(frozen=True)
class Wanted:
    """The maps to make.

    Attributes
    ----------
    kev : energies of monochromatic images.
    maps : other maps; with neither, the usual ones of the kind of input.
    agent : contrast agent, when the user says it; else the headers, else iodine.
    noise_reduced : whether each energy is made noise-reduced as well.
    calibrate : segmentation with fat and muscle of the patient, see `calibration`.
    """

    kev: tuple[float, ...] = ()
    maps: tuple[MapName, ...] = ()
    agent: ContrastAgent | None = None
    noise_reduced: bool = False
    calibrate: str | None = None


@dataclass(frozen=True, eq=False)
class PlannedMap:
    """A map before it is computed: the name of its files without suffix, and how it is blended."""

    file_stem: str
    name: MapName | None
    blend: Blend


@dataclass(frozen=True, eq=False)
class SpectralJob:
    """Everything that is known before the first voxel is computed.

    Attributes
    ----------
    series : as given.
    used : the series behind each channel of `data`, in its order; a series may be left out.
    data : checked inputs, with the basis that the self-test found.
    maps : to be made.
    test : self-test, when there are three monochromatic series.
    registration : of a pair before and after contrast agent.
    calibration : by regions of the patient.
    warnings : sentences about the series and the inputs.
    """

    series: tuple[SpectralSeries, ...]
    used: tuple[SpectralSeries, ...]
    data: SpectralInput
    maps: tuple[PlannedMap, ...]
    test: BasisTest | None = None
    registration: Registration | None = None
    calibration: Calibration | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Inputs before they are calibrated, with where they come from."""

    data: SpectralInput
    used: tuple[SpectralSeries, ...]
    registration: Registration | None = None
    warnings: tuple[str, ...] = ()


def planned_job(
    series: Sequence[SpectralSeries], wanted: Wanted, progress: Callable[[float, str], None] | None = None
) -> SpectralJob:
    """Check the series, register a pair of scans, and plan the maps.

    Parameters
    ----------
    series : as they were read.
    wanted : the maps to make.
    progress : is told the share done and what is being done while scans are registered.

    Raises
    ------
    InputError
        when no map can be made of them, with the reason.
    """
    require_usable_kinds(series)
    agent = wanted.agent or agent_of_headers(series)
    pair = pair_of(series)
    found = _of_pair(pair, agent, progress) if pair else _of_one_scan(series, agent)
    data, test = found.data, None
    if data.kind is InputKind.MONOCHROMATIC and len(data.channels) >= SERIES_FOR_TEST:
        test = basis_test(data)
        data = data.with_basis(test.basis)
    fitted = calibration(data, wanted.calibrate) if wanted.calibrate else None
    data = fitted.after if fitted else data
    own = [warning for one in series for warning in one.recognised.warnings]
    return SpectralJob(
        tuple(series),
        found.used,
        data,
        _planned_maps(data, wanted),
        test,
        found.registration,
        fitted,
        (*own, *found.warnings),
    )


def _of_pair(pair: Pair, agent: ContrastAgent, progress: Callable[[float, str], None] | None) -> _Inputs:
    registration, data = registered(pair, agent, progress)
    return _Inputs(data, (pair.before, pair.after), registration)


def _of_one_scan(series: Sequence[SpectralSeries], agent: ContrastAgent) -> _Inputs:
    require_one_group(series)
    loaded = [(one, converted_image(one)) for one in series]
    data, warnings = checked_input(loaded, agent)
    by_image = {id(image): one for one, image in loaded}
    used = tuple(by_image[id(channel.image)] for channel in data.channels)
    return _Inputs(data, used, warnings=(*unstated([one.recognised for one in series]), *warnings))


def _planned_maps(data: SpectralInput, wanted: Wanted) -> tuple[PlannedMap, ...]:
    is_pair = data.kind is InputKind.BEFORE_AND_AFTER
    kev, names = wanted.kev, wanted.maps
    if not kev and not names:
        kev, names = ((), tuple(PAIR_BUILDERS)) if is_pair else (USUAL_KEV, USUAL_MAPS)
    if wanted.noise_reduced and not kev:
        raise InputError("--noise-reduced makes monochromatic images of less noise; name their energies with --kev")
    maps = [PlannedMap(f"vmi-{e:g}-kev", None, virtual_monochromatic(data, e)) for e in kev]
    if wanted.noise_reduced:
        maps += [PlannedMap(f"vmi-{e:g}-kev-noise-reduced", None, noise_reduced_blend(data, e)) for e in kev]
    builders = PAIR_BUILDERS if is_pair else BUILDERS
    for name in names:
        if name not in builders:
            raise InputError(f"{data.kind.value}: there is no map {name}; choose of {', '.join(builders)}")
        maps.append(PlannedMap(name.value, name, builders[name](data)))
    return tuple(maps)
