"""Templates as stacks deploy them, and where their resources come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ..cloudformation.declarations import Declarations
from .address import AddressKind
from .inline_exemption import Acknowledgement, InlineExemption
from .language import CLOUDFORMATION, Language
from .notice import Notice
from .place import Place, nowhere


class Origin(NamedTuple):
    """What only the reader of a template knows about a resource.

    Attributes:
        address: see ``Resource``.
        place_of: see ``Resource``.
        acknowledged: see ``Resource``.
        language: see ``Resource``.
        exemptions: see ``Resource``.
        address_kind: see ``Resource``.
    """

    address: str
    place_of: Callable[[str], Place] = nowhere
    acknowledged: Mapping[str, Acknowledgement] = {}
    language: Language = CLOUDFORMATION
    exemptions: Sequence[InlineExemption] = ()
    address_kind: AddressKind = AddressKind.PATH


class StackTemplate(NamedTuple):
    """A template, as one stack deploys it.

    Attributes:
        name: its file, relative to the assembly.
        path: the construct path of the stack.
        body: the parsed template, with ``Resources`` that are a mapping; None if it cannot be read.
        declarations: what its expressions refer to, its parameters as its parent gives them.
        sha256: the digest of the file.
        notices: what could not be read.
        read_too: the logical ids of the nested stacks and other deployers whose templates are all read too.
        origin_of: where a logical id comes from.
        account: the AWS account it is deployed to, where that is known.
        partly_read: the logical ids of those that also deploy a template which is not read.
        in_cdk: whether a CDK app has synthesized it.
    """

    name: str
    path: str
    body: Mapping[str, Any] | None
    declarations: Declarations
    sha256: str | None = None
    notices: tuple[Notice, ...] = ()
    read_too: Collection[str] = ()
    origin_of: Callable[[str], Origin] = Origin
    account: str | None = None
    partly_read: Collection[str] = ()
    in_cdk: bool = False
