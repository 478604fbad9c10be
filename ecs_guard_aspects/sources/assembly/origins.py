"""Origins of resources: the construct path, the line of code and the acknowledgements behind a logical id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.place import Place
from ...model.template import Origin
from .language import cdk_language
from .metadata import ConstructMetadata

UNKNOWN = "<"
"""What follows the stack in an address, if the construct of a resource is not known."""


class Origins:
    """The constructs behind the resources of one template.

    Args:
        metadata: the metadata of the stack.
        path: the construct path of the stack that deploys the template.
        name: the name of the template file.
        resources: the resources of the template.
        code: the language of the app, if it is known.
    """

    def __init__(
        self,
        metadata: ConstructMetadata,
        path: str,
        name: str,
        resources: Mapping[str, Any],
        code: str | None = None,
    ) -> None:
        self._metadata = metadata
        self._path = path
        self._name = name
        self._resources = resources
        self._code = code

    def of(self, logical_id: str) -> Origin:
        """Return where a resource comes from."""
        path = self.path_of(logical_id)
        made_at = self._metadata.made_at(path)
        place = made_at if made_at.file is not None else Place(self._name)
        language = cdk_language(path, made_at.file, self._code)
        return Origin(path, lambda location: place, self._metadata.acknowledged_at(path), language)

    def path_of(self, logical_id: str) -> str:
        """Return the construct path of a resource. The path of an unknown construct never equals that of another."""
        path = self._metadata.path_in(self._path, logical_id) or self._path_in_template(logical_id)
        inside = f"{self._path}/"
        return path if path.startswith(inside) else f"{inside}{UNKNOWN}{logical_id}>"

    def _path_in_template(self, logical_id: str) -> str:
        resource = self._resources.get(logical_id)
        metadata = resource.get("Metadata") if isinstance(resource, Mapping) else None
        return str(metadata.get("aws:cdk:path", "")) if isinstance(metadata, Mapping) else ""
