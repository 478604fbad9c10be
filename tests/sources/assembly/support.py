"""Names in cloud assemblies written by hand, and the paths of nested stacks."""

from __future__ import annotations

STACK = "Stack.template.json"


A, B = "A.nested.template.json", "B.nested.template.json"


MANIFEST = "The manifest manifest.json of the cloud assembly cannot be read"


ASSETS = "The asset manifest of Stack.template.json cannot be read"


METADATA = "The metadata of Stack.template.json cannot be read"


ELSEWHERE = "The template of this nested stack is given by URL, or as an asset that was not found."


def resource_of(name: str) -> str:
    """Return the construct path of the resource of a NestedStack, below its stack."""
    inside, _, last = f"/{name}".rpartition("/")
    return f"{inside.removeprefix('/')}/{last}.NestedStack/{last}.NestedStackResource".removeprefix("/")


MODE = "awsvpc-network-mode"
