"""The organization conformance pack as a construct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jsii
from aws_cdk import Stack, Token
from aws_cdk.aws_config import CfnOrganizationConformancePack
from aws_cdk.aws_s3 import CfnBucket
from constructs import Construct, IValidation

from ..policy.errors import PolicyError
from ..policy.policy import Policy
from .conformance_pack import conformance_pack
from .organization_conformance_pack import BUCKET_PREFIX, DEFAULT_NAME, account_ids, bucket_name, pack_name

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket


class EcsGuardOrganizationPack(Construct):
    """The policy as a Config rule in all accounts of an organization, those to come included.

    Deploy it in the management account or that of a delegated administrator, in each Region that runs tasks; AWS Config
    must record ``AWS::ECS::TaskDefinition`` there.

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
        """Make the pack.

        Args:
            scope: the stack it is in.
            id: its id there.
            policy: what it is to demand; ``Policy.from_context`` of the scope if left out.
            name: what the pack is called; another name is another pack, and the old one goes.
            excluded_accounts: accounts that do not get it.
            delivery_bucket: where AWS Config keeps what it makes of the pack, if not in a bucket of its own: a bucket,
                or the name of one, that begins with ``awsconfigconforms``.
            managed_rules: whether AWS's own rules for the same checks are in it as well, where there are any.

        Raises:
            PolicyError: if Guard cannot say the policy, or AWS Config takes no such name, account or bucket.
        """
        super().__init__(scope, id)
        accounts = list(excluded_accounts)
        literal = [account for account in accounts if not Token.is_unresolved(account)]
        account_ids(literal)
        self.pack = CfnOrganizationConformancePack(
            self,
            "Resource",
            organization_conformance_pack_name=name if Token.is_unresolved(name) else pack_name(name),
            template_body=conformance_pack(policy or Policy.from_context(self), managed_rules=managed_rules),
            excluded_accounts=accounts or None,
            delivery_s3_bucket=_name_of(delivery_bucket),
        )
        if delivery_bucket is not None and not isinstance(delivery_bucket, str):
            # Its policy, too: before that AWS Config may not write to it, and the pack fails to be made.
            self.pack.node.add_dependency(delivery_bucket)
            self.node.add_validation(_DeliveryBucket(delivery_bucket))


def _name_of(bucket: IBucket | str | None) -> str | None:
    if bucket is None:
        return None
    name = bucket if isinstance(bucket, str) else bucket.bucket_name
    return name if Token.is_unresolved(name) else bucket_name(name)


@jsii.implements(IValidation)
class _DeliveryBucket:
    """Whether AWS Config takes the name of a bucket of the app: known once nothing changes any more."""

    def __init__(self, bucket: IBucket) -> None:
        self._bucket = bucket

    def validate(self) -> list[str]:
        """Return what is wrong with the name: CloudFormation would make one up that AWS Config does not take."""
        resource = self._bucket.node.default_child
        if not isinstance(resource, CfnBucket):
            return []
        name = Stack.of(resource).resolve(resource.bucket_name)
        if name is None:
            path = self._bucket.node.path
            return [f"the delivery bucket {path} has no bucket_name: give it one that begins with {BUCKET_PREFIX}"]
        try:
            if isinstance(name, str):
                bucket_name(name)
        except PolicyError as error:
            return [str(error)]
        return []
