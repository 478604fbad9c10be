"""Surroundings without an account: what AWS would return is given."""

from __future__ import annotations

from typing import Any

from ecs_guard_aspects.gates.account.plans.revision_plan import RevisionPlan, plan_revision
from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.sources.account.calls import CallError, Calls
from ecs_guard_aspects.sources.account.scheduled_targets import RuleTarget
from ecs_guard_aspects.sources.account.surroundings import Answer, Definition, Instance, PlanClients, Surroundings
from ecs_guard_aspects.sources.api_language import REVISION

ACCOUNT, REGION = "123456789012", "eu-west-1"
NO_OPTIONS, POLICY = FixOptions(), Policy()
PROD = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/prod"
INSTANCES = [
    Instance("i-1", "asg", "vpc-1", "subnet-1", ("sg-1",)),
    Instance("i-2", None, "vpc-1", "subnet-2", ("sg-1",)),
]
CONTAINER: Answer = {
    "name": "app",
    "image": "shop:1",
    "user": "1000",
    "environment": [{"name": "PASSWORD", "value": "hunter2"}],
    "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
}


def arn(name: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}"


def described(name: str = "web:1", **more: Any) -> Answer:
    """Return a revision as ``DescribeTaskDefinition`` has it."""
    family, _, revision = name.partition(":")
    own = {"taskDefinitionArn": arn(name), "family": family, "revision": int(revision), "status": "ACTIVE"}
    return {**own, "networkMode": "bridge", "compatibilities": ["EC2"], "containerDefinitions": [CONTAINER], **more}


def service(name: str = "web", **more: Any) -> Answer:
    """Return a service that has deployed ``web:1``."""
    deployed = more.get("taskDefinition", arn("web:1"))
    primary = {"status": "PRIMARY", "taskDefinition": deployed}
    return {
        "serviceName": name,
        "clusterArn": PROD,
        "taskDefinition": deployed,
        "desiredCount": 2,
        "deployments": [primary],
        **more,
    }


def task(**more: Any) -> Answer:
    """Return a task of ``web:1`` that no service has started."""
    own = {"taskArn": f"{PROD}/1".replace("cluster", "task"), "clusterArn": PROD, "taskDefinitionArn": arn("web:1")}
    return {**own, "lastStatus": "RUNNING", "launchType": "EC2", "group": "family:web", **more}


def rule_target(task_definition: str = arn("web:1"), **more: Any) -> RuleTarget:
    target = {"Id": "1", "Arn": PROD, "RoleArn": "arn:aws:iam::1:role/x", "Input": '{"token": "hunter3"}'}
    return RuleTarget("nightly", "default", {**target, "EcsParameters": {"TaskDefinitionArn": task_definition, **more}})


def schedule(task_definition: str = arn("web:1"), **more: Any) -> Answer:
    target = {"Arn": PROD, "RoleArn": "arn:aws:iam::1:role/x", "EcsParameters": {"TaskDefinitionArn": task_definition}}
    return {"Name": "hourly", "GroupName": "default", "Target": target, "ScheduleExpression": "rate(1 hour)", **more}


def pipe(task_definition: str = arn("web:1"), **more: Any) -> Answer:
    parameters = {"EcsTaskParameters": {"TaskDefinitionArn": task_definition}, "InputTemplate": "hunter4"}
    own = {"Name": "orders", "RoleArn": "arn:aws:iam::1:role/x", "Target": PROD, "Source": "arn:aws:sqs:x:y:q"}
    return {**own, "TargetParameters": parameters, **more}


class Given(Surroundings):
    """Surroundings that are given; what is an exception is raised."""

    def __init__(self, definition: Answer | None = None, tags: Any = (), **given: Any) -> None:
        super().__init__(PlanClients(*[None] * 8), Calls(lambda: None, lambda: False))
        self.given = {"instances": INSTANCES, "groups": {}, "records": {}, "subnets": [], "public": [], **given}
        self._definition = None if definition is None else Definition(definition, list(tags))
        for name in ("services", "tasks", "rule_targets", "schedules", "pipes", "pipelines", "unread"):
            self.__dict__[name] = list(given.get(name, ()))

    def definition(self, arn: str) -> Definition | None:
        return self._definition

    def instances(self, cluster: str) -> list[Instance]:
        found: list[Instance] = _raised(self.given["instances"])
        return found

    def subnets(self, ids: Any) -> Any:
        return _raised(self.given["subnets"])

    def public_subnets(self, ids: Any, vpc: str) -> list[str]:
        return [each for each in ids if each in _raised(self.given["public"])]

    def target_type(self, arn: str) -> Any:
        return _raised(self.given["groups"].get(arn))

    def dns_records(self, arn: str) -> Any:
        return _raised(self.given["records"].get(arn))


def _raised(value: Any) -> Any:
    if isinstance(value, CallError):
        raise value
    return value


def planned(
    surroundings: Surroundings, options: FixOptions = NO_OPTIONS, policy: Policy = POLICY, name: str = "web:1"
) -> RevisionPlan:
    """Return the plan for a revision."""
    usage = Usage(REGION, "ACTIVE", ("service web in cluster prod (primary deployment)",))
    revision = Resource(arn(name), TASK_DEFINITION, {}, account=ACCOUNT, language=REVISION, usage=usage)
    return plan_revision(revision, REGION, policy, options, surroundings)


ELSEWHERE = FixOptions(run_elsewhere=True)


DENIED = CallError("permission x:Y is missing")


NETWORK = {
    "awsvpcConfiguration": {
        "assignPublicIp": "DISABLED",
        "securityGroups": ["sg-1"],
        "subnets": ["subnet-1", "subnet-2"],
    }
}


def calls_of(plan: RevisionPlan) -> list[str]:
    return [" ".join(command.words[1:3]) for command in plan.commands]


def option(plan: RevisionPlan, call: str, name: str, commands: str = "commands") -> str:
    words = next(each.words for each in getattr(plan, commands) if call in each.words)
    found: str = words[words.index(name) + 1]
    return found
