"""What is in use in a Region, why, and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import Policy, Profile, evaluate_template, judge
from ecs_guard_aspects.sources.account.calls import Calls
from ecs_guard_aspects.sources.account.in_use import Clients
from ecs_guard_aspects.sources.account.region import Region as Where
from ecs_guard_aspects.sources.account.region import read_region
from tests.cloud import IRELAND, OWN, THROTTLED, TIMED_OUT, Answers, AwsError, Cloud, Region, arn, denied

CLUSTER = f"arn:aws:ecs:{IRELAND}:{OWN}:cluster/prod"
RUN_TASK = "arn:aws:scheduler:::aws-sdk:ecs:runTask"


@pytest.fixture(scope="module")
def clients() -> tuple[Cloud, Clients]:
    cloud = Cloud()
    return cloud, Clients(*(cloud.client(service, IRELAND) for service in ("ecs", "events", "scheduler")))


@pytest.fixture
def cloud(clients: tuple[Cloud, Clients]) -> Cloud:
    clients[0].__init__()  # type: ignore[misc]
    return clients[0]


Read = Callable[..., Document]


@pytest.fixture
def read(cloud: Cloud, clients: tuple[Cloud, Clients]) -> Read:
    def read(*, scheduled: bool = False, is_over: Callable[[], bool] = lambda: False) -> Document:
        chosen = clients[1] if scheduled else Clients(clients[1].ecs)
        return read_region(Where(OWN, IRELAND), chosen, Calls(lambda: None, is_over))

    return read


def in_use(document: Document) -> dict[str, tuple[str, ...]]:
    """Return by revision what uses it."""
    resources = [item for item in document.items if isinstance(item, Resource)]
    return {item.address.rpartition("/")[2]: item.usage.in_use_by for item in resources if item.usage}


def said(document: Document) -> list[str]:
    return [item.what for item in document.items if isinstance(item, Notice)]


def deployment(name: str, status: str = "PRIMARY", count: int = 1) -> dict[str, Any]:
    return {"taskDefinition": arn(name), "status": status, "desiredCount": count}


def task_set(name: str, status: str, count: int = 1) -> dict[str, Any]:
    return {"taskDefinition": arn(name), "status": status, "computedDesiredCount": count}


# What a service says, and which revisions are in use by that.
SERVICES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": "a:1", "deployments": [deployment("a:1")]}, {"a:1": "primary deployment"}),
    (
        {"name": "a:2", "deployments": [deployment("a:2"), deployment("a:1", "ACTIVE")]},
        {"a:1": "active deployment", "a:2": "primary deployment"},
    ),
    ({"name": "a:2", "deployments": [deployment("a:2"), deployment("a:1", "INACTIVE")]}, {"a:2": "primary deployment"}),
    ({"name": "a:1", "deployments": [deployment("a:1", count=0)]}, {"a:1": "primary deployment, desired count 0"}),
    (
        {"name": "a:2", "taskSets": [task_set("a:2", "PRIMARY"), task_set("a:1", "ACTIVE", 0)]},
        {"a:1": "active task set, desired count 0", "a:2": "primary task set"},
    ),
    ({"name": None, "taskSets": [task_set("a:1", "PRIMARY")]}, {"a:1": "primary task set"}),
    ({"name": "a:1"}, {"a:1": "its task definition"}),
    ({"name": "a:1", "desiredCount": 0}, {"a:1": "its task definition, desired count 0"}),
    ({"name": "a:1", "status": "DRAINING", "deployments": [deployment("a:1")]}, {"a:1": "primary deployment"}),
    ({"name": "a:1", "status": "INACTIVE", "deployments": [deployment("a:1")]}, {}),
    ({"name": None}, {}),
]


@pytest.mark.parametrize(("service", "expected"), SERVICES)
def test_what_a_service_uses(cloud: Cloud, read: Read, service: dict[str, Any], expected: dict[str, str]) -> None:
    here = cloud.region()
    here.register("a:1", "INACTIVE")
    here.register("a:2")
    here.serve("prod", "web", **service)
    assert in_use(read()) == {name: (f"service web in cluster prod ({how})",) for name, how in expected.items()}


def test_what_tasks_use(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    for revision in range(1, 51):
        here.register(f"web:{revision}", "INACTIVE" if revision == 1 else "ACTIVE")
    here.register("web:100")
    here.run("prod", "web:1", 3)
    here.run("prod", "web:7", lastStatus="PENDING")
    here.run("prod", "web:9", lastStatus="STOPPED")
    here.run("test", "web:7")
    here.run("test", "web:100")
    document = read()
    assert in_use(document) == {
        "web:1": ("3 tasks in cluster prod",),
        "web:7": ("1 task in cluster prod", "1 task in cluster test"),
        "web:100": ("1 task in cluster test",),
    }
    first = next(item for item in document.items if isinstance(item, Resource))
    assert first.usage == Usage(IRELAND, "INACTIVE", ("3 tasks in cluster prod",), running_tasks=3)
    assert (first.address, first.name, first.account, first.family) == (arn("web:1"), arn("web:1"), OWN, "web")


def schedule(name: str, target: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Name": name, "GroupName": "default", "State": "ENABLED", "Target": target, **more}


def test_what_rules_and_schedules_use(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    here.cluster("prod")
    for name in ("a:1", "a:2", "b:1"):
        here.register(name)
    ecs = {"Id": "1", "Arn": CLUSTER}
    here.rules = {
        "default": {"nightly": [{**ecs, "EcsParameters": {"TaskDefinitionArn": arn("a")}}, {"Id": "2", "Arn": "sqs"}]},
        "own": {"other": [{**ecs, "EcsParameters": {"TaskDefinitionArn": arn("gone")}}]},
    }
    here.schedules = [
        schedule("x", {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": arn("a:2")}}),
        schedule("y", {"Arn": RUN_TASK, "Input": json.dumps({"TaskDefinition": "b"})}, State="DISABLED"),
        schedule("z", {"Arn": RUN_TASK, "Input": "<aws.scheduler.attempt-number>"}),
        schedule("queue", {"Arn": "arn:aws:sqs:x:y:z"}),
    ]
    assert in_use(read()) == {}
    document = read(scheduled=True)
    assert in_use(document) == {
        "a:2": ("rule nightly (event bus default)", "schedule default/x"),
        "b:1": ("schedule default/y, disabled",),
    }
    assert said(document) == [
        "Schedule default/z cannot be read: the task definition of its target cannot be read.",
        "gone does not exist, or has no active revision.",
    ]
    assert [(entry.source, "Schedule default/z" in entry.reason) for entry in judge([document]).not_read] == [
        (f"{OWN}/{IRELAND}", True)
    ]


DAEMON = f"arn:aws:ecs:{IRELAND}:{OWN}:daemon-task-definition/log:1"


def test_the_task_definition_of_a_daemon_is_judged(cloud: Cloud, read: Read) -> None:
    assert cloud.region().register_daemon("log:1", privileged=True, user="root") == DAEMON
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    document = read()
    assert in_use(document) == {"log:1": ("1 task in cluster prod",)}
    strict, default = judge([document], Policy(profile=Profile.STRICT)), judge([document])
    assert [(finding.check, finding.address) for finding in strict.findings] == [
        ("no-privileged-containers", DAEMON),
        ("non-root-user", DAEMON),
    ]
    assert [finding.check for finding in default.findings] == ["not-covered"]
    assert default.is_admitted


def test_the_task_definition_of_a_daemon_that_cannot_be_read(cloud: Cloud, read: Read) -> None:
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    cloud.errors["ecs:DescribeDaemonTaskDefinition"] = denied("ecs:DescribeDaemonTaskDefinition")
    expected = f"Task definition log:1 cannot be read: permission ecs:DescribeDaemonTaskDefinition {NO_POLICY}."
    assert said(read()) == [expected]


def test_a_boto3_that_knows_no_daemons(cloud: Cloud) -> None:
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    ecs = Older(cloud.client("ecs", IRELAND))
    document = read_region(Where(OWN, IRELAND), Clients(ecs), Calls(lambda: None, lambda: False))
    reason = "this version of boto3 does not know task definitions of daemons: install a later one"
    assert said(document) == [f"Task definition log:1 cannot be read: {reason}."]


class Older:
    """A client of a boto3 from before there were daemons."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if "daemon" in name:
            raise AttributeError(name)
        return getattr(self._client, name)


