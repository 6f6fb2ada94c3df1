"""What Qt prints, without the one line that says nothing about a panel."""

from __future__ import annotations

import atexit
import sys
from typing import Any

from PySide6 import QtCore

# Qt's platform without a screen says so of every window that is shown.
_HARMLESS = "This plugin does not support propagateSizeHints()"


def hush() -> None:
    """Drop the harmless message; hand all others to whoever got them before, standard error if nobody did."""

    def pass_on(kind: Any, context: Any, text: str) -> None:
        if text == _HARMLESS:
            return
        if before is not None:
            before(kind, context, text)
        else:
            print(QtCore.qFormatLogMessage(kind, context, text), file=sys.stderr)

    before = QtCore.qInstallMessageHandler(pass_on)
    atexit.register(QtCore.qInstallMessageHandler, before)  # Qt may speak when Python has gone
