"""Reload, for developers: the button in Slicer reads only the entry file anew."""

from __future__ import annotations

import importlib
import sys

LIBRARY = "iENEGraderLib"


def forget_library() -> None:
    """Have all parts of the library read anew when they are next imported.

    They are forgotten together: reloaded one by one, some would keep classes of another's former version.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == LIBRARY]:
        del sys.modules[name]
    importlib.invalidate_caches()
