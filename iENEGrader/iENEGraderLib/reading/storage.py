"""Loading and saving reading documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically

from iENEGraderLib.reading.serialization import reading_from_text, reading_to_text

if TYPE_CHECKING:
    from iENEGraderLib.reading.document import Reading


def load_reading(path: str | Path) -> Reading:
    """Load a reading document.

    Raises
    ------
    InputError
        When the file is missing, unreadable, no JSON or no valid reading; the message names file and field.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not a text file; expected a reading document (JSON, UTF-8)") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); expected a reading document") from error
    return reading_from_text(text, str(file))


def save_reading(reading: Reading, path: str | Path) -> None:
    """Save a reading document atomically: a failure leaves the former file as it was.

    Raises
    ------
    InputError
        When the file cannot be written, or when the reading holds something that could not be loaded again.
    """
    text = reading_to_text(reading)
    reading_from_text(text, str(path))
    write_text_atomically(path, text)
