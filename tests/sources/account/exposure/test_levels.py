"""From where what is in use can be reached: what reaches it, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.account.calls import Calls
from ecs_guard_aspects.sources.account.in_use import Clients, ProductionTag
from ecs_guard_aspects.sources.account.region import Region as Where
from ecs_guard_aspects.sources.account.region import read_region
from tests.cloud import IRELAND, OWN, THROTTLED, TIMED_OUT, AwsError, Cloud, Region, arn, denied
from tests.code_lines import without_lines

WEB = [{"name": "app", "user": "1000", "portMappings": [{"containerPort": 80, "protocol": "tcp"}]}]
PUBLIC = "203.0.113.10"
PUBLIC_6 = "2001:db8::10"
REACHED = f"1 task has a public address ({PUBLIC}), and security group sg-1 admits 0.0.0.0/0 on port 80"


@pytest.fixture(scope="module")
def clients() -> tuple[Cloud, Clients]:
    cloud = Cloud()
    other = cache(lambda service: cloud.client(service, IRELAND))
    return cloud, Clients(*(cloud.client(service, IRELAND) for service in ("ecs", "events", "scheduler")), other)


@pytest.fixture
def cloud(clients: tuple[Cloud, Clients]) -> Cloud:
    clients[0].__init__()  # type: ignore[misc]
    return clients[0]


Read = Callable[..., Document]


@pytest.fixture
def read(cloud: Cloud, clients: tuple[Cloud, Clients]) -> Read:
    def read(*production: ProductionTag) -> Document:
        return read_region(Where(OWN, IRELAND), clients[1], Calls(lambda: None, lambda: False), production)

    return read


def usage(document: Document, name: str = "web:1") -> Usage:
    name = f"task-definition/{name}"
    (found,) = [item.usage for item in document.items if isinstance(item, Resource) and item.address.endswith(name)]
    assert found
    return found


def said(document: Document) -> list[str]:
    return [without_lines(item.what) for item in document.items if isinstance(item, Notice)]


def awsvpc(here: Region, public: str | None = PUBLIC, *rules: tuple[Any, ...], **more: Any) -> None:
    """Run a task with a network interface of its own."""
    here.register("web:1", mode="awsvpc", **{"containerDefinitions": WEB, **more})
    here.run("prod", "web:1", attachments=here.attach("eni-1", public), launchType="FARGATE")
    for rule in rules:
        here.admit("sg-1", *rule)


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


ANY, ANY_6 = "0.0.0.0/0", "::/0"
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


def classic(here: Region, scheme: str = "internet-facing") -> dict[str, Any]:
    listener = {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}}
    here.classic = [
        {"LoadBalancerName": "old", "Scheme": scheme, "SecurityGroups": ["sg-1"], "ListenerDescriptions": [listener]}
    ]
    return {"loadBalancerName": "old", "containerName": "app", "containerPort": 80}


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


def everything(here: Region) -> None:
    """Use every call: a task of its own network, one on an instance, a service with each kind of load balancer."""
    awsvpc(here, PUBLIC, (ANY,))
    here.register("host:1", mode="host", containerDefinitions=WEB)
    here.run("prod", "host:1", containerInstanceArn=here.launch("i-1", PUBLIC))
    here.register("api:1", mode="awsvpc", containerDefinitions=WEB)
    here.serve("prod", "api", "api:1", loadBalancers=[here.balance("api", group="sg-1")])
    here.register("old:1", containerDefinitions=WEB)
    here.serve("prod", "old", "old:1", loadBalancers=[classic(here)])


NO_POLICY = "is missing (no identity-based policy allows it)"

# The call that fails, what cannot be read, and the task definitions whose exposure is then unknown.
FAILING: list[tuple[str, str, list[str]]] = [
    ("ec2:DescribeNetworkInterfaces", "The network interfaces of the tasks of Region eu-west-1", ["web:1"]),
    ("ecs:DescribeContainerInstances", "The container instances of cluster prod", ["host:1"]),
    ("ec2:DescribeInstances", "The EC2 instances of Region eu-west-1", ["host:1"]),
    ("ec2:DescribeSecurityGroups", "The security groups of Region eu-west-1", ["web:1", "host:1", "api:1", "old:1"]),
    ("elasticloadbalancing:DescribeTargetGroups", "The target groups of Region eu-west-1", ["api:1"]),
    ("elasticloadbalancing:DescribeListeners", "The listeners of load balancer api", ["api:1"]),
]


@pytest.mark.parametrize("error", ["denied", "throttled", "hangs"])
@pytest.mark.parametrize(("action", "what", "unknown"), FAILING, ids=[row[0] for row in FAILING])
def test_a_call_that_fails(cloud: Cloud, read: Read, action: str, what: str, unknown: list[str], error: str) -> None:
    everything(cloud.region())
    cloud.errors = {action: {"denied": denied(action), "throttled": THROTTLED, "hangs": TIMED_OUT}[error]}
    why = {
        "denied": f"permission {action} {NO_POLICY}",
        "throttled": f"{action} was throttled, also when it was retried",
        "hangs": f"{action} timed out",
    }[error]
    document = read()
    assert said(document) == [f"{what} cannot be read: {why}."]
    levels = {name: usage(document, name).exposure for name in ("web:1", "host:1", "api:1", "old:1")}
    assert [name for name, exposure in levels.items() if exposure.level.value == "unknown"] == unknown
    assert all(why in exposure.reasons[0] for name, exposure in levels.items() if name in unknown)
    report = judge([document])
    assert not report.is_admitted
    assert "exposure" in report.findings[0].why


def test_load_balancers_that_cannot_be_read(cloud: Cloud, read: Read) -> None:
    """Both kinds are read by calls of one name."""
    everything(cloud.region())
    action = "elasticloadbalancing:DescribeLoadBalancers"
    cloud.errors = {action: denied(action, "")}
    document = read()
    assert said(document) == [
        f"The {kind} of Region eu-west-1 cannot be read: permission {action} is missing."
        for kind in ("load balancers", "Classic Load Balancers")
    ]
    assert usage(document, "api:1").exposure.level.value == usage(document, "old:1").exposure.level.value == "unknown"


def test_an_answer_that_is_not_understood_loses_no_task_definition(cloud: Cloud, read: Read) -> None:
    awsvpc(cloud.region(), PUBLIC, ("not-an-address",))
    document = read()
    assert usage(document).exposure.level.value == "unknown"
    (sentence,) = said(document)
    assert sentence.endswith("in Region eu-west-1 cannot be read: unexpected ValueError at ipaddress.py:LINE.")


def test_nothing_is_asked_that_decides_nothing(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    awsvpc(here, None)
    here.serve("prod", "web", "web:1")
    read()
    asked = {action for action in cloud.counts() if not action.startswith(("ecs:", "events:", "scheduler:"))}
    assert asked == {"ec2:DescribeNetworkInterfaces"}


# How many tasks with interfaces of their own and on instances, and services with load balancers; the calls.
COSTS: list[tuple[tuple[int, int, int], dict[str, int]]] = [
    ((1, 1, 1), {"DescribeNetworkInterfaces": 1, "DescribeContainerInstances": 1, "DescribeInstances": 1,
                 "DescribeSecurityGroups": 1, "DescribeTargetGroups": 1, "DescribeLoadBalancers": 1,
                 "DescribeListeners": 1}),
    ((250, 250, 30), {"DescribeNetworkInterfaces": 3, "DescribeContainerInstances": 1, "DescribeInstances": 1,
                      "DescribeSecurityGroups": 1, "DescribeTargetGroups": 1, "DescribeLoadBalancers": 1,
                      "DescribeListeners": 10}),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "expected"), COSTS, ids=str)
def test_the_number_of_calls(cloud: Cloud, read: Read, sizes: tuple[int, int, int], expected: dict[str, int]) -> None:
    tasks, on_instances, services = sizes
    here = cloud.region()
    for name, mode in (("web:1", "awsvpc"), ("web:2", "awsvpc"), ("host:1", "host")):
        here.register(name, mode=mode, containerDefinitions=WEB)
    here.admit("sg-1")
    for number in range(tasks):
        here.run("prod", "web:1", attachments=here.attach(f"eni-{number}", PUBLIC))
    for number in range(on_instances):
        here.run("prod", "host:1", containerInstanceArn=here.launch(f"i-{number % 50}", PUBLIC))
    for number in range(services):
        here.serve("prod", f"s{number}", f"web:{number % 2 + 1}", loadBalancers=[here.balance(f"b{number % 10}")])
    document = read()
    assert said(document) == []
    assert {
        name.partition(":")[2]: count for name, count in cloud.counts().items() if name.partition(":")[2] in expected
    } == expected
    assert usage(document).running_tasks == tasks


TAG = ProductionTag("env", "prod")

# What has which tags, and what is then in production.
TAGGED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a task", {"task": [{"key": "env", "value": "prod"}]}, ["web:1"]),
    ("a service", {"service": [{"key": "env", "value": "prod"}]}, ["api:1"]),
    ("a cluster", {"cluster": [{"key": "env", "value": "prod"}]}, ["web:1", "api:1"]),
    ("another value", {"cluster": [{"key": "env", "value": "test"}], "task": [{"key": "stage", "value": "prod"}]}, []),
    ("no tags", {}, []),
]


@pytest.mark.parametrize(("tags", "expected"), [row[1:] for row in TAGGED], ids=[row[0] for row in TAGGED])
def test_production(cloud: Cloud, read: Read, tags: dict[str, Any], expected: list[str]) -> None:
    here = cloud.region()
    for name in ("web:1", "api:1", "test:1"):
        here.register(name)
    here.run("prod", "web:1", tags=tags.get("task", []))
    here.serve("prod", "api", "api:1", tags=tags.get("service", []))
    here.run("test", "test:1")
    here.tags = {"prod": {"tags": tags.get("cluster", [])}}
    document = read(TAG)
    assert [name for name in ("web:1", "api:1", "test:1") if usage(document, name).is_production] == expected
    assert cloud.counts()["ecs:DescribeClusters"] == 1


def test_tags_of_clusters_that_cannot_be_read(cloud: Cloud, read: Read) -> None:
    cloud.region().cluster("prod")
    cloud.errors = {"ecs:DescribeClusters": AwsError("AccessDeniedException")}
    assert said(read(TAG)) == [
        "The tags of the clusters of Region eu-west-1 cannot be read: permission ecs:DescribeClusters is missing."
    ]
