"""What the user asks for may fail: the message bar says why."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slicer.i18n import tr as _

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from HeadNeckNodesLib.widgets.message_bar import MessageBar


class Attempts:
    """Runs actions of the user and shows why one failed.

    Parameters
    ----------
    bar : shows it.
    """

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar

    def __call__(self, action: Callable[[], None], done: str = "") -> None:
        """Run an action; what was said before goes.

        Parameters
        ----------
        done : said when it has worked.
        """
        self._bar.clear()
        with self.shown():
            action()
            if done:
                self._bar.showInformation(done)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Say why something failed. What is nobody's input goes to the error log, too, with the place in the code."""
        try:
            yield
        except InputError as error:
            self._bar.showError(str(error))
        except Exception as error:
            logging.exception("An action of the panel failed")
            text = _("This failed for a reason that was not foreseen: {error}. The error log says where.")
            self._bar.showError(text.format(error=f"{type(error).__name__}: {error}"))
