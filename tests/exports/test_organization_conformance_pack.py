"""The conformance pack of an organization: the pack as it is, who gets it, and what AWS Config does not accept."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.exports.conformance_pack import conformance_pack
from ecs_guard_aspects.exports.organization_conformance_pack import organization_conformance_pack
from ecs_guard_aspects.policy import Policy, PolicyError

from ..policy.support import STRICT
from .test_conformance_pack import HOSTILE, resources


def test_the_organization_gets_the_pack_as_it_is() -> None:
    text = organization_conformance_pack(HOSTILE, managed_rules=True)
    assert resources(text) == {
        "EcsGuardPack": {
            "OrganizationConformancePackName": "ecs-guard",
            "TemplateBody": conformance_pack(HOSTILE, managed_rules=True),
        }
    }


def test_who_gets_it_and_where_it_is_kept() -> None:
    text = organization_conformance_pack(
        Policy(),
        name="platform-ecs",
        excluded_accounts=["000000000012", "111122223333", "000000000012"],
        delivery_bucket="awsconfigconforms-platform",
    )
    properties = resources(text)["EcsGuardPack"]
    assert properties.pop("TemplateBody") == conformance_pack(Policy())
    assert properties == {
        "OrganizationConformancePackName": "platform-ecs",
        "ExcludedAccounts": ["000000000012", "111122223333"],
        "DeliveryS3Bucket": "awsconfigconforms-platform",
    }


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint

    organization = organization_conformance_pack(
        STRICT, excluded_accounts=["111122223333"], delivery_bucket="awsconfigconforms-platform", managed_rules=True
    )
    body = resources(organization)["EcsGuardPack"]["TemplateBody"]
    assert [str(match) for text in (organization, body) for match in lint(text)] == []
    assert {match.rule.id for match in lint(body.replace("Source:", "Sauce:", 1))} == {"E3002", "E3003"}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": "1pack"}, "the name of the pack is '1pack': it must be a letter, then"),
    ({"name": ""}, "the name of the pack is ''"),
    ({"name": "a" * 129}, "128 at most"),
    ({"name": "pack\n"}, "the name of the pack is"),
    ({"excluded_accounts": ["1234"]}, "excluded account '1234': an account id has 12 digits"),
    ({"excluded_accounts": ["\u0661" * 12]}, "excluded account"),
    (
        {"excluded_accounts": [f"{n:012}" for n in range(1001)]},
        "1001 excluded accounts: the limit of AWS Config is 1,000",
    ),
    (
        {"delivery_bucket": "logs"},
        "the delivery bucket is 'logs': AWS Config delivers only to a bucket whose name begins",
    ),
    ({"delivery_bucket": "awsconfigconforms-x: y"}, "the delivery bucket is"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_an_organization_cannot_be_given(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        organization_conformance_pack(Policy(), **options)
