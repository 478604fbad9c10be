"""The policy for all accounts of an organization: a CloudFormation template with an organization conformance pack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-organizationconformancepack.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from textwrap import indent

from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .conformance_pack import conformance_pack

DEFAULT_NAME = "ecs-guard"
BUCKET_PREFIX = "awsconfigconforms"

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_BUCKET = re.compile(rf"{BUCKET_PREFIX}[-.a-z0-9]{{0,{63 - len(BUCKET_PREFIX)}}}")
_MOST_EXCLUDED = 1000


def organization_conformance_pack(
    policy: Policy,
    *,
    name: str = DEFAULT_NAME,
    excluded_accounts: Sequence[str] = (),
    delivery_bucket: str | None = None,
    managed_rules: bool = False,
) -> str:
    """Return a CloudFormation template, as YAML, for the management account or a delegated administrator.

    Args:
        policy: what the pack is to demand.
        name: what the pack is called.
        excluded_accounts: accounts that do not get it.
        delivery_bucket: the S3 bucket where AWS Config keeps what it makes of the pack; its own one if left out.
        managed_rules: whether AWS's own rules for the same checks are in it as well, where there are any.

    Raises:
        PolicyError: where ``conformance_pack`` does, or if a name, an account or the bucket is none that AWS takes.
    """
    properties = [f"OrganizationConformancePackName: {pack_name(name)}"]
    accounts = account_ids(excluded_accounts)
    if accounts:
        properties += ["ExcludedAccounts:", *(f"  - {json.dumps(account)}" for account in accounts)]
    if delivery_bucket is not None:
        properties.append(f"DeliveryS3Bucket: {bucket_name(delivery_bucket)}")
    properties.append("TemplateBody: |")
    body = conformance_pack(policy, managed_rules=managed_rules)
    return f"""\
AWSTemplateFormatVersion: "2010-09-09"
Description: The policy of ecs-guard for Amazon ECS task definitions, in all accounts of the organization
Resources:
  EcsGuardPack:
    Type: AWS::Config::OrganizationConformancePack
    Properties:
{indent(chr(10).join(properties), " " * 6)}
{indent(body, " " * 8)}"""


def pack_name(name: str) -> str:
    """Return a name that AWS Config takes.

    Raises:
        PolicyError: if it takes no such name.
    """
    if not _NAME.fullmatch(name):
        raise PolicyError(
            f"the name of the pack is {name!r}: AWS Config takes a letter, then letters, digits and '-', 128 at most"
        )
    return name


def account_ids(accounts: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of accounts, each once.

    Raises:
        PolicyError: if one is none, or if there are more than AWS Config takes.
    """
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise PolicyError(f"excluded account {account!r}: an account id has 12 digits, such as 111122223333")
    distinct = tuple(dict.fromkeys(accounts))
    if len(distinct) > _MOST_EXCLUDED:
        raise PolicyError(f"{len(distinct)} excluded accounts: AWS Config takes {_MOST_EXCLUDED:,} at most")
    return distinct


def bucket_name(name: str) -> str:
    """Return the name of a bucket that AWS Config delivers a pack to.

    Raises:
        PolicyError: if it delivers to no bucket of this name.
    """
    if not _BUCKET.fullmatch(name):
        raise PolicyError(
            f"the delivery bucket is {name!r}: AWS Config delivers only to a bucket whose name begins with"
            f" {BUCKET_PREFIX}, all in lower case, 63 characters at most"
        )
    return name
