"""What a CT series is in spectral terms: recognised, explained, overridable, grouped."""

from __future__ import annotations

from iENEGraderLib.spectral.recognition.folder import FoundSeries, read_folder
from iENEGraderLib.spectral.recognition.grouping import (
    differing_frames,
    differing_kernels,
    differing_thicknesses,
    group_series,
    require_one_group,
    unstated,
    why_not_together,
)
from iENEGraderLib.spectral.recognition.overrides import Overrides, overridden, split_overrides
from iENEGraderLib.spectral.recognition.plausibility import TissueCheck, TissueReport, Verdict, tissue_report
from iENEGraderLib.spectral.recognition.recognise import recognise, recognise_volume
from iENEGraderLib.spectral.recognition.series import (
    Confidence,
    ContrastRole,
    Decision,
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
)
from iENEGraderLib.spectral.recognition.spectral_series import SpectralSeries, converted_image, read_spectral_series

__all__ = [
    "Confidence",
    "ContrastRole",
    "Decision",
    "FoundSeries",
    "Overrides",
    "RecognisedSeries",
    "SeriesKind",
    "SpectralSeries",
    "TissueCheck",
    "TissueReport",
    "ValueUnit",
    "Verdict",
    "converted_image",
    "differing_frames",
    "differing_kernels",
    "differing_thicknesses",
    "group_series",
    "overridden",
    "read_folder",
    "read_spectral_series",
    "recognise",
    "recognise_volume",
    "require_one_group",
    "split_overrides",
    "tissue_report",
    "unstated",
    "why_not_together",
]
