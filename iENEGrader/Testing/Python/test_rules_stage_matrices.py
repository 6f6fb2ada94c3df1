"""Stage groups written down a second time, as matrices, and compared with the tables cell by cell."""

from __future__ import annotations

import pytest
from iENEGraderLib.reading import MCategory, NeckLevel, TCategory
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.table_reader import editions

OTHER_N = "N0 N1 N2a N2b N2c N3a N3b"
MUCOSAL = {
    "Tis": "0 . . . . . .",
    "T1": "I III IVA IVA IVA IVB IVB",
    "T2": "II III IVA IVA IVA IVB IVB",
    "T3": "III III IVA IVA IVA IVB IVB",
    "T4a": "IVA IVA IVA IVA IVA IVB IVB",
    "T4b": "IVB IVB IVB IVB IVB IVB IVB",
}
MUCOSAL_M = {"M1": "IVC"}
UNKNOWN = {"T0": ". III IVA IVA IVA IVB IVB"}
SALIVARY_8 = {**MUCOSAL, "T0": ". III IVA IVA IVA IVB IVB"}
SKIN_9 = {
    "Tis": "0 . . . . . .",
    "T1": "I III IVA IVA IVA IVA IVA",
    "T2": "II III IVA IVA IVA IVA IVA",
    "T3": "III III IVA IVA IVA IVA IVA",
    "T4a": "IVA IVA IVA IVA IVA IVA IVA",
    "T4b": "IVA IVA IVA IVA IVA IVA IVA",
}
SKIN_8 = {t: row.replace("IVA", "IV") for t, row in SKIN_9.items()}
HPV_CLINICAL = {
    "T0": ". I II III",
    "T1": "I I II III",
    "T2": "I I II III",
    "T3": "II II II III",
    "T4": "III III III III",
}
HPV_PATHOLOGICAL_9 = {
    "T0": ". I I II II",
    "T1": "I I I II II",
    "T2": "I I I II II",
    "T3": "II II II II III",
    "T4": "III III III III III",
}
HPV_PATHOLOGICAL_8 = {"T0": ". I II", "T1": "I I II", "T2": "I I II", "T3": "II II III", "T4": "II II III"}
NASOPHARYNX_9 = {
    "Tis": "0 . . .",
    "T0": ". IB II III",
    "T1": "IA IB II III",
    "T2": "IA IB II III",
    "T3": "II II II III",
    "T4": "III III III III",
}
NASOPHARYNX_8 = {
    "Tis": "0 . . .",
    "T0": ". II III IVA",
    "T1": "I II III IVA",
    "T2": "II II III IVA",
    "T3": "III III III IVA",
    "T4": "IVA IVA IVA IVA",
}
SALIVARY_9 = {
    "Tis": "0 . .",
    "T1": "I IIIA IIIB",
    "T2": "II IIIA IIIB",
    "T3": "IIIA IIIB IIIB",
    "T4": "IIIA IIIB IIIB",
}
MATRICES = {
    "v9.hpv-oropharynx.c-stage": ("N0 N1 N2 N3", HPV_CLINICAL, {"M1": "IV"}),
    "v9.hpv-oropharynx.p-stage": ("N0 N1a N1b N2 N3", HPV_PATHOLOGICAL_9, {"M1": "IV"}),
    "v9.nasopharynx.stage": ("N0 N1 N2 N3", NASOPHARYNX_9, {"M1a": "IVA", "M1b": "IVB"}),
    "v9.salivary.stage": ("N0 N1 N2", SALIVARY_9, {"M1": "IV"}),
    "uicc9.mucosal.stage": (OTHER_N, MUCOSAL, MUCOSAL_M),
    "uicc9.sinonasal.stage": (OTHER_N, MUCOSAL, MUCOSAL_M),
    "uicc9.unknown-primary.stage": (OTHER_N, UNKNOWN, MUCOSAL_M),
    "uicc9.skin.stage": (OTHER_N, SKIN_9, {"M1": "IVB"}),
    "tnm8.hpv-oropharynx.c-stage": ("N0 N1 N2 N3", HPV_CLINICAL, {"M1": "IV"}),
    "tnm8.hpv-oropharynx.p-stage": ("N0 N1 N2", HPV_PATHOLOGICAL_8, {"M1": "IV"}),
    "tnm8.nasopharynx.stage": ("N0 N1 N2 N3", NASOPHARYNX_8, {"M1": "IVB"}),
    "tnm8.salivary.stage": (OTHER_N, SALIVARY_8, MUCOSAL_M),
    "tnm8.mucosal.stage": (OTHER_N, MUCOSAL, MUCOSAL_M),
    "tnm8.unknown-primary.stage": (OTHER_N, UNKNOWN, MUCOSAL_M),
    "tnm8.skin.stage": (OTHER_N, SKIN_8, {"M1": "IV"}),
}


def stage_tables():
    chapters = [chapter for edition in editions() for chapter in edition.chapters]
    used = [table for chapter in chapters for table in (chapter.clinical_stage, chapter.pathological_stage)]
    return {table.table_id: table for table in used}


def test_every_stage_table_has_its_matrix():
    assert set(stage_tables()) == set(MATRICES)


@pytest.mark.parametrize("table_id", MATRICES)
def test_every_cell_of_the_stage_table_is_as_written_down(table_id):
    table = stage_tables()[table_id]
    categories, matrix, metastatic = MATRICES[table_id]
    assert set(matrix) == set(table.t)
    for t, row in matrix.items():
        for n, stage in zip(categories.split(), row.split(), strict=True):
            found = table.row_for(TCategory(t), n, MCategory.M0)
            assert (found.stage if found else ".") == stage, f"{t} {n} M0"
            for m, stage_m1 in metastatic.items():
                assert table.row_for(TCategory(t), n, MCategory(m)).stage == stage_m1


def test_levels_below_the_cricoid_are_those_of_the_lower_neck():
    below = {level for level, rule in level_rules().items() if rule.below_cricoid}
    unknown = {level for level, rule in level_rules().items() if rule.below_cricoid is None}
    assert below == {NeckLevel.IV, NeckLevel.VB, NeckLevel.VII, NeckLevel.SUPRACLAVICULAR}
    assert unknown == {NeckLevel.VI, NeckLevel.OTHER}
