"""Writing a file beside its place first, so that nobody ever meets half of it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give a path of the same name in a temporary folder beside `path`; move what was written there into place.

    Writers of several files (a header and its data) are served too: the named file is moved last. Nothing is moved
    when the body raises or wrote no file of the name, and the temporary folder is always removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        file = Path(folder) / path.name
        yield file
        if not file.is_file():
            return
        for other in Path(folder).iterdir():
            if other != file:
                other.replace(path.parent / other.name)
        file.replace(path)
