"""From where what is in use can be reached: what reaches it, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud import IRELAND, OWN, Cloud, Region, arn

from ..support import said, usage
from .conftest import Read
from .support import ANY, ANY_6, PUBLIC, PUBLIC_6, WEB, awsvpc, classic

REACHED = f"1 task has a public address ({PUBLIC}), and security group sg-1 admits 0.0.0.0/0 on port 80"


def on_instance(
    here: Region, mode: str, *rules: tuple[Any, ...], public: str | None = PUBLIC, id_: str = "i-1", **mapping: Any
) -> None:
    """Run a task on an instance."""
    mappings = [{"containerPort": 80, **mapping}] if mapping else []
    here.register("web:1", mode=mode, containerDefinitions=[{"name": "app", "portMappings": mappings}])
    bindings = mapping.pop("bound", None)
    bound = {"containers": [{"networkBindings": [{"hostPort": bindings, "protocol": "tcp"}]}]} if bindings else {}
    here.run("prod", "web:1", containerInstanceArn=here.launch(id_, public), **bound)
    for rule in rules:
        here.admit("sg-1", *rule)


ADDRESS = f"1 task has a public address ({PUBLIC})"
INSTANCE = f"1 instance has a public address ({PUBLIC})"
RUNS_NONE = "service web runs no task"
SHUT = "no security group of it admits the internet on"
SHUT_80 = f"{ADDRESS}, and {SHUT} port 80"

# What runs, the level, and the reason.
TASKS: list[tuple[str, Callable[[Region], None], str, str]] = [
    ("an open port", lambda here: awsvpc(here, PUBLIC, (ANY, (80, 80))), "internet", REACHED),
    (
        "an open range",
        lambda here: awsvpc(here, PUBLIC, (ANY, (0, 1024))),
        "internet",
        f"{ADDRESS}, and security group sg-1 admits 0.0.0.0/0 on port 80",
    ),
    ("all protocols", lambda here: awsvpc(here, PUBLIC, (ANY, (0, 0), "-1")), "internet", REACHED),
    (
        "two halves of the internet",
        lambda here: awsvpc(here, PUBLIC, ("0.0.0.0/1",), ("128.0.0.0/1",)),
        "internet",
        f"{ADDRESS}, and security group sg-1 admits 0.0.0.0/1 on port 80",
    ),
    (
        "another port",
        lambda here: awsvpc(here, PUBLIC, (ANY, (443, 443))),
        "internal",
        SHUT_80,
    ),
    (
        "another protocol",
        lambda here: awsvpc(here, PUBLIC, (ANY, (80, 80), "udp")),
        "internal",
        SHUT_80,
    ),
    (
        "an office",
        lambda here: awsvpc(here, PUBLIC, ("198.51.100.0/24",)),
        "internal",
        SHUT_80,
    ),
    ("no rule", lambda here: awsvpc(here, PUBLIC), "internal", SHUT_80),
    (
        "IPv6 rules for an IPv4 address",
        lambda here: awsvpc(here, PUBLIC, (ANY_6,)),
        "internal",
        SHUT_80,
    ),
    (
        "IPv6",
        lambda here: awsvpc(here, PUBLIC_6, (ANY_6,)),
        "internet",
        f"1 task has a public address ({PUBLIC_6}), and security group sg-1 admits ::/0 on port 80",
    ),
    (
        "a unique local address",
        lambda here: awsvpc(here, "fd00::1", (ANY_6,)),
        "internal",
        "the tasks have no public address",
    ),
    (
        "a prefix list",
        lambda here: awsvpc(here, PUBLIC, ("pl-1",)),
        "unknown",
        f"{ADDRESS}, and security group sg-1 admits prefix list pl-1 on port 80, whose addresses are not read",
    ),
    ("no address", lambda here: awsvpc(here, None, (ANY,)), "internal", "the tasks have no public address"),
    (
        "no declared ports",
        lambda here: awsvpc(here, PUBLIC, (ANY, (22, 22)), containerDefinitions=[{"name": "app"}]),
        "internet",
        f"{ADDRESS}, and security group sg-1 admits 0.0.0.0/0 on port 22; the task definition names no ports",
    ),
    (
        "a range of ports",
        lambda here: awsvpc(
            here,
            PUBLIC,
            (ANY, (8005, 8005)),
            containerDefinitions=[{"name": "app", "portMappings": [{"containerPortRange": "8000-8010"}]}],
        ),
        "internet",
        f"{ADDRESS}, and security group sg-1 admits 0.0.0.0/0 on port 8005",
    ),
    (
        "host, a public instance",
        lambda here: on_instance(here, "host", (ANY,), hostPort=80),
        "internet",
        f"{INSTANCE}, and security group sg-1 admits 0.0.0.0/0 on port 80",
    ),
    (
        "host, a private instance",
        lambda here: on_instance(here, "host", (ANY,), public=None, hostPort=80),
        "internal",
        "the instances have no public address",
    ),
    (
        "bridge, a dynamic port that is bound",
        lambda here: on_instance(here, "bridge", (ANY, (32768, 32768)), hostPort=0, bound=32768),
        "internet",
        f"{INSTANCE}, and security group sg-1 admits 0.0.0.0/0 on port 32768",
    ),
    (
        "bridge, another dynamic port",
        lambda here: on_instance(here, "bridge", (ANY, (32769, 32769)), hostPort=0, bound=32768),
        "internal",
        f"{INSTANCE}, and {SHUT} port 32768",
    ),
    (
        "bridge, a dynamic port that is not bound yet",
        lambda here: on_instance(here, "bridge", (ANY, (40000, 40010)), hostPort=0),
        "internet",
        f"{INSTANCE}, and security group sg-1 admits 0.0.0.0/0 on ports 40000-40010",
    ),
    (
        "bridge without ports",
        lambda here: on_instance(here, "bridge", (ANY,)),
        "internal",
        "its containers publish no ports",
    ),
    ("no network", lambda here: on_instance(here, "none", (ANY,)), "internal", "its network mode is none"),
    (
        "a daemon",
        lambda here: here.run("prod", "x", taskDefinitionArn=here.register_daemon("web:1")),
        "unknown",
        "it is a daemon, and the network of daemons is not read",
    ),
    (
        "ECS Anywhere",
        lambda here: on_instance(here, "host", id_="mi-1", hostPort=80),
        "unknown",
        "instance mi-1 is not in EC2, so its network is not known",
    ),
    (
        "an instance that is gone",
        lambda here: (on_instance(here, "host", hostPort=80), here.instances.clear()),  # type: ignore[func-returns-value]
        "unknown",
        "instance i-1 does not exist any more",
    ),
    (
        "a task that starts",
        lambda here: (here.register("web:1", mode="awsvpc"), here.run("prod", "web:1", lastStatus="PROVISIONING")),  # type: ignore[func-returns-value]
        "unknown",
        "a task has no network interface yet",
    ),
    (
        "a security group that is gone",
        lambda here: (awsvpc(here), here.groups.clear()),  # type: ignore[func-returns-value]
        "unknown",
        f"{ADDRESS}, and security group sg-1 does not exist any more",
    ),
]


@pytest.mark.parametrize(("set_up", "level", "reason"), [row[1:] for row in TASKS], ids=[row[0] for row in TASKS])
def test_tasks(cloud: Cloud, read: Read, set_up: Callable[[Region], None], level: str, reason: str) -> None:
    set_up(cloud.region())
    document = read()
    exposure = usage(document).exposure
    assert (exposure.level.value, exposure.reasons) == (level, (reason,))
    assert said(document) == []
    assert [(one.cluster, one.level.value) for one in usage(document).clusters] == [("prod", level)]


def serve(here: Region, *balancers: Any, mode: str = "bridge", **more: Any) -> None:
    here.register("web:1", mode=mode, containerDefinitions=WEB)
    here.serve("prod", "web", "web:1", loadBalancers=list(balancers), **more)


def network(public: str = "ENABLED", *groups: str) -> dict[str, Any]:
    return {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": public, "securityGroups": list(groups)}}


def admitting(here: Region, balancer: dict[str, Any], *rule: Any) -> dict[str, Any]:
    here.admit("sg-1", *rule)
    return balancer


FACING = "load balancer web is internet-facing (HTTPS 443)"

# The service, the level, and the reasons.
SERVICES: list[tuple[str, Callable[[Region], None], str, tuple[str, ...]]] = [
    ("no security group", lambda here: serve(here, here.balance("web")), "internet", (FACING,)),
    (
        "an open listener",
        lambda here: serve(here, admitting(here, here.balance("web", group="sg-1"), ANY, (443, 443))),
        "internet",
        (f"{FACING}, and security group sg-1 admits 0.0.0.0/0 on port 443",),
    ),
    (
        "a listener for an office",
        lambda here: serve(here, admitting(here, here.balance("web", group="sg-1"), "198.51.100.0/24", (443, 443))),
        "internal",
        (f"{FACING}, and {SHUT} port 443", RUNS_NONE),
    ),
    (
        "a listener for CloudFront",
        lambda here: serve(here, admitting(here, here.balance("web", group="sg-1"), "pl-1", (443, 443))),
        "unknown",
        (f"{FACING}, and security group sg-1 admits prefix list pl-1 on port 443, whose addresses are not read",),
    ),
    (
        "internal",
        lambda here: serve(here, here.balance("web", "internal")),
        "internal",
        ("load balancer web is internal", RUNS_NONE),
    ),
    (
        "no listeners",
        lambda here: serve(here, here.balance("web", port=None)),
        "internal",
        ("load balancer web has no listeners", RUNS_NONE),
    ),
    (
        "one of each",
        lambda here: serve(here, here.balance("in", "internal"), here.balance("web")),
        "internet",
        (FACING,),
    ),
    (
        "a classic one",
        lambda here: serve(here, admitting(here, classic(here))),
        "internet",
        ("load balancer old is internet-facing (HTTP 80), and security group sg-1 admits 0.0.0.0/0 on port 80",),
    ),
    (
        "a classic internal one",
        lambda here: serve(here, classic(here, "internal")),
        "internal",
        ("load balancer old is internal", RUNS_NONE),
    ),
    (
        "a classic one that is gone",
        lambda here: serve(here, {"loadBalancerName": "old"}),
        "unknown",
        ("load balancer old does not exist any more",),
    ),
    (
        "a target group that is gone",
        lambda here: serve(here, {"targetGroupArn": "arn:x:targetgroup/web/1"}),
        "unknown",
        ("target group arn:x:targetgroup/web/1 does not exist any more",),
    ),
    (
        "blue and green",
        lambda here: serve(
            here,
            {
                **here.balance("in", "internal"),
                "advancedConfiguration": {"alternateTargetGroupArn": here.balance("web")["targetGroupArn"]},
            },
        ),
        "internet",
        (FACING,),
    ),
    (
        "public addresses to come",
        lambda here: (
            here.admit("sg-2"),
            serve(here, mode="awsvpc", networkConfiguration=network("ENABLED", "sg-2"), desiredCount=0),
        ),  # type: ignore[func-returns-value]
        "internet",
        ("service web gives its tasks public addresses, and security group sg-2 admits 0.0.0.0/0 on port 80",),
    ),
    (
        "private addresses to come",
        lambda here: serve(here, mode="awsvpc", networkConfiguration=network("DISABLED", "sg-2")),
        "internal",
        ("service web gives its tasks no public address",),
    ),
    (
        "the default security group",
        lambda here: serve(here, mode="awsvpc", networkConfiguration=network()),
        "unknown",
        ("service web gives its tasks public addresses and the default security group of the VPC, which is not read",),
    ),
    (
        "an external controller: its task set has the load balancer",
        lambda here: serve(
            here,
            deploymentController={"type": "EXTERNAL"},
            taskSets=[{"taskDefinition": arn("web:1"), "status": "PRIMARY", "loadBalancers": [here.balance("web")]}],
        ),
        "internet",
        (FACING,),
    ),
    (
        "CodeDeploy: the task set that is being replaced",
        lambda here: serve(
            here,
            here.balance("in", "internal"),
            deploymentController={"type": "CODE_DEPLOY"},
            taskSets=[{"taskDefinition": arn("web:1"), "status": "ACTIVE", "loadBalancers": [here.balance("web")]}],
        ),
        "internet",
        (FACING,),
    ),
]


@pytest.mark.parametrize(
    ("set_up", "level", "reasons"), [row[1:] for row in SERVICES], ids=[row[0] for row in SERVICES]
)
def test_services(
    cloud: Cloud, read: Read, set_up: Callable[[Region], None], level: str, reasons: tuple[str, ...]
) -> None:
    set_up(cloud.region())
    document = read()
    exposure = usage(document).exposure
    assert (exposure.level.value, exposure.reasons) == (level, reasons)
    assert said(document) == []


def test_a_public_load_balancer_reaches_tasks_without_a_public_address(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    awsvpc(here, None)
    here.serve("prod", "web", "web:1", loadBalancers=[here.balance("web")])
    assert usage(read()).exposure.reasons == (FACING,)


def test_two_revisions_of_a_deployment_and_two_clusters(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    for name in ("web:1", "web:2"):
        here.register(name, "INACTIVE" if name == "web:1" else "ACTIVE", containerDefinitions=WEB)
    deployments = [
        {"taskDefinition": arn(name), "status": status} for name, status in (("web:2", "PRIMARY"), ("web:1", "ACTIVE"))
    ]
    here.serve("prod", "web", "web:2", deployments=deployments, loadBalancers=[here.balance("web")])
    here.serve("test", "web", "web:2")
    document = read()
    assert {name: usage(document, name).exposure.level.value for name in ("web:1", "web:2")} == {
        "web:1": "internet",
        "web:2": "internet",
    }
    assert [(one.cluster, one.level.value) for one in usage(document, "web:2").clusters] == [
        ("prod", "internet"),
        ("test", "internal"),
    ]


def test_what_a_rule_and_a_schedule_start(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    here.cluster("prod")
    here.register("web:1", mode="awsvpc", containerDefinitions=WEB)
    here.admit("sg-2")
    cluster = f"arn:aws:ecs:{IRELAND}:{OWN}:cluster/prod"
    settings = {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED", "SecurityGroups": ["sg-2"]}
    parameters = {"TaskDefinitionArn": arn("web"), "NetworkConfiguration": {"awsvpcConfiguration": settings}}
    here.rules = {"default": {"nightly": [{"Id": "1", "Arn": cluster, "EcsParameters": parameters}]}}
    parameters = {"TaskDefinitionArn": arn("web:1"), "NetworkConfiguration": {"AwsvpcConfiguration": settings}}
    here.schedules = [{"Name": "x", "GroupName": "default", "Target": {"Arn": cluster, "EcsParameters": parameters}}]
    opened = "gives its tasks public addresses, and security group sg-2 admits 0.0.0.0/0 on port 80"
    assert usage(read()).exposure.reasons == (
        f"rule nightly (event bus default) {opened}",
        f"schedule default/x {opened}",
    )


def test_an_answer_that_is_not_understood_loses_no_task_definition(cloud: Cloud, read: Read) -> None:
    awsvpc(cloud.region(), PUBLIC, ("not-an-address",))
    document = read()
    assert usage(document).exposure.level.value == "unknown"
    (sentence,) = said(document)
    assert sentence.endswith("in Region eu-west-1 cannot be read: unexpected ValueError at ipaddress.py:LINE.")
