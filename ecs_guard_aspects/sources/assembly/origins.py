"""Origins of resources: the construct path, the line of code and the acknowledgements behind a logical id."""

from __future__ import annotations

from ...model.address import AddressKind
from ...model.language import template_language
from ...model.place import NOWHERE, Place
from ...model.template import Origin
from .language import cdk_language
from .metadata import ConstructMetadata

TEMPLATE = ".template.json"
"""The end of the name of each template that the CDK writes."""

UNKNOWN = "<"
"""The part of an address after the stack, if the construct of a resource is not known."""


class Origins:
    """The constructs behind the resources of one template.

    Args:
        metadata: the metadata of the stack.
        path: the construct path of the stack that deploys the template.
        name: the name of the template file.
        code: the language of the app, if it is known.
        is_own: whether the template was written from the constructs at ``path``. Other templates that a resource
            deploys have no constructs, and can have the same logical ids.
    """

    def __init__(
        self,
        metadata: ConstructMetadata,
        path: str,
        name: str,
        code: str | None = None,
        *,
        is_own: bool = True,
    ) -> None:
        self._metadata = metadata
        self._path = path
        self._name = name
        self._code = code
        self._is_own = is_own
        # A custom synthesizer writes templates as assets too. An asset of the user has the name that the CDK gives it.
        self._is_by_cdk = is_own or name.endswith(TEMPLATE)

    def of(self, logical_id: str) -> Origin:
        """Return where a resource comes from."""
        known = self._known_path_of(logical_id)
        address = known or self._unknown_path_of(logical_id)
        made_at = self._metadata.made_at(known) if known is not None else NOWHERE
        place = made_at if made_at.file is not None else Place(self._name)
        return Origin(
            address,
            lambda location: place,
            self._metadata.acknowledged_at(address),
            cdk_language(address, made_at.file, self._code) if self._is_by_cdk else template_language(self._name),
            address_kind=AddressKind.UNCERTAIN if known is None else AddressKind.PATH,
        )

    def path_of(self, logical_id: str) -> str:
        """Return the construct path of a resource. The path of an unknown construct never equals that of another."""
        return self._known_path_of(logical_id) or self._unknown_path_of(logical_id)

    def _unknown_path_of(self, logical_id: str) -> str:
        return f"{self._path}/{UNKNOWN}{logical_id}>"

    def _known_path_of(self, logical_id: str) -> str | None:
        path = self._metadata.path_in(self._path, logical_id) if self._is_own else None
        return path if path is not None and path.startswith(f"{self._path}/") else None
