"""What a header says about one attribute: a value, nothing, or something that cannot be a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag

T = TypeVar("T")


class Presence(Enum):
    """State of an attribute in a header."""

    PRESENT = "present"
    EMPTY = "empty"
    MISSING = "missing"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class HeaderValue(Generic[T]):
    """Value of one attribute, or why there is none.

    Attributes
    ----------
    tag : the attribute.
    presence : whether there is a value; ``value`` is None unless PRESENT.
    problem : for MALFORMED, what was found and what was expected; never repeats text of the file.
    """

    tag: Tag | PrivateTag
    presence: Presence
    value: T | None = None
    problem: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a sound value."""
        return self.presence is Presence.PRESENT

    @property
    def label(self) -> str:
        """Keyword and number of the attribute, as shown to users."""
        return self.tag.label

    def describe(self) -> str:
        """One clause for reasons, such as ``FlipAngle (0018,1314) is missing``."""
        if self.presence is Presence.PRESENT:
            return f"{self.label} is {self.value}"
        if self.presence is Presence.MALFORMED:
            return f"{self.label} cannot be used: {self.problem}"
        return f"{self.label} is {self.presence.value}"
