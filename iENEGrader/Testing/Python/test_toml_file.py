"""A TOML file is read whole, or refused with what is wrong about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from pathlib import Path


def test_tables_and_letters_beyond_ascii_are_read(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes('[limits]\nname = "Größe"\nvalue = 2.5\n'.encode())
    assert read_toml(path) == {"limits": {"name": "Größe", "value": 2.5}}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"value = ", "Invalid value"), (b'name = "Gr\xf6\xdfe"', "can't decode"), (b"a = 1\na = 2\n", "overwrite")],
    ids=["no value", "not UTF-8", "a key twice"],
)
def test_what_is_no_toml_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"^site\.toml: cannot be read as TOML") as caught:
        read_toml(path)
    assert says in str(caught.value)


@pytest.mark.parametrize("is_folder", [True, False], ids=["a folder", "nothing"])
def test_a_file_that_cannot_be_opened_is_named_whole(tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path / "site.toml"
    if is_folder:
        path.mkdir()
    with pytest.raises(InputError, match=f"^{path}: cannot be opened"):
        read_toml(path)
