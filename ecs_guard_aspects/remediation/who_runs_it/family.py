"""Where a text may be the family of a task definition, and where it is only what something is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from .expressions import HOLE, may_be_equal

_NAME = r"[A-Za-z0-9_-]"
_ARN = re.compile(r"(?:^|[:/])task-definition/")
_REVISION = re.compile(rf":(\d+|{HOLE})$")
_LEAST_KNOWN = 3
"""How many letters of a family must be written for a longer text to be searched for it."""

# What neither calls ECS nor hands a text on to what does: it keeps, carries, grants, watches or scales something.
_HARMLESS_TYPES = re.compile(
    r"AWS::(?:CDK::Metadata|ApplicationAutoScaling::.*|AutoScaling::(?:ScalingPolicy|LifecycleHook|ScheduledAction)"
    r"|Backup::.*|CertificateManager::.*|CloudFront::.*|CloudWatch::.*|DynamoDB::.*|EC2::(?!Instance$|LaunchTemplate$"
    r"|SpotFleet$|EC2Fleet$).*|ECR::.*|ECS::(?:CapacityProvider|Cluster|ClusterCapacityProviderAssociations)|EFS::.*"
    r"|ElastiCache::.*|ElasticLoadBalancingV2::.*|ElasticLoadBalancing::.*|IAM::.*|KMS::.*|Lambda::Permission"
    r"|Logs::.*|OpenSearchService::.*|RDS::.*|Route53::.*|S3::.*|SNS::.*|SQS::.*|ServiceDiscovery::.*|Synthetics::.*"
    r"|VpcLattice::.*|WAFv2::.*)"
)

# Of types that run something, or are told what to run: where that stands. All else there is a name or a setting.
_TELLING_PLACES = {
    "AWS::ECS::Service": r"TaskDefinition\b.*",
    "AWS::ECS::TaskDefinition": r"ContainerDefinitions\..*\b(?:Command|EntryPoint|Environment|HealthCheck)\b.*",
    "AWS::ECS::TaskSet": r"TaskDefinition\b.*",
    "AWS::Events::Rule": r"Targets\b.*",
    "AWS::Lambda::Function": r"(?:Code|Environment|ImageConfig)\b.*",
    "AWS::Pipes::Pipe": r"(?:TargetParameters|EnrichmentParameters)\b.*",
    "AWS::Scheduler::Schedule": r"Target\b.*",
}

# What something is called, or where it is: not what it runs.
_NAMING_PLACES = re.compile(r"(?:.*\.)?(?:Tags\b.*|Description|\w*Name|Id|RoleArn|Arn|Group|Image)")
_CUSTOM = re.compile(r"Custom::.*|AWS::CloudFormation::CustomResource")


def may_name_a_task(kind: str, location: str) -> bool:
    """Return whether a text at a place of a resource may say which task definition to run."""
    if _CUSTOM.fullmatch(kind):
        return location != "ServiceToken"
    if _HARMLESS_TYPES.fullmatch(kind) or _NAMING_PLACES.fullmatch(location):
        return False
    place = _TELLING_PLACES.get(kind)
    return place is None or re.fullmatch(place, location) is not None


@dataclass(frozen=True)
class Family:
    """The family of a task definition, as a text that may have holes; None if CloudFormation invents one."""

    text: str | None

    def is_in(self, text: str) -> bool:
        """Return whether a text names it, alone or among other words."""
        return (
            self.longest_literal is not None and self.longest_literal in text and self._pattern.search(text) is not None
        )

    def is_run_by(self, text: str) -> bool:
        """Return whether the text, which says what to run, is this family, with a revision or as an ARN too.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        name = _family_in(text)
        return self.text is not None and HOLE not in name + self.text and name == self.text

    def may_be_run_by(self, text: str) -> bool:
        """Return whether what only the deployment knows may make that text this family."""
        name, family = _family_in(text), self.text or HOLE
        if HOLE not in name and not self.text:
            return False
        return may_be_equal(name, family) or may_be_equal(_REVISION.sub("", name), family)

    @cached_property
    def longest_literal(self) -> str | None:
        """The longest part of it that is written; None if so little is that no text is searched for it."""
        if self.text is None or len(self.text.replace(HOLE, "")) < (_LEAST_KNOWN if HOLE in self.text else 1):
            return None
        return max(self.text.split(HOLE), key=len)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = (re.escape(part) for part in (self.text or "").split(HOLE))
        name = rf"(?:{_NAME}|{HOLE})*".join(parts)
        return re.compile(rf"(?<!{_NAME}){name}(?!{_NAME})")


def _family_in(text: str) -> str:
    name = _ARN.split(text)[-1]
    return name if HOLE in name else name.partition(":")[0]