def test_a_placeholder_in_a_revision_will_not_be_replaced(cloud: Cloud, read: Read) -> None:
    containers = [{"name": "app", "image": "nginx", "user": "{{ user }}"}]
    cloud.region().register("web:1", mode="host", containerDefinitions=containers)
    cloud.region().run("prod", "web:1")
    findings = judge([read()], Policy(profile=Profile.STRICT)).findings
    (finding,) = (finding for finding in findings if finding.check == "non-root-user")
    placeholder = (
        "containerDefinitions[0].user is {{ user }}, which looks like a placeholder, and is not a valid value."
    )
    assert finding.what.endswith(placeholder)
    assert finding.remedy.startswith("Register a new revision with a literal value.")


TRIED = "was throttled, also when it was retried"
NO_POLICY = "is missing (no identity-based policy allows it)"
SCP = "with an explicit deny in a service control policy"

# What goes wrong, what cannot be read for what reason, and how much is read all the same.
GAPS: list[tuple[dict[str, Exception], tuple[str, str] | None, int]] = [
    (
        {"ecs:ListClusters": denied("ecs:ListClusters")},
        ("The clusters of Region eu-west-1", f"permission ecs:ListClusters {NO_POLICY}"),
        0,
    ),
    (
        {"ecs:ListTasks": denied("ecs:ListTasks", SCP)},
        (
            "The tasks of 2 clusters (prod, test)",
            "permission ecs:ListTasks is missing (an explicit deny in a service control policy)",
        ),
        1,
    ),
    ({"ecs:DescribeTasks": TIMED_OUT}, ("The tasks of cluster prod", "ecs:DescribeTasks timed out"), 1),
    (
        {"ecs:ListServices": THROTTLED},
        ("The services of 2 clusters (prod, test)", f"ecs:ListServices {TRIED}"),
        1,
    ),
    (
        {"ecs:DescribeServices": AwsError("ServerException", "Try again.\nLater.")},
        ("The services of cluster test", "ecs:DescribeServices failed: ServerException: Try again. Later"),
        1,
    ),
    ({"web:1": THROTTLED}, ("Task definition web:1", f"ecs:DescribeTaskDefinition {TRIED}"), 1),
    (
        {"ecs:DescribeTaskDefinition": AwsError("AccessDeniedException")},
        ("2 task definitions (old:1, web:1)", "permission ecs:DescribeTaskDefinition is missing"),
        0,
    ),
    (
        {"web:1": AwsError("ClientException", "Unable to describe it.")},
        ("Task definition web:1", "ecs:DescribeTaskDefinition failed: ClientException: Unable to describe it"),
        1,
    ),
    ({"ecs:ListTasks": AwsError("ClusterNotFoundException")}, None, 1),
    ({"ecs:ListServices": AwsError("ClusterNotFoundException")}, None, 1),
    (
        {"events:ListEventBuses": denied("events:ListEventBuses", "")},
        ("The event buses of Region eu-west-1", "permission events:ListEventBuses is missing"),
        2,
    ),
    (
        {"events:ListRuleNamesByTarget": THROTTLED},
        ("The rules on event bus default", f"events:ListRuleNamesByTarget {TRIED}"),
        2,
    ),
    (
        {"scheduler:ListSchedules": AwsError("ExpiredTokenException")},
        ("The schedules of Region eu-west-1", "the credentials have expired: log in again"),
        2,
    ),
]


