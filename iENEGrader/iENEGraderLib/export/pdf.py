"""A page as PDF, printed by a browser of this computer that needs no window (Chromium, Chrome, Edge)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
)
MOST_SECONDS = 60.0
PDF_START = b"%PDF-"
DATE = re.compile(rb"\(D:\d{14}[^()]*\)")
"""When a document was made or changed (ISO 32000-1 7.9.4)."""


class NotPrintedError(Exception):
    """Why there is no PDF, in words for the user."""


def browser() -> str | None:
    """Return the first browser that is found; None when there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_to_pdf(page: str, path: Path, *, moment: datetime | None = None, most_seconds: float = MOST_SECONDS) -> None:
    """Print a self-contained HTML page; the file appears whole or not at all.

    Parameters
    ----------
    page : the text of the page.
    moment : in UTC, when the document says that it was made; None for the present.
    most_seconds : after which the browser is ended.

    Raises
    ------
    NotPrintedError
        When there is no browser, or it gave no PDF in time.
    """
    program = browser()
    if program is None:
        raise NotPrintedError("no browser was found (Chromium, Chrome or Edge)")
    # A profile of its own: that of the user may be in use, and the page must not enter its history.
    with tempfile.TemporaryDirectory(prefix="hnn-print-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            program,
            *OPTIONS,
            *_without_sandbox(),
            f"--user-data-dir={Path(folder) / 'profile'}",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        _run(command, most_seconds)
        if not target.is_file() or not target.read_bytes().startswith(PDF_START):
            raise NotPrintedError(f"{Path(program).name} gave no PDF")
        if moment is not None:
            target.write_bytes(_dated(target.read_bytes(), moment))
        shutil.move(target, path)


def _dated(document: bytes, moment: datetime) -> bytes:
    """Return a document with other dates of as many signs, so that all that it holds stays at its place."""
    date = f"(D:{moment:%Y%m%d%H%M%S})".encode()
    return DATE.sub(lambda match: date.ljust(len(match[0])), document)


def _without_sandbox() -> tuple[str, ...]:
    """Chromium refuses to run with its sandbox as the superuser, as in containers; the page is our own, no script."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _run(command: list[str], most_seconds: float) -> None:
    try:
        # A session of its own, so that the helpers of the browser end with it.
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise NotPrintedError(f"{Path(command[0]).name} does not start ({error.strerror})") from error
    try:
        process.wait(most_seconds)
    except subprocess.TimeoutExpired as error:
        raise NotPrintedError(f"{Path(command[0]).name} gave no PDF within {most_seconds:g} s") from error
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
