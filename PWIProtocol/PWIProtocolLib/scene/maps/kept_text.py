"""Text that names nodes by their ID, kept in a node so that the names hold after loading, whatever IDs change to."""

from __future__ import annotations

import re
from typing import Any

NODE_ID = re.compile(r"vtkMRML\w+")
ROLE = "PWIProtocol "
"""A node that refers to another one is told its new ID when the scene is loaded beside another; the name of the
reference holds the ID that stands in the text."""


def refer_to_named(node: Any, text: str) -> None:
    """Make a node refer to all nodes that a text names."""
    named = set(NODE_ID.findall(text))
    roles = [node.GetNthNodeReferenceRole(at) for at in range(node.GetNumberOfNodeReferenceRoles())]
    for role in roles:
        if role.startswith(ROLE) and role.removeprefix(ROLE) not in named:
            node.RemoveNodeReferenceIDs(role)
    scene = node.GetScene()
    for each in sorted(named):
        if scene.GetNodeByID(each) is not None:
            node.SetNodeReferenceID(ROLE + each, each)


def with_present_ids(node: Any, text: str) -> str:
    """Return a text that was kept in a node, naming nodes by the IDs that they have now."""

    def present(found: re.Match[str]) -> str:
        return node.GetNodeReferenceID(ROLE + found.group()) or found.group()

    return NODE_ID.sub(present, text)
