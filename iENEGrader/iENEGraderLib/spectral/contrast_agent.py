"""Contrast agents other than iodine: two basis materials describe them only where they have no K-edge."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


class ContrastAgent(StrEnum):
    """The element that absorbs."""

    NONE = "none"
    IODINE = "iodine"
    GADOLINIUM = "gadolinium"
    HOLMIUM = "holmium"
    YTTERBIUM = "ytterbium"
    HAFNIUM = "hafnium"
    TANTALUM = "tantalum"
    TUNGSTEN = "tungsten"
    GOLD = "gold"
    BISMUTH = "bismuth"


K_EDGE_KEV: dict[ContrastAgent, float] = {
    ContrastAgent.IODINE: 33.17,
    ContrastAgent.GADOLINIUM: 50.24,
    ContrastAgent.HOLMIUM: 55.62,
    ContrastAgent.YTTERBIUM: 61.33,
    ContrastAgent.HAFNIUM: 65.35,
    ContrastAgent.TANTALUM: 67.42,
    ContrastAgent.TUNGSTEN: 69.53,
    ContrastAgent.GOLD: 80.73,
    ContrastAgent.BISMUTH: 90.53,
}
"""Bearden and Burr, Rev. Mod. Phys. 39 (1967) 125."""
INGREDIENTS = {
    "IODINE": ContrastAgent.IODINE,
    "GADOLINIUM": ContrastAgent.GADOLINIUM,
    "CARBON DIOXIDE": ContrastAgent.NONE,
}
"""Contrast/Bolus Ingredient (0018,1048)."""


def agent_of_ingredients(ingredients: Iterable[str]) -> ContrastAgent:
    """Return the contrast agent that headers name; iodine where they name none.

    Parameters
    ----------
    ingredients : values of Contrast/Bolus Ingredient (0018,1048).

    Raises
    ------
    InputError
        when one is named whose slopes are not known here, such as barium or xenon.
    """
    agents = set()
    for text in ingredients:
        agent = INGREDIENTS.get(text.strip().upper())
        if agent is None:
            raise InputError(
                f"Contrast/Bolus Ingredient (0018,1048) says '{text}', expected IODINE: spectral maps need "
                "iodine or no contrast agent"
            )
        agents.add(agent)
    others = sorted(agents - {ContrastAgent.IODINE})
    return others[0] if others else ContrastAgent.IODINE


def require_iodine(agent: ContrastAgent) -> None:
    """Pass for iodine and for examinations without contrast agent.

    Raises
    ------
    InputError
        for every other agent: its K-edge lies among the energies of CT, so that no map here would be true.
    """
    if agent not in (ContrastAgent.NONE, ContrastAgent.IODINE):
        raise InputError(
            f"the contrast agent is {agent.value}, whose K-edge at {K_EDGE_KEV[agent]:g} keV lies among the energies "
            "of CT: spectral maps need iodine or no contrast agent"
        )


def require_above_iodine_edge(kvp: float) -> None:
    """Pass for tube voltages whose photons see iodine above its K-edge.

    Raises
    ------
    InputError
        for a tube voltage so low that iodine would hardly show, as in the low image of contrast mammography.
    """
    edge = K_EDGE_KEV[ContrastAgent.IODINE]
    if not kvp > edge:
        raise InputError(
            f"{kvp:g} kVp lies below the K-edge of iodine ({edge:g} keV), where iodine hardly differs from tissue: "
            "give an image of a higher tube voltage"
        )
