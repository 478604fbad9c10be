"""Conformance pack: a template of Config rules for one account or, from S3, for an organization.

https://docs.aws.amazon.com/config/latest/developerguide/conformance-packs.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configrule.html
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from ..policy.policy import Policy
from .guard_rules import denied_checks, guard_rules, origin_of
from .limits import PACK_BODY, within
from .managed_rules import MANAGED_RULES, ManagedRule

_TASK_DEFINITIONS = "AWS::ECS::TaskDefinition"

_GENERATED_RULE = """\
  EcsGuard:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: ecs-guard
      Description: The task definition complies with the policy of ecs-guard.
      Scope:
        ComplianceResourceTypes:
          - {scope}
      Source:
        Owner: CUSTOM_POLICY
        SourceDetails:
          - EventSource: aws.config
            MessageType: ConfigurationItemChangeNotification
          - EventSource: aws.config
            MessageType: OversizedConfigurationItemChangeNotification
        CustomPolicyDetails:
          EnableDebugLogDelivery: false
          PolicyRuntime: guard-2.x.x
          PolicyText: |
"""


def conformance_pack(policy: Policy, *, managed_rules: bool = False) -> str:
    """Return a conformance pack, as YAML, with the policy as one Config rule.

    Args:
        policy: the policy.
        managed_rules: whether the pack also contains the AWS managed rules for the same checks.

    Raises:
        PolicyError: see ``guard_rules``; also if the pack is larger than AWS Config allows.
    """
    resources = _GENERATED_RULE.format(scope=_TASK_DEFINITIONS) + indent(guard_rules(policy), " " * 12)
    if managed_rules:
        managed = (MANAGED_RULES[check.id] for check in denied_checks(policy) if check.id in MANAGED_RULES)
        resources += "".join(line for rule in managed for line in _managed(rule))
    return within(f"# Conformance pack of ecs-guard ({origin_of(policy)})\nResources:\n{resources}", PACK_BODY)


def _managed(rule: ManagedRule) -> Iterator[str]:
    logical_id = "".join(word.capitalize() for word in rule.identifier.split("_"))
    yield f"""\
  {logical_id}:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: {rule.name}
      Scope:
        ComplianceResourceTypes:
          - {_TASK_DEFINITIONS}
"""
    if rule.parameters:
        yield "      InputParameters:\n"
        yield from (f'        {name}: "{value}"\n' for name, value in rule.parameters)
    yield f"""\
      Source:
        Owner: AWS
        SourceIdentifier: {rule.identifier}
"""
