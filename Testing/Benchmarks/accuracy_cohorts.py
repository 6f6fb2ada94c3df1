"""Agreement of our TNM 8 N category with the one recorded for real patients; writes Docs/cohort-agreement.md.

python Testing/Benchmarks/accuracy_cohorts.py [folder with the two tables of lyDATA]
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cohort_readings import COHORT_FILES, CohortCase, cohort_cases
from iENEGraderLib.reading import Site
from iENEGraderLib.rules import Edition, assess

if TYPE_CHECKING:
    from iENEGraderLib.reading import Reading

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "n-stage-cohorts"
PAGE = ROOT / "Docs" / "cohort-agreement.md"


class Agreement(StrEnum):
    """How the recorded main category stands to the categories that fit the data."""

    EXACT = "the only one that fits"
    POSSIBLE = "one of those that fit"
    IF_ADVANCED = "fits if a node is over 6 cm or extends, which is not recorded"
    IMPOSSIBLE = "does not fit"


class Cause(StrEnum):
    """What stands against one another in the table where the recorded category does not fit."""

    NO_LEVEL = "N1 to N3 is recorded, and no involved level"
    LEVEL_IN_N0 = "N0 is recorded, and an involved level"
    STATED_EXTENSION = "extranodal extension is recorded, and a category lower than the rules give for it"
    SIDE_OR_NUMBER = "side or number of the involved levels or nodes, and a category for another side or number"


@dataclass(frozen=True)
class Compared:
    """One patient with the main N categories that our rules allow.

    Attributes
    ----------
    usual : without a node over 6 cm and without extranodal extension that the table does not state.
    every : with every way to fill in what the table leaves open.
    named : what the engine itself names when sizes are left out: one category, or those between which it cannot tell;
        empty when it asks for histology first.
    """

    case: CohortCase
    usual: frozenset[int]
    every: frozenset[int]
    named: frozenset[int]

    @property
    def agreement(self) -> Agreement:
        """Where the recorded category stands."""
        recorded = self.case.recorded_n
        if self.every == {recorded}:
            return Agreement.EXACT
        if recorded in self.usual:
            return Agreement.POSSIBLE
        return Agreement.IF_ADVANCED if recorded in self.every else Agreement.IMPOSSIBLE

    @property
    def cause(self) -> Cause:
        """Why the recorded category does not fit."""
        if not self.case.as_recorded.nodes:
            return Cause.NO_LEVEL
        if self.case.recorded_n == 0:
            return Cause.LEVEL_IN_N0
        return Cause.STATED_EXTENSION if self.every == {3} else Cause.SIDE_OR_NUMBER


def compared(folder: Path = FOLDER) -> list[Compared]:
    """Assess every patient of both tables that was staged by the 8th edition."""
    cases = [case for name in COHORT_FILES for case in cohort_cases(folder / name)]
    return [_compare(case) for case in cases if case.edition == "8"]


def _compare(case: CohortCase) -> Compared:
    usual = frozenset[int]().union(*map(_categories, case.usual))
    every = usual.union(*map(_categories, case.unusual))
    return Compared(case, usual, every, _categories(case.as_recorded))


def _categories(reading: Reading) -> frozenset[int]:
    """Return the main N categories that the engine names: its N, or the alternatives when it cannot tell."""
    result = assess(reading).edition(Edition.TNM8)
    names = [result.n] if result.n else [each.n for each in result.alternatives]
    return frozenset(int(re.fullmatch(r"[cp]N(\d)[abc]?", name)[1]) for name in names)


def agreement_page(patients: list[Compared]) -> str:
    """Return the page on the agreement; it names no patient but by the row of the public table."""
    total, counts = len(patients), Counter(each.agreement for each in patients)
    fitting = total - counts[Agreement.IMPOSSIBLE]
    single = [each for each in patients if len(each.every) == 1]
    agreed = sum(each.agreement is Agreement.EXACT for each in single)
    chance = f"{_fitting_by_chance(patients):.1%}"
    lines = (
        f"Of {total} patients staged by the 8th edition, the recorded main category fits the recorded data in",
        f"**{fitting} ({fitting / total:.1%})**. With the recorded categories exchanged at random between the",
        f"patients, {chance} would fit. Where the data leave a single category ({len(single)} patients), it is the",
        f"recorded one in **{agreed} ({agreed / len(single):.1%})**.",
    )
    summary = "\n".join(lines)
    return "\n".join([HEAD, summary + "\n", _by_group(patients), _by_cause(patients), TAIL])


def _fitting_by_chance(patients: list[Compared]) -> float:
    """Return the expected share that fits when every patient gets the recorded category of any patient."""
    recorded = Counter(each.case.recorded_n for each in patients)
    fits = sum(recorded[category] for each in patients for category in each.every)
    return fits / len(patients) ** 2


def _by_group(patients: list[Compared]) -> str:
    lines = ["## Counts", "", f"| cohort | site | N | patients | {' | '.join(Agreement)} |", "|---" * 8 + "|"]
    groups = Counter(_group(each) for each in patients)
    for group, size in sorted(groups.items()):
        counts = Counter(each.agreement for each in patients if _group(each) == group)
        lines.append(f"| {' | '.join(group)} | {size} | {' | '.join(str(counts[each]) for each in Agreement)} |")
    counts = Counter(each.agreement for each in patients)
    lines.append(f"| all | | | {len(patients)} | {' | '.join(str(counts[each]) for each in Agreement)} |")
    return "\n".join(lines) + "\n"


def _group(patient: Compared) -> tuple[str, str, str]:
    case = patient.case
    site = case.site.replace("_", " ")
    if case.site is Site.OROPHARYNX:
        site += f", p16 {case.p16}"
    return case.cohort, site, case.classification


def _by_cause(patients: list[Compared]) -> str:
    lines = [
        "## Where the recorded category does not fit",
        "",
        "| the table holds | patients | rows |",
        "|---|---|---|",
    ]
    against = [each for each in patients if each.agreement is Agreement.IMPOSSIBLE]
    for cause in Cause:
        found = [each for each in against if each.cause is cause]
        rows = "; ".join(
            f"{name.split('-')[1]}: {', '.join(str(each.case.row) for each in found if each.case.cohort == name)}"
            for name in dict.fromkeys(each.case.cohort for each in found)
        )
        lines.append(f"| {cause} | {len(found)} | {rows} |")
    return "\n".join(lines) + "\n"


HEAD = """# Agreement with recorded N categories