@pytest.mark.parametrize(("errors", "gap", "count"), GAPS, ids=[next(iter(errors)) for errors, _, _ in GAPS])
def test_what_cannot_be_read_is_said(
    cloud: Cloud, read: Read, errors: dict[str, Exception], gap: tuple[str, str] | None, count: int
) -> None:
    expected = [f"{gap[0]} cannot be read: {gap[1]}."] if gap else []
    here = cloud.region()
    here.register("web:1", mode="awsvpc")
    here.register("old:1", mode="awsvpc")
    here.run("prod", "web:1")
    here.serve("test", "old", "old:1")
    cloud.errors = errors
    document = read(scheduled=True)
    report = judge([document])
    assert said(document) == expected
    assert len(in_use(document)) == count
    assert [entry.reason for entry in report.not_read] == expected
    assert report.is_admitted is not bool(expected)


def test_who_does_not_answer_is_not_asked_again_and_again(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    for cluster in "abcd":
        here.cluster(cluster)
    cloud.errors = {"ecs:ListTasks": TIMED_OUT, "ecs:ListServices": TIMED_OUT}
    assert said(read()) == [
        "The tasks of cluster a cannot be read: ecs:ListTasks timed out.",
        "The services of cluster a cannot be read: ecs:ListServices timed out.",
        *(
            f"The {what} of 3 clusters (b, c, d) cannot be read: https://ecs.eu-west-1.amazonaws.com did not answer"
            " the last calls, so no more calls are sent to it."
            for what in ("tasks", "services")
        ),
    ]
    assert cloud.counts() == {"ecs:ListClusters": 1, "ecs:ListTasks": 1, "ecs:ListServices": 1}


def test_who_answers_in_between_is_asked_again(cloud: Cloud, read: Read) -> None:
    for cluster in "abcd":
        cloud.region().cluster(cluster)
    cloud.errors = {"ecs:ListTasks": TIMED_OUT}
    assert said(read()) == ["The tasks of 4 clusters (a, b, c, d) cannot be read: ecs:ListTasks timed out."]


def test_an_answer_without_a_list_is_none(cloud: Cloud, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "ListClusters", lambda *_, **__: {})
    assert said(read()) == [
        "The clusters of Region eu-west-1 cannot be read: ecs:ListClusters failed: the answer has no clusterArns."
    ]


@pytest.mark.parametrize(("call", "what"), [("DescribeTasks", "tasks"), ("DescribeServices", "services")])
def test_what_an_answer_leaves_out_is_said(
    cloud: Cloud, read: Read, monkeypatch: pytest.MonkeyPatch, call: str, what: str
) -> None:
    here = cloud.region()
    here.register("web:1")
    here.run("prod", "web:1", 2)
    here.serve("prod", "a", "web:1")
    here.serve("prod", "b", "web:1")
    full = getattr(Answers, call)
    one_less = lambda *asked, **more: {what: full(*asked, **more)[what][1:]}  # noqa: E731
    monkeypatch.setattr(Answers, call, one_less)
    assert said(read()) == [f"The {what} of cluster prod cannot be read: 1 of them are missing from the answer."]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ({"arn": "arn:aws:ecs:x:y:task/prod/1", "reason": "MISSING"}, []),
        (
            {"arn": "arn:aws:ecs:x:y:task/prod/1", "reason": "ACCESS", "detail": "not yours"},
            ["The tasks of cluster prod cannot be read: 1 failed: not yours."],
        ),
        ({}, ["The tasks of cluster prod cannot be read: one of them failed: no reason given."]),
    ],
)
def test_failures_within_an_answer(cloud: Cloud, read: Read, failure: dict[str, str], expected: list[str]) -> None:
    here = cloud.region()
    here.register("web:1")
    here.run("prod", "web:1")
    here.failures = [failure]
    assert said(read()) == expected


