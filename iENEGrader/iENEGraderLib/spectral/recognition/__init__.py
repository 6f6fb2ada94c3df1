"""What a CT series is in spectral terms: recognised, explained, overridable, grouped."""

from __future__ import annotations

from iENEGraderLib.spectral.recognition.grouping import group_series, require_one_group, unstated, why_not_together
from iENEGraderLib.spectral.recognition.overrides import Overrides, overridden, split_overrides
from iENEGraderLib.spectral.recognition.recognise import recognise, recognise_volume
from iENEGraderLib.spectral.recognition.series import Confidence, Decision, RecognisedSeries, SeriesKind, ValueUnit
from iENEGraderLib.spectral.recognition.spectral_series import SpectralSeries, converted_image, read_spectral_series

__all__ = [
    "Confidence",
    "Decision",
    "Overrides",
    "RecognisedSeries",
    "SeriesKind",
    "SpectralSeries",
    "ValueUnit",
    "converted_image",
    "group_series",
    "overridden",
    "read_spectral_series",
    "recognise",
    "recognise_volume",
    "require_one_group",
    "split_overrides",
    "unstated",
    "why_not_together",
]
