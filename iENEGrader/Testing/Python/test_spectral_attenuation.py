"""The attenuation table against published values, and what scanners and physics are known to show."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    WATER_IODINE,
    Basis,
    ContrastAgent,
    Material,
    ResponseSource,
    attenuation_source,
    calcium_hu_per_mg_ml,
    iodine_hu_per_mg_ml,
    mass_attenuation,
    tissue_hu,
    tube_response,
)
from iENEGraderLib.spectral.attenuation import attenuation_of
from iENEGraderLib.spectral.contrast_agent import require_above_iodine_edge, require_iodine

# Hubbell and Seltzer, NISTIR 5632 (1995), tables 3 and 4, cm2/g at 40, 50, 60, 80, 100 and 150 keV.
NIST_KEV = (40, 50, 60, 80, 100, 150)
NIST = {
    Material.WATER: (0.2683, 0.2269, 0.2059, 0.1837, 0.1707, 0.1505),
    Material.ADIPOSE: (0.2396, 0.2123, 0.1974, 0.1800, 0.1688, 0.1500),
    Material.SOFT_TISSUE: (0.2688, 0.2264, 0.2048, 0.1823, 0.1693, 0.1492),
    Material.BONE: (0.6655, 0.4242, 0.3148, 0.2229, 0.1855, 0.1480),
    Material.IODINE: (22.10, 12.32, 7.579, 3.510, 1.942, 0.6978),
    Material.CALCIUM: (1.830, 1.019, 0.6578, 0.3656, 0.2571, 0.1674),
}


@pytest.mark.parametrize("material", NIST)
def test_the_table_agrees_with_nist_within_a_tenth_of_a_percent(material: Material) -> None:
    ours = [mass_attenuation(material, kev) for kev in NIST_KEV]
    assert ours == pytest.approx(NIST[material], rel=1e-3)


@pytest.mark.parametrize("material", list(Material))
def test_the_table_has_every_kev_and_falls_with_energy(material: Material) -> None:
    table = attenuation_of(material)
    assert table.kev.tolist() == list(range(40, 191))
    assert (np.diff(table.cm2_per_g) < 0).all()
    assert "xraylib" in attenuation_source()


@pytest.mark.parametrize(
    ("material", "formula"), [(Material.WATER, "H2O"), (Material.IODINE, "I"), (Material.CALCIUM, "Ca")]
)
def test_the_table_agrees_with_a_second_library(material: Material, formula: str) -> None:
    xraydb = pytest.importorskip("xraydb", reason="the second source is not installed")
    theirs = [xraydb.material_mu(formula, 1000.0 * kev, density=1.0, kind="total") for kev in (40, 70, 140)]
    assert [mass_attenuation(material, kev) for kev in (40, 70, 140)] == pytest.approx(theirs, rel=1e-3)


def test_values_between_the_rows_lie_on_the_curve() -> None:
    neighbours = mass_attenuation(Material.IODINE, 45.0), mass_attenuation(Material.IODINE, 46.0)
    assert mass_attenuation(Material.IODINE, 45.5) == pytest.approx(np.sqrt(np.prod(neighbours)), rel=1e-3)


@pytest.mark.parametrize(("kev", "iodine", "fat", "muscle"), [(40, 82.4, -151.7, 51.0), (70, 26.0, -76.5, 43.0)])
def test_iodine_fat_and_muscle_have_the_known_values(kev: float, iodine: float, fat: float, muscle: float) -> None:
    assert iodine_hu_per_mg_ml(kev) == pytest.approx(iodine, abs=0.05)
    assert tissue_hu(Material.ADIPOSE, kev) == pytest.approx(fat, abs=0.1)
    assert tissue_hu(Material.MUSCLE, kev) == pytest.approx(muscle, abs=0.1)
    assert tissue_hu(Material.WATER, kev) == 0


def test_calcium_changes_with_energy_much_like_iodine() -> None:
    calcium, iodine = (slope(40) - slope(70) for slope in (calcium_hu_per_mg_ml, iodine_hu_per_mg_ml))
    assert 50 * calcium / iodine == pytest.approx(3.9, abs=0.05)


@pytest.mark.parametrize("kev", [39.9, 190.1, float("nan"), -70])
def test_energies_off_the_table_are_refused(kev: float) -> None:
    with pytest.raises(InputError, match="from 40 to 190 keV"):
        iodine_hu_per_mg_ml(kev)


def test_default_slopes_lie_between_those_of_energies_and_fall_with_the_neck() -> None:
    thin, usual, thick = (tube_response(120, neck_mm=neck).iodine for neck in (120, 160, 200))
    assert thin > usual > thick
    assert (thin, usual, thick) == pytest.approx((31.7, 29.8, 28.1), abs=0.3)
    assert tube_response(120, neck_mm=140).iodine == pytest.approx((thin + usual) / 2)
    assert tube_response(120).source is ResponseSource.DEFAULT


def test_tin_hardens_the_beam_and_bins_share_it() -> None:
    assert tube_response(140, tin_mm=0.4).iodine == pytest.approx(15.3, abs=0.2)
    low, high = (tube_response(120, bin_kev=pair).iodine for pair in ((20.0, 65.0), (65.0, 120.0)))
    assert (low, high) == pytest.approx((50.7, 19.5), abs=0.4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kvp": 125}, "no default slope for 125 kVp; give a calibrated one"),
        ({"kvp": 120, "bin_kev": (30.0, 50.0)}, "no default slope for 120 kVp 30-50 keV"),
        ({"kvp": 28}, "below the K-edge of iodine"),
        ({"kvp": 120, "neck_mm": 300}, "from 120 to 200 mm"),
    ],
)
def test_beams_without_default_are_refused(arguments: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        tube_response(**arguments)


def test_only_iodine_or_no_agent_is_taken() -> None:
    for agent in ContrastAgent:
        if agent in (ContrastAgent.NONE, ContrastAgent.IODINE):
            require_iodine(agent)
        else:
            with pytest.raises(InputError, match=rf"the contrast agent is {agent.value}, whose K-edge at \d+"):
                require_iodine(agent)
    require_above_iodine_edge(49)


def test_every_basis_is_right_for_iodine_at_70_kev() -> None:
    for basis in (WATER_IODINE, Basis(2.8), Basis(3.2)):
        assert basis.slope(70) == pytest.approx(iodine_hu_per_mg_ml(70))
    # Known weights of 50 keV in 40 keV from 50 and 70 keV.
    for basis, weight in ((WATER_IODINE, 1.992), (Basis(2.8), 2.07), (Basis(3.2), 2.22)):
        found = (basis.slope(40) - basis.slope(70)) / (basis.slope(50) - basis.slope(70))
        assert found == pytest.approx(weight, abs=0.06)
