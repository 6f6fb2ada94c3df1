"""Stand-in for ``slicer.i18n``: texts pass through the application's translator, which has no languages."""

from __future__ import annotations

import inspect
import logging
import re
from pathlib import Path

PLACEHOLDER = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")


def translate(context: str, text: str) -> str:
    """Return a text in the application's language."""
    import slicer

    app = getattr(slicer, "app", None)
    return text if app is None else str(app.translate(context, text))


def getContext(sourceFile: str) -> str:
    """Return the context of a source file: its name, after that of its package if it is in one."""
    path = Path(sourceFile)
    in_package = path.is_file() and (path.parent / "__init__.py").is_file()
    return f"{path.parent.name}.{path.stem}" if in_package else path.stem


def tr(text: str) -> str:
    """Translate a text in the context of the calling file.

    A translation that has lost or renamed a ``{placeholder}`` is not used, so that ``format`` cannot fail.
    """
    caller = inspect.currentframe().f_back
    translated = translate(getContext(caller.f_code.co_filename), text)
    if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(translated)):
        logging.warning("Translation of '%s' to '%s' has other placeholders", text, translated)
        return text
    return translated
