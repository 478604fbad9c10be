"""Workloads that no check is about are named."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects import Enforcement, Policy, Profile
from ecs_guard_aspects.model.notice import NOT_COVERED
from ecs_guard_aspects.model.resource import DAEMON_TASK_DEFINITION
from ecs_guard_aspects.policy.judging.judge import evaluate_template
from ecs_guard_aspects.sources.cloudformation.not_covered import not_covered

REGISTERS = "arn:aws:states:::aws-sdk:ecs:registerTaskDefinition"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
CALL = '{"service":"ECS","action":"registerTaskDefinition"}'

WORKLOADS: list[tuple[str, dict[str, Any], bool]] = [
    ("AWS::Batch::JobDefinition", {"ContainerProperties": {"Privileged": True}}, True),
    ("AWS::ECS::ExpressGatewayService", {}, True),
    (STATE_MACHINE, {"DefinitionString": f'{{"Resource": "{REGISTERS}"}}'}, True),
    (STATE_MACHINE, {"Definition": {"States": {"A": {"Resource": REGISTERS}}}}, True),
    ("AWS::Serverless::StateMachine", {"Definition": {"States": {"A": {"Resource": REGISTERS}}}}, True),
    (STATE_MACHINE, {"DefinitionString": "arn:aws:states:::ecs:runTask.sync"}, False),
    ("Custom::AWS", {"Create": {"Fn::Join": ["", [CALL, {"Ref": "A"}]]}}, True),
    ("Custom::Mine", {"Create": CALL.replace("registerTask", "registerDaemonTask")}, True),
    ("Custom::Mine", {"Create": "describeTaskDefinition"}, False),
    ("AWS::CloudFormation::CustomResource", {"Call": "RegisterTaskDefinition"}, True),
    ("AWS::Scheduler::Schedule", {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:registerTaskDefinition"}}, True),
    ("AWS::IAM::Policy", {"Action": "ecs:RegisterTaskDefinition"}, False),
    ("AWS::ECS::Service", {}, False),
]


@pytest.mark.parametrize(("kind", "properties", "is_named"), WORKLOADS)
def test_a_workload_is_named(kind: str, properties: dict[str, Any], is_named: bool) -> None:
    notice = not_covered({"Type": kind, "Properties": properties})
    assert (notice is not None and notice.kind == NOT_COVERED) is is_named


@pytest.mark.parametrize("resource", [None, [], {}, {"Type": 5}, {"Type": {"Ref": "A"}}])
def test_what_is_not_a_resource_is_not_named(resource: object) -> None:
    assert not_covered(resource) is None


BATCH = {"Resources": {"J": {"Type": "AWS::Batch::JobDefinition", "Properties": {}}}}


@pytest.mark.parametrize("enforcement", [None, Enforcement.WARN, Enforcement.DENY])
def test_the_policy_says_what_becomes_of_it(enforcement: Enforcement | None) -> None:
    policy = Policy(profile=Profile.STRICT, enforcement={NOT_COVERED: enforcement} if enforcement else {})
    (finding,) = evaluate_template(BATCH, policy)
    assert (finding.check, finding.enforcement) == (NOT_COVERED, enforcement or Enforcement.AUDIT)


def daemon(**container: Any) -> dict[str, Any]:
    properties = {"ContainerDefinitions": [{"Name": "a", "Image": "x", **container}]}
    return {"Resources": {"D": {"Type": DAEMON_TASK_DEFINITION, "Properties": properties}}}


DAEMONS: list[tuple[Profile, dict[str, Any], list[str]]] = [
    (Profile.STRICT, {"Privileged": True, "User": "root"}, ["no-privileged-containers", "non-root-user"]),
    (Profile.SECURITY_HUB, {"User": "root"}, ["non-root-user"]),
    (Profile.STRICT, {"User": "1000"}, []),
    (Profile.STRICT, {"User": {"Ref": "Unknown"}}, ["non-root-user"]),
    (Profile.DEFAULT, {"Privileged": True}, [NOT_COVERED]),
    (Profile.CYSCALE, {"Privileged": True}, [NOT_COVERED]),
]


@pytest.mark.parametrize(("profile", "container", "checks"), DAEMONS)
def test_a_daemon_is_judged_by_what_it_has(profile: Profile, container: dict[str, Any], checks: list[str]) -> None:
    found = evaluate_template(daemon(**container), Policy(profile=profile))
    assert [finding.check for finding in found] == checks
