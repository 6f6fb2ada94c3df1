"""A number with its unit, typed as text: no key is dropped, and what cannot be meant is refused in words.

A spin box swallows the digits that would lead beyond its range, so that 1200 typed for 1.2 s would become 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slicer.i18n import tr as _

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import attempt
from HeadNeckNodesLib.widgets.text_box import TextBox

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_QUOTED = 20


@dataclass(frozen=True)
class Quantity:
    """What a box asks for: `lowest` and `highest` are allowed."""

    title: str
    unit: str
    decimals: int
    lowest: float
    highest: float

    def text_of(self, number: float | None) -> str:
        """Return a number with its unit; "" for None."""
        return "" if number is None else f"{number:.{self.decimals}f} {self.unit}".rstrip()

    def number_of(self, text: str) -> float:
        """Return the number of a text, with or without the unit, with a point or a comma.

        Raises
        ------
        InputError
            When it is no number, or not in the range.
        """
        digits = text.removesuffix(self.unit).strip()
        try:
            number = float(digits.replace(",", ".") if digits.count(",") == 1 and "." not in digits else digits)
        except ValueError:
            number = math.nan
        if not self.lowest <= number <= self.highest:
            words = _("{title}: found {found}; give a number from {low} to {high}").format(
                title=self.title, found=text[:LONGEST_QUOTED], low=f"{self.lowest:g}", high=f"{self.highest:g}"
            )
            raise InputError(f"{words} {self.unit}".rstrip())
        return number


class QuantityBox(TextBox):
    """Takes one quantity; an empty box means none. What is refused leaves the former number.

    Parameters
    ----------
    on_number : called with the number, or None, when the user has entered another one.
    """

    def __init__(self, quantity: Quantity, on_number: Callable[[float | None], None]) -> None:
        super().__init__(lambda text: attempt(self, lambda: self._onText(text)))
        self._quantity = quantity
        self._onNumber = on_number
        self._number: float | None = None
        self.setAccessibleName(quantity.title)

    def showNumber(self, number: float | None) -> None:
        """Show a number without telling anybody."""
        self._number = number
        self.setModified(False)
        self.showText(self._quantity.text_of(number))

    def _onText(self, text: str) -> None:
        try:
            number = self._quantity.number_of(text) if text else None
        except InputError:
            self.showNumber(self._number)
            raise
        self.showNumber(number)
        self._onNumber(number)
