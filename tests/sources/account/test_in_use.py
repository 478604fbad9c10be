"""Task definitions in use: what services and tasks use, and what could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.model.usage import Usage
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.account.in_use import ProductionTag
from tests.cloud import IRELAND, OWN, THROTTLED, TIMED_OUT, Answers, AwsError, Cloud, Region, arn, denied

from .conftest import Read
from .support import NO_POLICY, in_use, said, usage


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


TRIED = "was throttled, also when it was retried"


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
