"""Archives of many studies: names that tell them apart, and what else lies in their folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PWIProtocolLib.protocol.study import read_studies, read_study
from study_builders import write_dynamic

if TYPE_CHECKING:
    from pathlib import Path


def test_studies_in_the_very_same_folder_are_numbered(tmp_path: Path) -> None:
    for number, uid in enumerate(("1.2.3", "1.2.4")):
        write_dynamic(tmp_path / str(number), StudyInstanceUID=uid)
    for path in sorted(tmp_path.rglob("*.dcm")):
        path.rename(tmp_path / f"{path.parent.name}_{path.name}")
    assert [study.label for study in read_studies(tmp_path)] == [tmp_path.name, f"{tmp_path.name} (2)"]


def test_each_study_of_an_archive_counts_only_the_files_in_its_own_folder(tmp_path: Path) -> None:
    for month, uid in (("may", "1.2.3"), ("june", "1.2.4")):
        write_dynamic(tmp_path / "2026" / month / "dce", StudyInstanceUID=uid)
    (tmp_path / "2026" / "may" / "notes.txt").write_text("seen")
    (tmp_path / "list.txt").write_text("may, june")
    found = {study.label: {other.name for other in study.other_files} for study in read_studies(tmp_path)}
    assert found == {"2026/may": {"2026/may/notes.txt", "list.txt"}, "2026/june": {"list.txt"}}


def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_dynamic(tmp_path / "dce")
    (tmp_path / "locked").mkdir()
    scan = os.scandir

    def as_another_user(path: str) -> object:
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", as_another_user)
    (other,) = read_study(tmp_path).other_files
    assert other.name == "locked"
    assert "cannot be opened" in other.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_among_the_files_is_not_waited_for(tmp_path: Path) -> None:
    write_dynamic(tmp_path / "dce")
    os.mkfifo(tmp_path / "pipe")
    (other,) = read_study(tmp_path).other_files
    assert (other.name, other.reason) == ("pipe", "not a file that can be read, but a pipe or a device")
