"""CDK construct: the organization conformance pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jsii
from aws_cdk import Stack, Token
from aws_cdk.aws_config import CfnOrganizationConformancePack
from aws_cdk.aws_s3 import CfnBucket
from constructs import Construct, IValidation

from ..policy.errors import PolicyError
from ..policy.files.choice import policy_without_custom_checks
from ..policy.policy import Policy
from .conformance_pack import conformance_pack
from .organization_conformance_pack import BUCKET_PREFIX, DEFAULT_NAME, account_ids, bucket_name, pack_name

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket


class EcsGuardOrganizationPack(Construct):
    """The policy as a Config rule in all accounts of an organization, new accounts included.

    Deploy it in the management account or in the account of a delegated administrator, in each Region that runs tasks.
    AWS Config must record ``AWS::ECS::TaskDefinition`` there.

    https://docs.aws.amazon.com/config/latest/developerguide/conformance-pack-organization-apis.html

    Attributes:
        pack: the resource.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        policy: Policy | None = None,
        name: str = DEFAULT_NAME,
        excluded_accounts: Sequence[str] = (),
        delivery_bucket: IBucket | str | None = None,
        managed_rules: bool = False,
    ) -> None:
        """Create the pack.

        Args:
            scope: the scope of the construct.
            id: its id in the scope.
            policy: the policy; that of the repository, as for ``EcsGuard``, if left out.
            name: the name of the pack. If you change it, CloudFormation replaces the pack.
            excluded_accounts: accounts that do not get the pack.
            delivery_bucket: the S3 bucket for the artifacts of the pack: a bucket or a name that begins with
                ``awsconfigconforms``. If left out, AWS Config uses a bucket of its own.
            managed_rules: whether the pack also contains the AWS managed rules for the same checks.

        Raises:
            PolicyError: if the policy cannot be expressed as Guard rules, or AWS Config does not accept a name,
                an account id or a bucket name.
        """
        super().__init__(scope, id)
        self.pack = CfnOrganizationConformancePack(
            self,
            "Resource",
            organization_conformance_pack_name=name if Token.is_unresolved(name) else pack_name(name),
            template_body=conformance_pack(
                policy or policy_without_custom_checks(self, EcsGuardOrganizationPack.__name__),
                managed_rules=managed_rules,
            ),
            excluded_accounts=_checked(excluded_accounts) or None,
            delivery_s3_bucket=_name_of(delivery_bucket),
        )
        if delivery_bucket is not None and not isinstance(delivery_bucket, str):
            # The dependency includes the bucket policy: without it AWS Config cannot write, and creation fails.
            self.pack.node.add_dependency(delivery_bucket)
            self.node.add_validation(_DeliveryBucket(delivery_bucket))


def _checked(accounts: Sequence[str]) -> list[str]:
    account_ids([account for account in accounts if not Token.is_unresolved(account)])
    return list(accounts)


def _name_of(bucket: IBucket | str | None) -> str | None:
    if bucket is None:
        return None
    name = bucket if isinstance(bucket, str) else bucket.bucket_name
    return name if Token.is_unresolved(name) else bucket_name(name)


@jsii.implements(IValidation)
class _DeliveryBucket:
    """Validation of the bucket name, which is known only at synthesis."""

    def __init__(self, bucket: IBucket) -> None:
        self._bucket = bucket

    def validate(self) -> list[str]:
        """Return what is wrong with the name: AWS Config does not accept a name that CloudFormation generates."""
        resource = self._bucket.node.default_child
        if not isinstance(resource, CfnBucket):
            return []
        name = Stack.of(resource).resolve(resource.bucket_name)
        if name is None:
            path = self._bucket.node.path
            return [f"the delivery bucket {path} has no bucket_name: set one that begins with {BUCKET_PREFIX}"]
        try:
            if isinstance(name, str):
                bucket_name(name)
        except PolicyError as error:
            return [str(error)]
        return []
