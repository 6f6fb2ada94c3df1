"""``hnn spectral --inspect``: what every series is, whether its values are plausible, and which belong together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.notice import NOTICE
from iENEGraderLib.spectral.recognition import (
    FoundSeries,
    group_series,
    read_folder,
    read_spectral_series,
    tissue_report,
    why_not_together,
)

from hnn.spectral.document import recognition_json
from hnn.spectral.pair import possible_pairs
from hnn.spectral.text import WIDTH, recognised_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.spectral.recognition import SpectralSeries

    Groups = Sequence[Sequence[SpectralSeries]]


def inspected(given: Sequence[str], say: Callable[[str], None]) -> list[FoundSeries]:
    """Read what was given: single series, and every series of folders.

    Parameters
    ----------
    given : paths, with what the user says behind them.
    say : is told what is being done.

    Raises
    ------
    InputError
        when a series that was given by itself cannot be read.
    """
    found: list[FoundSeries] = []
    for text in given:
        say(f"reading {text}")
        if Path(text).is_dir():
            found += read_folder(Path(text))
        else:
            found.append(_single(text))
    return found


def inspection_json(found: Sequence[FoundSeries]) -> str:
    """Return the document."""
    return json.dumps(recognition_json(found, _groups(found)), indent=2, allow_nan=False)


def inspection_text(found: Sequence[FoundSeries]) -> str:
    """Return lines for people."""
    lines = []
    for number, one in enumerate(found, 1):
        place = f", series {one.number}, {one.images} images" if one.images else ""
        lines += [f"{number}  {one.path}{place}", *(f"   {line}" for line in _lines(one))]
    return "\n".join([*lines, "", *_group_lines(found), "", *wrap(NOTICE, WIDTH)])


def _single(text: str) -> FoundSeries:
    series = read_spectral_series(text)
    tissues = tissue_report(series)
    number = series.slices[0].facts.series_number if series.slices else None
    empty = np.broadcast_to(np.int16(0), series.image.voxels.shape)
    light = replace(series, image=replace(series.image, voxels=empty))
    return FoundSeries(series.path, number, len(series.slices), light, tissues)


def _lines(one: FoundSeries) -> list[str]:
    if one.series is None:
        return [f"cannot be read: {one.problem}"]
    lines = recognised_lines(one.series)
    if one.tissues:
        lines += [f"  {check.line()}" for check in one.tissues.checks]
        lines += [f"  fat and muscle were not judged: {one.tissues.not_judged}"] if one.tissues.not_judged else []
    return lines


def _groups(found: Sequence[FoundSeries]) -> Groups:
    return group_series([one.series for one in found if one.series])


def _group_lines(found: Sequence[FoundSeries]) -> list[str]:
    groups = _groups(found)
    numbers = {id(one.series): number for number, one in enumerate(found, 1)}
    lines = [f"together: {', '.join(str(numbers[id(one)]) for one in group)}" for group in groups]
    for other in groups[1:]:
        reason = why_not_together(groups[0][0], other[0])
        lines.append(f"apart: {numbers[id(groups[0][0])]} and {numbers[id(other[0])]}, {reason}")
    pairs = possible_pairs([one.series for one in found if one.series])
    return lines + [
        f"before and after contrast agent: {numbers[id(pair.before)]} and {numbers[id(pair.after)]}" for pair in pairs
    ]
