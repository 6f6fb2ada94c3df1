from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.kinetics.aif_population import (
    TABLE,
    Confidence,
    PopulationAif,
    population_aif,
    population_aif_info,
    population_aifs,
    read_population_aifs,
)
from scipy import integrate, stats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEMATOCRIT = 0.42


@pytest.mark.shared_data
def test_parker_agrees_with_the_reference_values_of_osipi(shared_data: Callable[[str], Path]) -> None:
    with (shared_data("osipi") / "ParkerAIF_ref.csv").open(encoding="utf-8") as file:
        rows = [(float(row["time"]), float(row["Cb"])) for row in csv.DictReader(file)]
    time_min, blood = np.array(rows).T
    assert len(rows) == 1931
    ours = population_aif("parker", 60.0 * time_min, hematocrit=0.0)
    np.testing.assert_allclose(ours, blood, rtol=0.01, atol=0.02)
    # OSIPI's own tolerance is 1e-4 + 1 %; the samples taken from the functional form agree far better than that.
    exact = np.abs(ours - blood) <= 1e-4 + 1e-3 * blood
    assert exact.mean() > 0.99


def test_georgiou_agrees_with_a_sum_of_gamma_densities() -> None:
    time_min = np.linspace(0.01, 8.0, 60)
    trips = np.arange(80)[:, None]
    density = stats.gamma.pdf(time_min, (trips + 1) * (5.26 + 1.0), loc=trips * 0.129, scale=0.032).sum(axis=0)
    loss = 0.37 * np.exp(-0.11 * time_min) + 0.33 * np.exp(-1.17 * time_min) + 10.06 * np.exp(-16.02 * time_min)
    np.testing.assert_allclose(population_aif("georgiou", 60 * time_min, hematocrit=0.0), density * loss, rtol=1e-9)


def test_the_body_of_wong_is_its_bolus_convolved_with_an_exponential() -> None:
    bolus_min = 2 * np.pi / 25.5671
    for time_min in (0.1, 0.24, 0.5, 3.0):
        body = integrate.quad(
            lambda s, t=time_min: (1 - np.cos(25.5671 * s)) * np.exp(-0.2130 * (t - s)), 0, min(time_min, bolus_min)
        )[0]
        bolus = 1 - np.cos(25.5671 * time_min) if time_min < bolus_min else 0.0
        expected = 3.646 * (bolus + 1.53 * body)
        assert population_aif("wong", [60 * time_min], hematocrit=0.0)[0] == pytest.approx(expected, rel=1e-9)


def test_weinmann_starts_at_dose_times_the_sum_of_its_amplitudes_and_knows_no_hematocrit() -> None:
    assert population_aif("weinmann", [0.0], hematocrit=0.0)[0] == pytest.approx(0.1 * (3.99 + 4.78))
    time_s = np.arange(0.0, 300.0, 7.0)
    np.testing.assert_array_equal(
        population_aif("weinmann", time_s, hematocrit=0.0), population_aif("weinmann", time_s, hematocrit=0.45)
    )


@pytest.mark.parametrize("name", ["parker", "georgiou", "wong"])
def test_blood_becomes_plasma_by_the_hematocrit(name: str) -> None:
    time_s = np.arange(0.0, 300.0, 3.0)
    blood, plasma = population_aif(name, time_s, hematocrit=0.0), population_aif(name, time_s, hematocrit=0.42)
    np.testing.assert_allclose(plasma * 0.58, blood, rtol=1e-12)


@examples(max_examples=25)
@given(st.sampled_from(list(PopulationAif)), st.floats(-20.0, 60.0))
def test_a_delay_shifts_the_curve_exactly(name: PopulationAif, delay_s: float) -> None:
    time_s = np.arange(0.0, 200.0, 5.0)
    shifted = population_aif(name, time_s, HEMATOCRIT, delay_s)
    np.testing.assert_array_equal(shifted, population_aif(name, time_s - delay_s, HEMATOCRIT))
    assert np.all(shifted[time_s < delay_s] == 0.0)
    assert np.all(shifted >= 0.0)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("parker", 9.0, 11.0), ("georgiou", 14.0, 16.0), ("wong", 13.0, 14.5)]
)
def test_the_bolus_peaks_at_the_height_of_its_paper(name: str, low: float, high: float) -> None:
    curve = population_aif(name, np.arange(0.0, 60.0, 0.1), HEMATOCRIT)
    assert low < curve.max() < high


def test_an_unknown_name_is_answered_with_those_on_offer() -> None:
    with pytest.raises(InputError, match="no population AIF 'tofts'; there are parker, georgiou, weinmann, wong"):
        population_aif("tofts", [0.0])


@pytest.mark.parametrize("hematocrit", [42.0, -0.1, float("nan")])
def test_a_hematocrit_in_percent_is_refused(hematocrit: float) -> None:
    with pytest.raises(InputError, match=r"expected a share from 0 to 0\.7"):
        population_aif("parker", [0.0], hematocrit)


def test_times_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="not a finite number"):
        population_aif("parker", [0.0, float("nan")])


def test_every_number_carries_unit_source_and_confidence() -> None:
    rows = [row for info in population_aifs() for row in info.parameters]
    assert [info.name for info in population_aifs()] == list(PopulationAif)
    assert all(row.unit and row.source and row.confidence in Confidence for row in rows)
    assert population_aif_info("wong").confidence is Confidence.MODERATE


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name = "alpha_mM"', 'name = "alfa_mM"', "AIF 'parker': has the parameters .*alfa_mM"),
        ("value = 0.809", "value = -0.809", "parameter 'a1_mM_min': -0.809 is not above zero"),
        ('measured_in = "plasma"', 'measured_in = "serum"', "AIF 'weinmann'.*'serum'"),
    ],
)
def test_a_wrong_row_of_the_table_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    table = tmp_path / "aif_population.toml"
    table.write_text(TABLE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        list(read_population_aifs(table))
