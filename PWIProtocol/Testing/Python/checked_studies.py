"""Made-up studies, written to a folder of their own, read back and checked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.study import read_study
from study_plan import Vendor
from vendor_studies import passing_plan, write_study

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.answers import Answers
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.verdict import CriterionResult
    from study_plan import StudyPlan


def a_short_plan(vendor: Vendor = Vendor.SIEMENS, **fields: Any) -> StudyPlan:
    """A study that meets the recommendations but for its length, so that it is quick to write."""
    return passing_plan(vendor).but(**{"frames": 16, **fields})


def checked(plan: StudyPlan, answers: Answers | None = None, **options: Any) -> ProtocolCheck:
    """Write, read and check a study."""
    with TemporaryDirectory() as folder:
        return check_study(read_study(write_study(plan, Path(folder) / "study")), answers, **options)


def result_of(criterion: str, plan: StudyPlan, answers: Answers | None = None) -> CriterionResult:
    """The result of one criterion."""
    return checked(plan, answers).result(criterion)
