"""Organization conformance pack: a CloudFormation template with the policy for all accounts of an organization.

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
        policy: the policy.
        name: the name of the pack.
        excluded_accounts: accounts that do not get the pack.
        delivery_bucket: the S3 bucket for the artifacts of the pack; AWS Config uses its own bucket if left out.
        managed_rules: whether the pack also contains the AWS managed rules for the same checks.

    Raises:
        PolicyError: see ``conformance_pack``; also if AWS Config does not accept a name, an account id or a bucket
            name.
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
    """Return the name of a pack.

    Raises:
        PolicyError: if AWS Config does not accept it.
    """
    if not _NAME.fullmatch(name):
        raise PolicyError(
            f"the name of the pack is {name!r}: it must be a letter, then letters, digits and '-', 128 at most"
        )
    return name


def account_ids(accounts: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of accounts, each once.

    Raises:
        PolicyError: if one is not an account id, or if there are more than AWS Config allows.
    """
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise PolicyError(f"excluded account {account!r}: an account id has 12 digits, such as 111122223333")
    distinct = tuple(dict.fromkeys(accounts))
    if len(distinct) > _MOST_EXCLUDED:
        raise PolicyError(f"{len(distinct)} excluded accounts: the limit of AWS Config is {_MOST_EXCLUDED:,}")
    return distinct


def bucket_name(name: str) -> str:
    """Return the name of a bucket that AWS Config delivers a pack to.

    Raises:
        PolicyError: if AWS Config does not deliver to a bucket of this name.
    """
    if not _BUCKET.fullmatch(name):
        raise PolicyError(
            f"the delivery bucket is {name!r}: AWS Config delivers only to a bucket whose name begins with"
            f" {BUCKET_PREFIX}, all in lower case, 63 characters at most"
        )
    return name
