"""Calls: endpoints that do not answer, pages without a list, interruptions."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.account.calls import CallError, Calls, NotThereError
from ecs_guard_aspects.sources.account.in_use import ProductionTag
from tests.cloud import IRELAND, OHIO, THROTTLED, TIMED_OUT, Answers, Cloud

from .conftest import Read
from .support import said


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


# A proxy that answers with a page, with status 200, is an answer without keys for boto3.
WITHOUT = [
    ("ListClusters", "The clusters of Region eu-west-1 cannot be read: ecs:ListClusters", "clusterArns"),
    (
        "DescribeClusters",
        "The tags of the clusters of Region eu-west-1 cannot be read: ecs:DescribeClusters",
        "clusters",
    ),
    ("ListEventBuses", "The event buses of Region eu-west-1 cannot be read: events:ListEventBuses", "EventBuses"),
    ("ListTasks", "The tasks of cluster a cannot be read: ecs:ListTasks", "taskArns"),
    ("ListSchedules", "The schedules of Region eu-west-1 cannot be read: scheduler:ListSchedules", "Schedules"),
]


@pytest.mark.parametrize(("action", "what", "key"), WITHOUT)
def test_an_answer_without_a_list_is_none(
    cloud: Cloud, read: Read, monkeypatch: pytest.MonkeyPatch, action: str, what: str, key: str
) -> None:
    cloud.region().cluster("a")
    monkeypatch.setattr(Answers, action, lambda *_, **__: {})
    assert said(read(ProductionTag("env", "prod"), scheduled=True)) == [f"{what} failed: the answer has no {key}."]


def test_no_call_is_made_after_an_interruption(cloud: Cloud, read: Read) -> None:
    cloud.region().cluster("a")
    assert said(read(is_over=lambda: True)) == ["The clusters of Region eu-west-1 cannot be read: it was interrupted."]
    assert cloud.counts() == {}


def test_each_answer_is_watched(cloud: Cloud) -> None:
    seen: list[str] = []
    calls = Calls(lambda: seen.append("answer"), lambda: False)
    client = cloud.client("ec2", IRELAND)
    assert [region["RegionName"] for region in calls.one(client, "describe_regions")["Regions"]] == [OHIO, IRELAND]
    cloud.errors = {"ec2:DescribeRegions": THROTTLED}
    with pytest.raises(CallError, match="ec2:DescribeRegions was throttled"):
        calls.one(client, "describe_regions")
    assert seen == ["answer"]


def test_something_that_does_not_exist_is_another_error(cloud: Cloud) -> None:
    ecs, calls = cloud.client("ecs", IRELAND), Calls(lambda: None, lambda: False)
    with pytest.raises(NotThereError, match="Unable to describe task definition"):
        calls.one(ecs, "describe_task_definition", ("ClientException",), taskDefinition="web:1")
    with pytest.raises(CallError) as error:
        calls.one(ecs, "describe_task_definition", taskDefinition="web:1")
    assert not isinstance(error.value, NotThereError)
