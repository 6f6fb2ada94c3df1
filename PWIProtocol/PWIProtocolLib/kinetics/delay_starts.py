"""From a first sight of the delay to the places from which a climb starts: the tops of fine profiles about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.delay_profile import DelayProfile, Profile
from PWIProtocolLib.kinetics.delay_top import Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.delay_cells import DelayCells
    from PWIProtocolLib.kinetics.delay_scouts import Sighting

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

WINDOW_MIN = 1.25 / 60
"""To each side of the delay that was sighted."""
SHIFTS = 6
"""A window follows its top so often."""
NEARLY = 0.01
"""Tops count that leave at most this much more than the highest, of what it leaves."""


class DelayStarts:
    """Finds the places from which a climb leads to the best delay."""

    def __init__(self, cells: DelayCells, with_plasma: bool) -> None:
        self._cells, self._profile = cells, DelayProfile(cells, with_plasma)

    def at(self, seen: Sighting) -> Places:
        """Return the places themselves, with delays in minutes."""
        delays, widths = self._cells.delays, self._cells.widths
        cell = (np.searchsorted(delays, seen.delay) - 1).clip(0, len(widths) - 1)
        share = ((delays[cell + 1] - seen.delay) / widths[cell]).clip(0, 1)
        return Places(seen.voxel, cell, share, seen.place.astype(float))

    def about(self, rows: Floats, with_plasma: Reals, seen: Sighting) -> Places:
        """Return the tops of fine profiles about the delays that were sighted.

        Parameters
        ----------
        rows : shape (n, n_times).
        with_plasma : shape (n, n_boundaries), their products with the arterial curve.
        """
        latest = self._latest(seen.delay)
        profile = self._followed(rows, with_plasma, seen, latest)
        scores, count = profile.explained, profile.explained.shape[1]
        highest = np.full(len(rows), -np.inf)
        np.maximum.at(highest, seen.voxel, scores.max(axis=1))
        left = (np.einsum("ij,ij->i", rows, rows) - highest).clip(0, None)
        is_top = scores >= (highest - NEARLY * left)[seen.voxel, None]
        is_top[:, 1:] &= scores[:, 1:] > scores[:, :-1]
        is_top[:, :-1] &= scores[:, :-1] >= scores[:, 1:]
        start, step = is_top.nonzero()
        boundary = latest[start] - step
        later, earlier = (scores[start, (step + k).clip(0, count - 1)] for k in (-1, 1))
        # The top lies on the side of the higher neighbour.
        is_later = ((later > earlier) & (boundary < len(self._cells.delays) - 1)) | (boundary == 0)
        share = np.where(is_later, 0.75, 0.25)
        return Places(seen.voxel[start], boundary - 1 + is_later, share, profile.place[start, step])

    def _followed(self, rows: Floats, with_plasma: Reals, seen: Sighting, latest: Indices) -> Profile:
        """Return profiles whose windows have moved until their tops lie inside; ``latest`` moves with them."""
        delays, voxel, place = self._cells.delays, seen.voxel, seen.place.copy()
        count = int((latest - np.searchsorted(delays, delays[latest] - 2 * WINDOW_MIN)).max()) + 1
        profile = self._profile.along(rows[voxel], with_plasma[voxel], latest, place, count)
        some = np.arange(len(voxel))
        for _ in range(SHIFTS):
            best = profile.explained[some].argmax(axis=1)
            top = delays[np.maximum(latest[some] - best, 0)]
            moved = self._latest(top)
            middle = np.round(profile.place[some, best]).astype(np.intp).clip(1, self._cells.last - 1)
            off = np.abs(top - (delays[latest[some]] - WINDOW_MIN)) > WINDOW_MIN / 2
            off &= moved != latest[some]
            off |= np.abs(middle - place[some]) > 1
            some = some[off]
            if not some.size:
                break
            latest[some], place[some], of = moved[off], middle[off], voxel[some]
            new = self._profile.along(rows[of], with_plasma[of], latest[some], place[some], count)
            profile.explained[some], profile.place[some] = new
        return profile

    def _latest(self, delay: Floats) -> Indices:
        """Return the boundary with which a window about a delay begins."""
        found: Indices = np.searchsorted(self._cells.delays, delay + WINDOW_MIN)
        return found.clip(0, len(self._cells.delays) - 1)
