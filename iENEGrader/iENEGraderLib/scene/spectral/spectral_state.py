"""What the user has set for the spectral views of a scene: one record, kept as text in one node of the scene."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
from iENEGraderLib.scene.spectral.tissue_calibration import TissueCalibration, TissueSample
from iENEGraderLib.spectral import MapKind, Materials

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETER = "SpectralViews"
VERSION = 1


class Shown(StrEnum):
    """Arrangements of views. Values stand in saved scenes: never rename them."""

    ENERGY = "energy"
    IODINE = "iodine"
    FAT = "fat"
    NON_CONTRAST = "virtual non-contrast"
    COMPARISON = "comparison"
    RESOLUTION = "usual resolution"


@dataclass(frozen=True)
class OverlayChoice:
    """Which map lies over the images, and how.

    Attributes
    ----------
    kind : iodine or fat; None for no map.
    opacity : 0 to 1.
    iodine_from_mg_ml, fat_from : lower values stay transparent.
    """

    kind: MapKind | None = None
    opacity: float = 0.6
    iodine_from_mg_ml: float = 1.0
    fat_from: float = 0.5

    @property
    def threshold(self) -> float:
        """The threshold of the map that is shown, in its unit."""
        return self.fat_from if self.kind is MapKind.FAT_FRACTION else self.iodine_from_mg_ml


@dataclass(frozen=True)
class SpectralState:
    """The settings.

    Attributes
    ----------
    in_use : whether the chosen inputs were checked and are shown.
    kev : energy of the slider.
    materials : what iodine and images without it are solved for.
    shown : arrangement of the views.
    overlay : map over the images.
    calibration : tissues of this patient; None for those of the table.
    slopes : slopes of iodine from a known concentration; None for those of the table, or said with the inputs.
    noise_reduced : whether the volume of the slider is shown with less noise, for looking.
    """

    in_use: bool = False
    kev: float = 40.0
    materials: Materials = Materials.FAT_SOFT_IODINE
    shown: Shown = Shown.ENERGY
    overlay: OverlayChoice = field(default_factory=OverlayChoice)
    calibration: TissueCalibration | None = None
    slopes: SlopeCalibration | None = None
    noise_reduced: bool = False


class StateKeeper:
    """Reads and writes the record in a node of the scene, which alone holds it.

    Parameters
    ----------
    parameter_node : returns the module's parameter node (vtkMRMLScriptedModuleNode).
    """

    def __init__(self, parameter_node: Callable[[], Any]) -> None:
        self._parameter_node = parameter_node
        self._last = ("", SpectralState())

    @property
    def state(self) -> SpectralState:
        """The settings; those of a new scene when there are none.

        Raises
        ------
        InputError
            When what is there cannot be read.
        """
        text = self._parameter_node().GetParameter(PARAMETER) or ""
        if text != self._last[0]:
            self._last = (text, state_of_text(text) if text else SpectralState())
        return self._last[1]

    def write(self, state: SpectralState) -> None:
        """Keep settings."""
        text = text_of_state(state)
        self._last = (text, state)
        if self._parameter_node().GetParameter(PARAMETER) != text:
            self._parameter_node().SetParameter(PARAMETER, text)


def text_of_state(state: SpectralState) -> str:
    """Return settings as JSON."""
    return json.dumps({"version": VERSION, **asdict(state)})


def state_of_text(text: str) -> SpectralState:
    """Return settings out of JSON.

    Raises
    ------
    InputError
        When they were written by a newer version, or are no such settings.
    """
    try:
        return _decoded(json.loads(text))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"the spectral settings of this scene cannot be read ({type(error).__name__}: {error}); press Use to "
            "begin anew"
        ) from error


def _decoded(record: Any) -> SpectralState:
    if record["version"] != VERSION:
        raise ValueError(f"version {record['version']}, expected {VERSION}")
    overlay, calibration = record["overlay"], record["calibration"]
    kind = overlay["kind"]
    return SpectralState(
        in_use=bool(record["in_use"]),
        kev=float(record["kev"]),
        materials=Materials(record["materials"]),
        shown=Shown(record["shown"]),
        overlay=OverlayChoice(
            kind=None if kind is None else MapKind(kind),
            opacity=float(overlay["opacity"]),
            iodine_from_mg_ml=float(overlay["iodine_from_mg_ml"]),
            fat_from=float(overlay["fat_from"]),
        ),
        calibration=None if calibration is None else _calibration(calibration),
        slopes=_slopes(record.get("slopes")),
        noise_reduced=bool(record.get("noise_reduced", False)),
    )


def _calibration(record: Any) -> TissueCalibration:
    return TissueCalibration(tuple(map(str, record["channels"])), _sample(record["fat"]), _sample(record["muscle"]))


def _slopes(record: Any) -> SlopeCalibration | None:
    if record is None:
        return None
    insert, reference = _sample(record["insert"]), _sample(record["reference"])
    return SlopeCalibration(tuple(map(str, record["channels"])), insert, reference, float(record["iodine_mg_ml"]))


def _sample(record: Any) -> TissueSample:
    return TissueSample(
        name=str(record["name"]),
        voxels=int(record["voxels"]),
        independent=float(record["independent"]),
        means=tuple(map(float, record["means"])),
        covariance=tuple(tuple(map(float, row)) for row in record["covariance"]),
    )
