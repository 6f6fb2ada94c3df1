"""Reload, for developers: the button in Slicer reads only the entry file anew."""

from __future__ import annotations

import importlib
import sys

SHARED_LIBRARY = "HeadNeckNodesLib"


def forget_library(library: str) -> None:
    """Have all parts of a module's library, and of the one it shares, read anew when they are next imported.

    They are forgotten together: reloaded one by one, some would keep classes of another's former version.
    """
    forgotten = {library, SHARED_LIBRARY}
    for name in [name for name in sys.modules if name.partition(".")[0] in forgotten]:
        del sys.modules[name]
    importlib.invalidate_caches()