def test_an_interrupted_region_keeps_what_was_read(cloud: Cloud, read: Read) -> None:
    here = cloud.region()
    for name in ("a:1", "b:1", "c:1"):
        here.register(name)
        here.run("prod", name)
    document = read(is_over=lambda: "ecs:DescribeTaskDefinition" in cloud.counts())
    assert list(in_use(document)) == ["a:1"]
    assert said(document) == ["2 task definitions (b:1, c:1) cannot be read: it was interrupted."]


# Clusters, services and tasks in each, revisions in all; and the calls: pages of 100, 10 services, 100 tasks at once.
COUNTS: list[tuple[tuple[int, int, int, int], dict[str, int]]] = [
    ((0, 0, 0, 0), {"ListClusters": 1}),
    ((1, 0, 0, 0), {"ListClusters": 1, "ListTasks": 1, "ListServices": 1}),
    (
        (1, 12, 130, 3),
        {"ListClusters": 1, "ListTasks": 2, "DescribeTasks": 2, "ListServices": 1, "DescribeServices": 2,
         "DescribeTaskDefinition": 3},
    ),
    (
        (101, 1, 1, 1),
        {"ListClusters": 2, "ListTasks": 101, "DescribeTasks": 101, "ListServices": 101, "DescribeServices": 101,
         "DescribeTaskDefinition": 1},
    ),
    ((1, 101, 0, 1), {"ListClusters": 1, "ListTasks": 1, "ListServices": 2, "DescribeServices": 11,
                      "DescribeTaskDefinition": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "expected"), COUNTS, ids=str)
def test_the_number_of_calls(
    cloud: Cloud, read: Read, sizes: tuple[int, int, int, int], expected: dict[str, int]
) -> None:
    clusters, services, tasks, revisions = sizes
    here: Region = cloud.region()
    for revision in range(revisions):
        here.register(f"web:{revision + 1}")
    for cluster in range(clusters):
        here.cluster(f"c{cluster}")
        for service in range(services):
            here.serve(f"c{cluster}", f"s{service}", f"web:{service % revisions + 1}")
        for task in range(tasks):
            here.run(f"c{cluster}", f"web:{task % revisions + 1}")
    document = read()
    assert cloud.counts() == {f"ecs:{name}": count for name, count in expected.items()}
    assert len(in_use(document)) == min(revisions, max(services, tasks))
    assert said(document) == []


TEXTS = st.sampled_from(["root", "0", "1000", "0:0", "${UID}", "", "app", "{{user}}", "<USER>"])
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["a", "b"])},
        optional={"user": TEXTS, "privileged": st.booleans(), "dockerLabels": st.just({"Ref": "x"})},
    ),
    max_size=2,
)
DESCRIBED = st.fixed_dictionaries(
    {"family": st.just("web"), "containerDefinitions": CONTAINERS},
    optional={
        "networkMode": st.sampled_from(["host", "bridge", "awsvpc", "none"]),
        "requiresCompatibilities": st.lists(st.sampled_from(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])),
        "runtimePlatform": st.sampled_from(
            [{"operatingSystemFamily": "LINUX"}, {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}]
        ),
    },
)


