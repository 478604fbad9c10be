"""Inline exemptions and acknowledgements: exceptions that the authors of a resource have written at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .place import NOWHERE, Place


class Acknowledgement(NamedTuple):
    """An acknowledgement of a CDK app: the finding of one check is accepted.

    Attributes:
        address: the construct path it was made on; empty for the app.
        reason: why it is accepted; a blank one does not count.
    """

    address: str
    reason: str


class InlineExemption(NamedTuple):
    """An exemption in a comment or in the metadata of a resource, before the policy has validated it.

    Attributes:
        fields: the fields of an ``Exemption`` by name, as they were written.
        place: where it was written.
        location: where in the resource, if it was written in its metadata.
        problem: why it cannot be parsed, a clause; empty if it can.
    """

    fields: Mapping[str, object]
    place: Place = NOWHERE
    location: str = ""
    problem: str = ""
