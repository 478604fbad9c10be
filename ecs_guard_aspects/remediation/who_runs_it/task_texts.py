"""Task texts: the properties whose text may name a task definition to run, by resource type."""

from __future__ import annotations

import re

from ...model.resource import TASK_DEFINITION
from ...model.start import PIPE, RULE, SCHEDULE, SERVICE, TASK_SET

# Resources that neither call ECS nor pass a text on to one that does: they store, transport, grant, watch or scale.
_HARMLESS_TYPES = re.compile(
    r"AWS::(?:CDK::Metadata|ApplicationAutoScaling::.*|AutoScaling::(?:ScalingPolicy|LifecycleHook|ScheduledAction)"
    r"|Backup::.*|CertificateManager::.*|CloudFront::.*|CloudWatch::.*|DynamoDB::.*|EC2::(?!Instance$|LaunchTemplate$"
    r"|SpotFleet$|EC2Fleet$).*|ECR::.*|ECS::(?:CapacityProvider|Cluster|ClusterCapacityProviderAssociations)|EFS::.*"
    r"|ElastiCache::.*|ElasticLoadBalancingV2::.*|ElasticLoadBalancing::.*|IAM::.*|KMS::.*|Lambda::Permission"
    r"|Logs::.*|OpenSearchService::.*|RDS::.*|Route53::.*|S3::.*|SNS::.*|SQS::.*|ServiceDiscovery::.*|Synthetics::.*"
    r"|VpcLattice::.*|WAFv2::.*)"
)

# Resources that run something, or pass on what to run: the properties for that. All others are names or settings.
_RUNNING_PROPERTIES = {
    SERVICE: r"TaskDefinition\b.*",
    TASK_DEFINITION: r"ContainerDefinitions\..*\b(?:Command|EntryPoint|Environment|HealthCheck)\b.*",
    TASK_SET: r"TaskDefinition\b.*",
    RULE: r"Targets\b.*",
    "AWS::Lambda::Function": r"(?:Code|Environment|ImageConfig)\b.*",
    PIPE: r"(?:TargetParameters|EnrichmentParameters)\b.*",
    SCHEDULE: r"Target\b.*",
}

# The name, description or address of a resource, not what it runs.
_NAMES = re.compile(r"(?:.*\.)?(?:Tags\b.*|Description|\w*Name|Id|RoleArn|Arn|Group|Image)")
# Maps whose keys users choose: a key such as TaskFamilyName says nothing about what its value is for.
_FREE_MAP = re.compile(
    r"(?:.*\.)?(?:Variables|Parameters|DefinitionSubstitutions|DefaultArguments|Configuration)\.[^.]+(?:\.Fn::.*)?"
)
# In the configuration of a pipeline's action they name another resource.
_OTHER_NAMES = re.compile(r".*\.(?:ApplicationName|BucketName|ClusterName|RepositoryName|ServiceName)")
_CUSTOM = re.compile(r"Custom::.*|AWS::CloudFormation::CustomResource")


def may_name_a_task(kind: str, location: str) -> bool:
    """Return whether a text at a location in a resource of a type may name a task definition to run."""
    if _CUSTOM.fullmatch(kind):
        return location != "ServiceToken"
    if _HARMLESS_TYPES.fullmatch(kind) or _is_name(location):
        return False
    properties = _RUNNING_PROPERTIES.get(kind)
    return properties is None or re.fullmatch(properties, location) is not None


def _is_name(location: str) -> bool:
    is_free = _FREE_MAP.fullmatch(location) and not _OTHER_NAMES.fullmatch(location)
    return _NAMES.fullmatch(location) is not None and not is_free
