"""Keeping patient data out of warnings."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def no_values_in_warnings() -> Iterator[None]:
    """Hold back the warnings of pydicom and highdicom: they quote names and other values of the patient."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
