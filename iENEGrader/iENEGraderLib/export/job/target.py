"""What a case can be exported to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.work import CaseWork


def _nothing(case: ExportCase) -> None:
    """Need nothing."""


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
    uses_segments : whether it shows segments or what is measured in them.
    require : passes when the case has what the target needs, and raises InputError else; called before any long work.
    is_for_sharing : whether it leaves the house, so that it is never written with the identity of the patient.
    """

    name: str
    title: str
    write: Callable[[CaseWork], None]
    is_for_sharing: bool = False
    uses_images: bool = False
    uses_segments: bool = True
    require: Callable[[ExportCase], None] = _nothing
