"""What a case can be exported to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.export.job.work import CaseWork


@dataclass(frozen=True)
class Target:
    """One kind of export.

    Attributes
    ----------
    name : as it is chosen (``dicom-seg``).
    title : what it gives, for lists and tooltips.
    write : writes its files into the folder of the work, and may leave notes there. Raises InputError when the case
        has not what it needs.
    uses_images : whether its files refer to the DICOM images.
    is_for_sharing : whether it leaves the house, so that it is never written with the identity of the patient.
    """

    name: str
    title: str
    write: Callable[[CaseWork], None]
    is_for_sharing: bool = False
    uses_images: bool = False
