"""Our TNM 8 N category against the one recorded for 414 real patients, as far as the recorded data go."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty, Classification, FindingKind, MarkerStatus, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BENCHMARKS = Path(__file__).parent / "Benchmarks"
pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def the_benchmark() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("accuracy_cohorts")


@pytest.fixture(scope="module")
def the_patients(the_benchmark: Any, shared_data: Callable[[str], Path]) -> list[Any]:
    return the_benchmark.compared(shared_data("n-stage-cohorts"))


def test_every_patient_of_the_8th_edition_is_compared(the_patients: list[Any]) -> None:
    counts = [sum(each.case.cohort.startswith(year) for each in the_patients) for year in ("2021", "2023")]
    assert counts == [105, 309]


def test_a_patient_is_read_as_the_table_has_it(the_patients: list[Any]) -> None:
    first = the_patients[0].case
    assert (first.row, first.recorded_n, first.p16) == (4, 1, MarkerStatus.POSITIVE)
    assert first.classification is Classification.CLINICAL
    assert first.as_recorded.primary_side is Side.RIGHT
    assert {node.side for node in first.as_recorded.nodes} == {Side.RIGHT}
    assert all(node.greatest_dimension_mm is None for node in first.as_recorded.nodes)


def test_stated_extension_is_one_unequivocal_histology_and_none_on_imaging(the_patients: list[Any]) -> None:
    stated = [each.case.as_recorded for each in the_patients if each.case.row == 7 and each.case.cohort[:4] == "2023"]
    kinds = {finding.kind for reading in stated for node in reading.nodes for finding in node.findings}
    assert kinds <= {FindingKind.PATHOLOGICAL_ENE}
    certain = [n for n in stated[0].nodes if n.certainty_of(FindingKind.PATHOLOGICAL_ENE) is Certainty.UNEQUIVOCAL]
    assert len(certain) == 1


def test_the_recorded_category_fits_in_at_least_90_percent(the_patients: list[Any], the_benchmark: Any) -> None:
    fitting = [each for each in the_patients if each.agreement is not the_benchmark.Agreement.IMPOSSIBLE]
    assert len(fitting) / len(the_patients) >= 0.90


def test_a_single_possible_category_is_the_recorded_one_in_at_least_85_percent(the_patients: list[Any]) -> None:
    single = [each for each in the_patients if len(each.every) == 1]
    assert len(single) >= 230
    assert sum(each.every == {each.case.recorded_n} for each in single) / len(single) >= 0.85


def test_the_engine_without_sizes_names_only_categories_that_fit(the_patients: list[Any]) -> None:
    assert [each.case.row for each in the_patients if not each.named <= each.every] == []


def test_the_engine_without_sizes_names_all_that_fit_where_number_and_extension_are_recorded(
    the_patients: list[Any],
) -> None:
    recorded = [each for each in the_patients if each.case.cohort.startswith("2023") and each.named]
    assert len(recorded) == 308
    assert [each.case.row for each in recorded if each.named != each.every] == []


def test_the_page_in_the_docs_shows_these_numbers(the_patients: list[Any], the_benchmark: Any) -> None:
    assert the_benchmark.PAGE.read_text(encoding="utf-8") == the_benchmark.agreement_page(the_patients)
