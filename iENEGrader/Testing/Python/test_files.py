"""Files are replaced whole or not at all."""

from __future__ import annotations

import os
import resource
import stat
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import replaced_when_complete, write_text_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text("former", encoding="utf-8")
    return path


@pytest.fixture
def a_full_disk() -> Iterator[None]:
    """Files may not grow beyond 100 bytes: the system itself breaks the write off in its middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def a_umask_that_shuts_others_out() -> Iterator[None]:
    former = os.umask(0o027)
    yield
    os.umask(former)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_new_text_takes_the_place_of_the_old(a_file: Path) -> None:
    write_text_atomically(str(a_file), "neu: ä 読\n")
    assert a_file.read_bytes() == "neu: ä 読\n".encode()
    assert list(a_file.parent.iterdir()) == [a_file]


def test_readers_see_the_former_file_until_the_new_one_is_complete(a_file: Path) -> None:
    with replaced_when_complete(a_file) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert a_file.read_text(encoding="utf-8") == "former"
    assert a_file.read_text(encoding="utf-8") == "new"


def test_the_temporary_file_lies_in_the_same_folder_and_has_the_same_kind(tmp_path: Path) -> None:
    with replaced_when_complete(tmp_path / "nodes.seg.nrrd") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.endswith(".seg.nrrd")


def test_an_error_on_the_way_leaves_the_former_file_and_nothing_else(a_file: Path) -> None:
    with pytest.raises(ZeroDivisionError), replaced_when_complete(a_file) as temporary:  # noqa: PT012
        temporary.write_text("half", encoding="utf-8")
        _ = 1 / 0
    assert a_file.read_text(encoding="utf-8") == "former"
    assert list(a_file.parent.iterdir()) == [a_file]


def test_a_full_disk_leaves_the_former_file_and_says_why(a_file: Path, a_full_disk: None) -> None:
    with pytest.raises(InputError) as error:
        write_text_atomically(a_file, "x" * 1000)
    assert str(error.value) == f"{a_file}: cannot write here (File too large); choose a folder you may write to"
    assert a_file.read_text(encoding="utf-8") == "former"
    assert list(a_file.parent.iterdir()) == [a_file]


def test_text_that_cannot_be_encoded_leaves_the_former_file(a_file: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_text_atomically(a_file, "\ud800")
    assert a_file.read_text(encoding="utf-8") == "former"
    assert list(a_file.parent.iterdir()) == [a_file]


@pytest.mark.parametrize(
    ("name", "reason"), [("missing/case.json", "No such file or directory"), ("case.json/x.json", "Not a directory")]
)
def test_a_folder_that_does_not_exist_is_named_with_the_reason(a_file: Path, name: str, reason: str) -> None:
    target = a_file.parent / name
    with pytest.raises(InputError) as error:
        write_text_atomically(target, "new")
    assert str(error.value) == f"{target}: cannot write here ({reason}); choose a folder you may write to"


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error, replaced_when_complete(tmp_path):
        pytest.fail("the block must not start, since it may take long")
    assert str(error.value) == f"{tmp_path}: is a folder; give the name of a file"


def test_a_target_that_has_become_a_folder_meanwhile_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "case.json"
    with pytest.raises(InputError, match=r"case.json: cannot write here \(Is a directory\)"):  # noqa: SIM117
        with replaced_when_complete(target):
            target.mkdir()
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_has_the_permissions_that_the_umask_leaves(
    tmp_path: Path, a_umask_that_shuts_others_out: None
) -> None:
    write_text_atomically(tmp_path / "case.json", "new")
    assert permissions(tmp_path / "case.json") == 0o640
    assert os.umask(0o027) == 0o027


def test_a_private_file_stays_private(a_file: Path) -> None:
    a_file.chmod(0o600)
    write_text_atomically(a_file, "new")
    assert permissions(a_file) == 0o600
