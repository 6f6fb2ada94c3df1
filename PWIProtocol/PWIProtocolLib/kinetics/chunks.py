"""Work on many voxels in slabs, on all processors, with progress and cancel."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[float], bool]

SLAB = 16384
MOST_THREADS = 8


def in_slabs(
    work: Callable[[slice], None],
    n_voxels: int,
    threads: int | None = None,
    progress: Progress | None = None,
    slab: int = SLAB,
) -> bool:
    """Do work for slabs of voxels, whose bounds do not depend on the number of threads.

    NumPy lets other threads run while it computes, so threads are enough. BLAS would start its own beside them; the
    solvers multiply tiles too small for that (see `solution.multiplied`), so neither fights for processors.

    Parameters
    ----------
    work : called with the slice of each slab; must write its results itself.
    threads : None for as many as there are processors, at most 8.
    progress : called in this thread with the share that is done; returning False cancels what has not begun.

    Returns
    -------
    whether all slabs were worked on.
    """
    slabs = [slice(start, min(start + slab, n_voxels)) for start in range(0, n_voxels, slab)]
    stop = Event()

    def unless_stopped(part: slice) -> bool:
        if stop.is_set():
            return False
        work(part)
        return True

    def counted(results: list[bool], done: bool) -> None:
        results.append(done)
        if progress is not None and not progress(len(results) / len(slabs)):
            stop.set()

    results: list[bool] = []
    workers = min(threads or os.cpu_count() or 1, MOST_THREADS if threads is None else threads, max(len(slabs), 1))
    if workers == 1:
        for part in slabs:
            counted(results, unless_stopped(part))
    else:
        with ThreadPoolExecutor(workers) as pool:
            for done in pool.map(unless_stopped, slabs):
                counted(results, done)
    return all(results)
