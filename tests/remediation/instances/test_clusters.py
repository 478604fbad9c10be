"""Clusters: the one that a service runs in, and the ones that instances join."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.instances.clusters import Cluster, Clusters
from ecs_guard_aspects.remediation.who_runs_it.references import References
from ecs_guard_aspects.remediation.who_runs_it.referrer import Referrer

from ..templates import resource, stack
from .support import get_att, ref

MAIN = Cluster("Stack/Cluster")
REFERENCES = References(
    [
        stack(
            Cluster=resource("AWS::ECS::Cluster"),
            Named=resource("AWS::ECS::Cluster", ClusterName="main"),
            OfStack=resource("AWS::ECS::Cluster", ClusterName={"Fn::Sub": "${AWS::StackName}-ecs"}),
            Topic=resource("AWS::SNS::Topic"),
        ),
        stack("Other", Service=resource("AWS::ECS::Service")),
    ]
)
CLUSTERS = Clusters(REFERENCES)
NAMED, OF_STACK = Cluster("Stack/Named"), Cluster("Stack/OfStack")


def at(address: str) -> Referrer:
    found = REFERENCES.at(address)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expression", "cluster"),
    [
        (ref("Cluster"), MAIN),
        (get_att("Cluster", "Arn"), MAIN),
        ({"Fn::Sub": "arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:cluster/${Cluster}"}, MAIN),
        ("main", NAMED),
        ("arn:aws:ecs:eu-west-1:111122223333:cluster/main", NAMED),
        (ref("Named"), NAMED),
        ({"Fn::Join": ["-", [ref("AWS::StackName"), "ecs"]]}, OF_STACK),
        (ref("ClusterName"), Cluster("", "${ClusterName}", "Stack")),  # a parameter
        ("other", Cluster("", "other")),
        (ref("Topic"), None),
        (None, None),
        ({"Fn::If": ["IsProd", "main", "other"]}, None),
    ],
)
def test_the_cluster_that_an_expression_names(expression: Any, cluster: Cluster | None) -> None:
    assert CLUSTERS.named_by(expression, at("Stack/Topic")) == cluster


@pytest.mark.parametrize(
    ("commands", "clusters"),
    [
        ("echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config", {MAIN}),
        ("echo ECS_CLUSTER='${Cluster}' >> /etc/ecs/ecs.config", {MAIN}),
        ('echo "ECS_CLUSTER=main" >> /etc/ecs/ecs.config', {NAMED}),
        ("ECS_CLUSTER = main", {NAMED}),
        ('ECS_CLUSTER="${AWS::StackName}-ecs"', {OF_STACK}),
        ("Initialize-ECSAgent -Cluster '${Cluster}' -EnableTaskENI", {MAIN}),
        ('[settings.ecs]\ncluster = "${Cluster}"', {MAIN}),
        ('[Environment]::SetEnvironmentVariable("ECS_CLUSTER", "${Cluster}", "Machine")', {MAIN}),
        ("ECS_CLUSTER=${Cluster}-blue", {Cluster("", "${Cluster}-blue", "Stack")}),
        ("echo ECS_LOGLEVEL=debug; echo ${Cluster}", set()),
    ],
)
def test_the_cluster_that_instances_join(commands: str, clusters: set[Cluster]) -> None:
    assert CLUSTERS.joined_in({"Fn::Base64": {"Fn::Sub": commands}}, at("Stack/Topic")) == clusters


def test_a_parameter_means_a_cluster_in_its_own_stack_only() -> None:
    here, there = (CLUSTERS.named_by(ref("ClusterName"), at(each)) for each in ("Stack/Topic", "Other/Service"))
    assert here != there
