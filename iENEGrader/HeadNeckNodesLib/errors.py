"""The one error that users see: their input cannot be used, and why."""

from __future__ import annotations


class InputError(ValueError):
    """Input that cannot be used.

    The message is one line for the user: which file or field, what was found, what was expected and what to do.
    Hosts print it as it is (the command line exits with 2); anything else that escapes is our own fault.
    """
