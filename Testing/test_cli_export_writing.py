"""What `hnn export` leaves behind when writing fails: nothing new, and all that was there. And printing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from export_builders import write_case
from hnn.cli.main import main
from iENEGraderLib.export import pdf
from iENEGraderLib.export.job import placing
from iENEGraderLib.export.pdf import NotPrintedError, browser, print_to_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from export_builders import CaseFolder

ALL = "dicom-seg,dicom-sr,csv,fhir"
A_BROWSER = """#!{python}
import sys, time
target = next(each.partition("=")[2] for each in sys.argv if each.startswith("--print-to-pdf="))
{body}
"""


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "case")


@pytest.fixture
def a_full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for a few small files only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def a_limit_of_file_sizes() -> Iterator[None]:
    """No file may become larger than 2 kB: the system refuses to write on."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def export(case: CaseFolder, out: Path, *more: str, to: str = ALL) -> int:
    return main(["export", str(case.folder), "--to", to, "--out", str(out), *more])


def everything_in(folder: Path) -> dict[str, bytes]:
    """All files and folders, hidden ones included."""
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes() for path in sorted(folder.rglob("*"))
    }


def test_a_full_disk_leaves_nothing(a_case: CaseFolder, a_full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(a_case, a_full_disk / "out") == 2
    assert "cannot write here (No space left on device)" in capsys.readouterr().err
    assert everything_in(a_full_disk) == {}


def test_a_file_that_cannot_be_written_to_its_end_leaves_nothing(a_case: CaseFolder, tmp_path: Path) -> None:
    before = everything_in(tmp_path)
    with a_limit_of_file_sizes():
        assert export(a_case, tmp_path / "deep" / "out") == 2
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("step", ["mkdir", "write_text", "rename"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_an_error_at_any_step_keeps_the_earlier_export(
    a_case: CaseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    out = tmp_path / "out"
    export(a_case, out, to="csv")
    before = everything_in(tmp_path)

    def refused(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, refused)
        assert export(a_case, out, "--force", to="csv,fhir") == 2
    assert everything_in(tmp_path) == before


def test_an_earlier_export_comes_back_when_the_last_step_fails(
    a_case: CaseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export(a_case, out, to="csv")
    before = everything_in(out)
    whole = Path.rename

    def fails_for_the_new_one(self: Path, target: Any) -> Path:
        if self.name == "new":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return whole(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fails_for_the_new_one)
        assert export(a_case, out, "--force", to="fhir") == 2
    assert everything_in(out) == before


def test_a_folder_that_may_not_be_written_to_is_told(
    a_case: CaseFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(placing.tempfile, "TemporaryDirectory", refused)
    assert export(a_case, tmp_path / "out") == 2
    assert "cannot write here (Permission denied); choose a folder you may write to" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_told(
    a_case: CaseFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert export(a_case, tmp_path / "out") == 2
    assert "out: is a file; choose a folder for the results with --out" in capsys.readouterr().err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_table_of_somebody_else_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        write_case(tmp_path / "cases" / name, case_id=name)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "nodes.csv").write_text("mine", encoding="utf-8")
    assert main(["export", str(tmp_path / "cases"), "--to", "csv", "--out", str(tmp_path / "out")]) == 2
    assert "its columns are not those of this version" in capsys.readouterr().err
    assert (tmp_path / "out" / "nodes.csv").read_text(encoding="utf-8") == "mine"


def a_program(folder: Path, body: str) -> str:
    """Write a program that is called like a browser."""
    program = folder / "chromium"
    program.write_text(A_BROWSER.format(python=sys.executable, body=body), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


@pytest.mark.skipif(os.name != "posix", reason="needs programs that are scripts")
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(1)", "gave no PDF"),
        ("open(target, 'w').write('<html>')", "gave no PDF"),
        ("time.sleep(60)", "gave no PDF within 1 s"),
    ],
)
def test_a_browser_that_fails_or_hangs_gives_no_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, why: str
) -> None:
    monkeypatch.setattr(pdf, "BROWSERS", (a_program(tmp_path, body),))
    with pytest.raises(NotPrintedError, match=why):
        print_to_pdf("<p>page</p>", tmp_path / "page.pdf", most_seconds=1)
    assert not (tmp_path / "page.pdf").exists()


def test_the_report_is_written_without_a_browser(
    a_case: CaseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pdf, "BROWSERS", ())
    assert export(a_case, tmp_path / "out", to="report") == 0
    assert "no PDF was written: no browser was found" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "out" / "X1").iterdir()) == ["export.json", "report.html"]


def test_a_browser_prints_the_report(a_case: CaseFolder, tmp_path: Path) -> None:
    if browser() is None:
        pytest.skip("needs Chromium, Chrome or Edge")
    assert export(a_case, tmp_path / "out", to="report") == 0
    printed = (tmp_path / "out" / "X1" / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert b"/Type /Page" in printed or b"/Type/Page" in printed
