"""Reload in tests: the other tests hold classes of the libraries as they were before."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

LIBRARIES = ("HeadNeckNodesLib", "iENEGraderLib", "PWIProtocolLib")


@contextmanager
def libraries_kept() -> Iterator[dict[str, ModuleType]]:
    """Put the modules of the libraries back when the block ends; offer them as they were."""
    kept = _loaded()
    try:
        yield kept
    finally:
        for name in _loaded():
            del sys.modules[name]
        sys.modules.update(kept)


def _loaded() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in LIBRARIES}