def as_template(described: dict[str, Any]) -> dict[str, Any]:
    """Return the task definition as somebody writes it in a template, by a list of names and no other code."""
    containers = [
        {{"dockerLabels": "DockerLabels"}.get(key, key.capitalize()): value for key, value in container.items()}
        for container in described["containerDefinitions"]
    ]
    names = {
        "family": "Family",
        "networkMode": "NetworkMode",
        "requiresCompatibilities": "RequiresCompatibilities",
    }
    properties = {names[key]: value for key, value in described.items() if key in names}
    if "runtimePlatform" in described:
        system = described["runtimePlatform"]["operatingSystemFamily"]
        properties["RuntimePlatform"] = {"OperatingSystemFamily": system}
    properties["ContainerDefinitions"] = containers
    return {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}


@given(described=DESCRIBED, profile=st.sampled_from(Profile))
@settings(max_examples=60)
def test_what_runs_is_judged_as_its_template(described: dict[str, Any], profile: Profile) -> None:
    from ecs_guard_aspects.sources.api_json import described_properties

    more = {"taskDefinitionArn": arn("web:1"), "revision": 1, "status": "ACTIVE", "compatibilities": ["EC2"]}
    resource = Resource(arn("web:1"), "AWS::ECS::TaskDefinition", described_properties({**described, **more}))
    policy = Policy(profile=profile)
    found = judge([Document("x", (resource,))], policy).findings
    expected = evaluate_template(as_template(described), policy)
    assert [(f.check, f.verdict, f.container, f.what, f.enforcement) for f in found] == [
        (f.check, f.verdict, f.container, f.what, f.enforcement) for f in expected
    ]
