"""When a DICOM object says that it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pydicom import Dataset

MADE = ("InstanceCreation", "Series", "Content")
"""The beginnings of attributes that tell when an object was made, each a date and a time (PS3.3 C.12.1.1, C.7.3.1)."""


def set_moment(data: Dataset, moment: datetime | None) -> None:
    """Write a moment into those attributes of an object that tell when it was made; leave them as they are for None.

    Objects that shall not tell when they were made say so of another day: that of a de-identified case, for example.
    """
    if moment is None:
        return
    for name in MADE:
        if f"{name}Date" in data:
            setattr(data, f"{name}Date", f"{moment:%Y%m%d}")
        if f"{name}Time" in data:
            setattr(data, f"{name}Time", f"{moment:%H%M%S}")
    for library in data.get("ContributingEquipmentSequence", ()):
        if "ContributionDateTime" in library:
            library.ContributionDateTime = f"{moment:%Y%m%d%H%M%S}"
