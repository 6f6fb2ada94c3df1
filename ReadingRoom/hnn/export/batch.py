"""Many cases in one call: those that fail are told, the others are done, and those of an earlier run are left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically
from iENEGraderLib.export.job.exporting import export_case, exported_earlier, require_inputs
from iENEGraderLib.export.job.manifest import fingerprint
from iENEGraderLib.export.job.targets.csv_table import CSV, CSV_FILE, MEASUREMENTS_FILE
from iENEGraderLib.export.job.targets.teaching_file import TEACHING_FILE
from iENEGraderLib.export.tables.csv_rows import csv_text, rows_of_text
from iENEGraderLib.export.tables.measurement_rows import measurements_of_text, measurements_text

from hnn.export.case_files import CaseBundle, CaseFiles, case_at
from hnn.export.file_case import case_of_files
from hnn.quiet import quiet_slicer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.exporting import ExportedCase, ExportRequest
    from iENEGraderLib.export.report_content import ImageOrigin

    CasePlace = Path | CaseFiles | CaseBundle


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one case.

    Attributes
    ----------
    name : as the user gave it.
    exported : None when it failed.
    reason : why it failed, in one line.
    fault : the error, when it was none of the input.
    """

    name: str
    exported: ExportedCase | None = None
    reason: str = ""
    fault: Exception | None = None


def export_cases(
    cases: Sequence[Path | CaseFiles | CaseBundle],
    request: ExportRequest,
    origin: ImageOrigin,
    say: Callable[[str], None],
) -> tuple[CaseOutcome, ...]:
    """Export cases one after the other.

    Parameters
    ----------
    cases : paths of bundles and folders, or what makes up a case.
    say : told in a few words what is being done.
    """
    outcomes: list[CaseOutcome] = []
    for number, case in enumerate(cases, start=1):
        name = _name(case)
        place = f"case {number} of {len(cases)}: {name}: " if len(cases) > 1 else ""
        taken = [each.exported.folder for each in outcomes if each.exported is not None]
        run = _Run(request, origin, taken, _prefixed(say, place))
        outcomes.append(_outcome(name, case, run))
    return tuple(outcomes)


def write_table(outcomes: Sequence[CaseOutcome], request: ExportRequest) -> Path | None:
    """Write the rows of all cases that are done into one file; None when there are no rows.

    Raises
    ------
    InputError
        When a file of that name is there that is no such table.
    """
    folders = [each.exported.folder for each in outcomes if each.exported is not None]
    if CSV not in request.targets or len(outcomes) < 2 or not folders:
        return None
    files = [folder / CSV_FILE for folder in folders]
    target = request.out / CSV_FILE
    if target.exists():
        rows_of_text(target.read_text(encoding="utf-8"), str(target))
    rows = [row for file in files for row in rows_of_text(file.read_text(encoding="utf-8"), str(file))]
    write_text_atomically(target, csv_text(rows))
    _write_measurements(folders, request.out / MEASUREMENTS_FILE)
    return target


def _write_measurements(folders: Sequence[Path], target: Path) -> None:
    """Write the measurements of all cases into one file; never over one that is no such table."""
    if target.exists():
        measurements_of_text(target.read_text(encoding="utf-8"), str(target))
    files = [folder / MEASUREMENTS_FILE for folder in folders]
    rows = [row for file in files for row in measurements_of_text(file.read_text(encoding="utf-8"), str(file))]
    write_text_atomically(target, measurements_text(rows))


@dataclass(frozen=True)
class _Run:
    """What is the same for reading and writing a case."""

    request: ExportRequest
    origin: ImageOrigin
    taken: Sequence[Path]
    say: Callable[[str], None]


def _name(case: CasePlace) -> str:
    if isinstance(case, CaseBundle):
        return str(case.scene)
    return str(case.reading if isinstance(case, CaseFiles) else case)


def _prefixed(say: Callable[[str], None], prefix: str) -> Callable[[str], None]:
    return lambda what: say(prefix + what)


def _outcome(name: str, case: CasePlace, run: _Run) -> CaseOutcome:
    try:
        return CaseOutcome(name, _exported(case, run))
    except InputError as error:
        return CaseOutcome(name, reason=str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return CaseOutcome(
            name, reason=f"{where}cannot be read or written ({error.strerror or error}); check its rights"
        )
    except Exception as error:  # the other cases shall be done all the same; the command reports it in the end
        return CaseOutcome(name, reason=f"internal error ({type(error).__name__})", fault=error)


def _exported(case: CasePlace, run: _Run) -> ExportedCase:
    files = case if isinstance(case, CaseFiles | CaseBundle) else case_at(case)
    request = run.request
    inputs = _require_readable(files.inputs)
    mark = fingerprint(
        inputs,
        request.targets,
        request.key,
        deface=request.deface,
        choice=request.choice,
        told=(request.software, run.origin, *(f"{each.quantity}:{each.unit}" for each in files.maps)),
    )
    earlier = None if request.replaces else exported_earlier(request, mark)
    if earlier is not None:
        run.say("done by an earlier run")
        return earlier
    run.say("reading")
    read = _read(files, run.origin)
    require_inputs(read, request.targets)
    if TEACHING_FILE in request.targets:
        run.say("making surfaces")
        read = _with_surfaces(read)
    return export_case(read, request, mark, run.say, taken=run.taken)


def _read(files: CaseFiles | CaseBundle, origin: ImageOrigin) -> ExportCase:
    if isinstance(files, CaseFiles):
        return case_of_files(files, origin)
    # Slicer and VTK are loaded only for scenes.
    from hnn.export.bundle_case import case_of_bundle

    with quiet_slicer():
        return case_of_bundle(files, origin)


def _with_surfaces(case: ExportCase) -> ExportCase:
    # As scenes: Slicer makes the surfaces.
    from hnn.export.surfaces import case_surfaces

    with quiet_slicer():
        return replace(case, surfaces=case_surfaces(case))


def _require_readable(inputs: Sequence[Path]) -> Sequence[Path]:
    for path in inputs:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder; check its name")
    return inputs
