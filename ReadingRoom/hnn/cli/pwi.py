"""``hnn pwi``: perfusion MRI (DCE) of the head and neck; each of its commands has a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hnn.cli import pwi_check, pwi_fit

if TYPE_CHECKING:
    import argparse

COMMANDS = (pwi_check, pwi_fit)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the command line."""
    parser = commands.add_parser(
        "pwi",
        help="perfusion MRI (DCE): check the protocol of a study, fit kinetic maps",
        description="Perfusion MRI (dynamic contrast-enhanced, DCE) of the head and neck.",
    )
    own = parser.add_subparsers(metavar="command", required=True)
    for command in COMMANDS:
        command.add_parser(own)