Written by `python Testing/Benchmarks/accuracy_cohorts.py` (part of `make accuracy`). Real patients, public data; no
image was looked at. Rows are lines of the public CSV files, counted from 1 with their three header lines.

Data: lyDATA (https://github.com/rmnldwg/lydata), CC BY-SA 4.0, used where they lie and not copied into the project.

- `2021-usz-oropharynx`: Ludwig R, Hoffmann JM, Pouymayou B et al., University Hospital Zurich, 2021,
  doi:10.5281/zenodo.5833835
- `2023-clb-multisite`: Barbatei D, Zrounba P, Gregoire V, Centre Leon Berard, 2023, doi:10.5281/zenodo.10210361

## What is compared, and what cannot be

The tables record site, side, T, N (main category 0 to 3) and the involved neck levels. Patients staged by the 7th
edition are left out. Grades of imaging-detected extranodal extension are not recorded, so the version 9 rules cannot be
tested here: this page is about TNM 8 only.

What is not recorded, and what was done:

- Node sizes, in both tables: every patient is assessed with the largest node at 20, 45 and 70 mm, one size within each
  interval that the rules distinguish.
- The number of nodes, in the Zurich table: every involved level is one node; the first one is also taken as 2 and as
  5 nodes.
- Extranodal extension, in the Zurich table and for 3 patients of the Lyon table: both absent and present, on
  examination for cN, on histology for pN.
- p16 of some oropharynx: staged by the p16-negative rules, as for an untested tumour.
- Distant metastasis, T4a or T4b: these do not matter for N.

An involved level is one that pathology found positive where N is pathological (and pathology is recorded); else what
cytology says; else what the majority of the imaging studies says (a tie counts as involved). Sublevels replace their
level. Level VII of these tables is retropharyngeal. C05 is counted as oral cavity.

What agreement can be expected: N0 is fixed by the levels alone. In p16-positive pN the number of nodes fixes N. In the
other pN a stated extension mostly fixes it. All other N need a size, so that two or three categories fit. The
recorded N was given by clinicians who also had the sizes, their examination and sometimes other reports than the table
shows, so full agreement is not to be expected.
"""
TAIL = """The first two kinds contradict themselves within the table: no staging rule can give both values. Some of the
others have a pattern: p16-positive patients with several nodes on one side and a recorded pN2 look staged by the table
for other sites, and bilateral involvement on imaging with a recorded cN1 looks like a doubtful contralateral node that
was not counted. We could not check a single one against the patient's record, and changed no rule to fit them.

The test suite holds the numbers of this page, and two bounds, set after these numbers were known so that a change is
noticed: at least 90 % fit, and where a single category is left at least 85 % agree. It also checks that the engine,
given the data without sizes, never names a category outside those that fit, and where number and extension are
recorded names exactly those.
"""


def main(arguments: list[str]) -> int:
    """Write the page."""
    folder = Path(arguments[0]) if arguments else FOLDER
    if not folder.is_dir():
        print(f"accuracy_cohorts: found no folder {folder.name} with the tables of lyDATA beside the project; skipped")
        return 0
    patients = compared(folder)
    PAGE.write_text(agreement_page(patients), encoding="utf-8")
    for agreement, count in Counter(each.agreement for each in patients).most_common():
        print(f"{count:4d}  {agreement}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
