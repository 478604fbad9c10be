"""What runs a task definition: one row for each fact about what awsvpc needs there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_guard_aspects.remediation import Consumer, Resource

from ..support import (
    NETWORK,
    NO_VALUE,
    REFERENCE,
    Status,
    changed,
    if_prod,
    plan,
    resource,
    service,
    status_of,
    task_definition,
    texts,
)

AWSVPC = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
SUBNETS = {"AwsvpcConfiguration": {"Subnets": ["subnet-9"]}}
SVC = "service Api/Svc"


def consumer(kind: str, reference: str, properties: dict[str, Any]) -> Consumer:
    return Consumer(resource("Api/X", kind, properties), reference)


def rule(**parameters: object) -> Consumer:
    targets = [
        {"Id": "0", "Arn": "arn:q"},
        {"Id": "1", "Arn": "arn:c", "EcsParameters": {"TaskDefinitionArn": REFERENCE, **parameters}},
    ]
    return consumer("AWS::Events::Rule", "Targets.1.EcsParameters.TaskDefinitionArn", {"Targets": targets})


def schedule(**parameters: object) -> Consumer:
    target = {"Arn": "arn:c", "RoleArn": "arn:r", "EcsParameters": {"TaskDefinitionArn": REFERENCE, **parameters}}
    return consumer("AWS::Scheduler::Schedule", "Target.EcsParameters.TaskDefinitionArn", {"Target": target})


def pipe(**parameters: object) -> Consumer:
    target = {"EcsTaskParameters": {"TaskDefinitionArn": REFERENCE, **parameters}}
    reference = "TargetParameters.EcsTaskParameters.TaskDefinitionArn"
    return consumer("AWS::Pipes::Pipe", reference, {"TargetParameters": target})


def task_set(**parameters: object) -> Consumer:
    return consumer("AWS::ECS::TaskSet", "TaskDefinition", {"TaskDefinition": REFERENCE, **parameters})


# consumer, where its network goes, how it spells the key inside
LACKING = {
    "service": (service(), "Api/Svc NetworkConfiguration", "AwsvpcConfiguration"),
    "task set": (task_set(), "Api/X NetworkConfiguration", "AwsVpcConfiguration"),
    "rule": (rule(), "Api/X Targets.1.EcsParameters.NetworkConfiguration", "AwsVpcConfiguration"),
    "schedule": (schedule(), "Api/X Target.EcsParameters.NetworkConfiguration", "AwsvpcConfiguration"),
    "pipe": (pipe(), "Api/X TargetParameters.EcsTaskParameters.NetworkConfiguration", "AwsvpcConfiguration"),
    "service with NoValue": (
        service(NetworkConfiguration=NO_VALUE),
        "Api/Svc NetworkConfiguration",
        "AwsvpcConfiguration",
    ),
}


@pytest.mark.parametrize(("runs_it", "path", "key"), LACKING.values(), ids=LACKING)
def test_a_consumer_without_a_network_is_given_the_one_of_the_fix(runs_it: Consumer, path: str, key: str) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc", path: {key: AWSVPC}}
    assert status_of(decided) is Status.FIXABLE


@pytest.mark.parametrize(("runs_it", "path", "key"), LACKING.values(), ids=LACKING)
def test_without_one_it_refuses(runs_it: Consumer, path: str, key: str) -> None:
    decided = plan(task_definition(), [runs_it])

    (text,) = texts(decided)
    assert text.endswith(f"{runs_it.resource.address} has no NetworkConfiguration")
    assert decided.changes == ()


def target_group(kind: object = "ip", path: str = "Api/TG") -> Resource:
    properties = {} if kind is None else {"TargetType": kind}
    return resource(path, "AWS::ElasticLoadBalancingV2::TargetGroup", properties)


def registry(*records: object) -> Resource:
    dns = {"DnsConfig": {"DnsRecords": [{"Type": record, "TTL": 60} for record in records]}} if records else {}
    return resource("Api/Reg", "AWS::ServiceDiscovery::Service", dns)


BALANCED: dict[str, Any] = {
    "NetworkConfiguration": SUBNETS,
    "LoadBalancers": [{"TargetGroupArn": {"Ref": "TG"}, "ContainerName": "web", "ContainerPort": 80}],
}
TG = "LoadBalancers.0.TargetGroupArn"


def balanced(group: Resource | None) -> Consumer:
    return service({TG: group} if group else {}, **BALANCED)


def registered(found: Resource | None, **names: object) -> Consumer:
    entry = {"RegistryArn": {"Fn::GetAtt": ["Reg", "Arn"]}, **names}
    dependencies = {"ServiceRegistries.0.RegistryArn": found} if found else {}
    return service(dependencies, NetworkConfiguration=SUBNETS, ServiceRegistries=[entry])


WEB_80 = {"ContainerName": "web", "ContainerPort": 80}
REPLACES = "target group Api/TG registers instances: switching it replaces the target group"
REGISTRY = "service Api/Svc has a service registry"
MAY_RUN = "and may run it without a NetworkConfiguration"
RUNS_STATE = {"TaskDefinition": "family", "Cluster": "c"}
STATE_NETWORK = {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-9"]}}}


def state_machine(**properties: object) -> Consumer:
    return consumer("AWS::StepFunctions::StateMachine", "DefinitionString.Fn::Join.1.1", properties)


def states(**parameters: object) -> dict[str, object]:
    return {"States": {"Run": {"Type": "Task", "Parameters": {**RUNS_STATE, **parameters}}}}


JOINED = {
    "Fn::Join": [
        "",
        [
            '{"States":{"Run":{"TimeoutSeconds":',
            {"Ref": "Seconds"},
            ',"Parameters":{"TaskDefinition":"',
            REFERENCE,
            '","NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["',
            {"Ref": "Subnet"},
            '"]}}}}}}',
        ],
    ]
}

GOOD = {
    "service with a network": service(NetworkConfiguration=SUBNETS),
    "service with a network in every scenario": service(NetworkConfiguration=if_prod(SUBNETS, SUBNETS)),
    "service with subnets only the deployment knows": service(
        NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": {"Fn::Split": [",", {"Fn::ImportValue": "x"}]}}}
    ),
    "service with a network, conditionally running it": Consumer(
        service(NetworkConfiguration=SUBNETS).resource, "TaskDefinition.Fn::If.1"
    ),
    "public address on Fargate": service(
        LaunchType="FARGATE",
        NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}},
    ),
    "rule with a network": rule(NetworkConfiguration={"AwsVpcConfiguration": {"Subnets": ["s"]}}),
    "target group of addresses": balanced(target_group("ip")),
    "alternate target group of addresses": service(
        {
            TG: target_group("ip"),
            "LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn": target_group("ip", "Api/Green"),
        },
        NetworkConfiguration=SUBNETS,
        LoadBalancers=[
            {"TargetGroupArn": {"Ref": "TG"}, "AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "G"}}}
        ],
    ),
    "one target group or another": service(
        {f"{TG}.Fn::If.1": target_group("ip"), f"{TG}.Fn::If.2": target_group("ip", "Api/TG2")},
        NetworkConfiguration=SUBNETS,
        LoadBalancers=[{"TargetGroupArn": if_prod({"Ref": "TG"}, {"Ref": "TG2"})}],
    ),
    "lattice target group of addresses": service(
        {
            "VpcLatticeConfigurations.0.TargetGroupArn": resource(
                "Api/L", "AWS::VpcLattice::TargetGroup", {"Type": "IP"}
            )
        },
        NetworkConfiguration=SUBNETS,
        VpcLatticeConfigurations=[{"TargetGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}],
    ),
    "SRV by container and port": registered(registry("SRV"), **WEB_80),
    "SRV by container and port, registry elsewhere": registered(None, **WEB_80),
    "SRV by port": registered(registry("SRV"), Port=80),
    "A records": registered(registry("A")),
    "no DNS": registered(registry(), **WEB_80),
    "state machine with a network": state_machine(Definition=states(**STATE_NETWORK)),
    "state machine with a network at run time": state_machine(Definition=states(**{"NetworkConfiguration.$": "$.n"})),
    "state machine with substitutions": state_machine(
        DefinitionString={"Fn::Sub": [json.dumps(states(**STATE_NETWORK)), {"Cluster": "c"}]}
    ),
    "state machine in CDK's form": state_machine(DefinitionString=JOINED),
    "IAM policy": consumer("AWS::IAM::Policy", "PolicyDocument.Statement.0.Resource", {}),
    "IAM role": consumer("AWS::IAM::Role", "Policies.0.PolicyDocument.Statement.0.Resource", {}),
    "rule that listens": consumer("AWS::Events::Rule", "EventPattern.detail.taskDefinitionArn.0", {}),
}

BAD = {
    "network in one scenario": (
        service(NetworkConfiguration=if_prod(SUBNETS, NO_VALUE)),
        ["service Api/Svc has a NetworkConfiguration only in some cases of an expression"],
    ),
    "properties that are an expression": (
        Consumer(resource("Api/Svc", "AWS::ECS::Service", {"Fn::If": ["IsProd", {}, {}]}), "TaskDefinition"),
        ["service Api/Svc has a NetworkConfiguration only in some cases of an expression"],
    ),
    "run in one scenario": (
        Consumer(service(TaskDefinition=if_prod(REFERENCE, "other")).resource, "TaskDefinition.Fn::If.1"),
        [
            f"{SVC} has no NetworkConfiguration and runs this task definition only in some cases of an expression",
        ],
    ),
    "network without subnets": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"SecurityGroups": ["sg"], "Subnets": []}}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "network in the spelling of another type": (
        service(NetworkConfiguration={"AwsVpcConfiguration": {"Subnets": ["s"]}}),
        ["service Api/Svc has a NetworkConfiguration without AwsvpcConfiguration.Subnets"],
    ),
    "17 subnets": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": [f"s{n}" for n in range(17)]}}),
        ["service Api/Svc names 17 Subnets: ECS takes 16"],
    ),
    "6 security groups": (
        service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "SecurityGroups": list("abcdef")}}),
        ["service Api/Svc names 6 SecurityGroups: ECS takes 5"],
    ),
    "public address on EC2": (
        service(
            LaunchType="EC2",
            NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}},
        ),
        ["service Api/Svc has AssignPublicIp ENABLED, which tasks on EC2 instances cannot have"],
    ),
    "ECS Anywhere": (
        service(LaunchType="EXTERNAL"),
        ["service Api/Svc has LaunchType EXTERNAL, and ECS Anywhere has no awsvpc"],
    ),
    "rule on ECS Anywhere": (
        rule(LaunchType="EXTERNAL"),
        ["rule Api/X has LaunchType EXTERNAL, and ECS Anywhere has no awsvpc"],
    ),
    "role": (
        service(Role={"Ref": "Role"}),
        ["service Api/Svc has a Role, which awsvpc does not permit: removing it replaces the service"],
    ),
    "CodeDeploy": (
        service(DeploymentController={"Type": "CODE_DEPLOY"}),
        ["service Api/Svc is deployed by CODE_DEPLOY: CloudFormation cannot change its task definition"],
    ),
    "target group of instances": (balanced(target_group("instance")), [REPLACES]),
    "target group that says nothing": (balanced(target_group(None)), [REPLACES]),
    "target group of instances in one scenario": (balanced(target_group(if_prod("ip", "instance"))), [REPLACES]),
    "target group that is a function": (
        balanced(target_group("lambda")),
        ["target group Api/TG registers lambdas: switching it replaces the target group"],
    ),
    "target group elsewhere": (
        balanced(None),
        ["service Api/Svc names a target group that is not in this app (TargetGroupArn): it may register instances"],
    ),
    "alternate target group of instances": (
        service(
            {
                TG: target_group("ip"),
                "LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn": target_group(None),
            },
            NetworkConfiguration=SUBNETS,
            LoadBalancers=[
                {"TargetGroupArn": {"Ref": "TG"}, "AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "G"}}}
            ],
        ),
        [REPLACES],
    ),
    "lattice target group of instances": (
        service(
            {
                "VpcLatticeConfigurations.0.TargetGroupArn": resource(
                    "Api/TG", "AWS::VpcLattice::TargetGroup", {"Type": "INSTANCE"}
                )
            },
            NetworkConfiguration=SUBNETS,
            VpcLatticeConfigurations=[{"TargetGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}],
        ),
        [REPLACES],
    ),
    "classic load balancer": (
        service(NetworkConfiguration=SUBNETS, LoadBalancers=[{"LoadBalancerName": "elb", **WEB_80}]),
        ["service Api/Svc is behind a Classic Load Balancer, which cannot reach awsvpc tasks"],
    ),
    "task set behind instances": (
        Consumer(
            task_set(NetworkConfiguration=NO_VALUE, LoadBalancers=BALANCED["LoadBalancers"]).resource,
            "TaskDefinition",
            {TG: target_group(None)},
        ),
        [REPLACES],
    ),
    "SRV by container, port and another port": (
        registered(registry("SRV"), **WEB_80, Port=80),
        [f"{REGISTRY} that names neither exactly a ContainerName and ContainerPort nor exactly a Port"],
    ),
    "SRV without a port": (
        registered(registry("SRV")),
        [f"{REGISTRY} with SRV records that names neither a container and its port nor a port"],
    ),
    "A records with a port": (
        registered(registry("A"), **WEB_80),
        [f"{REGISTRY} without SRV records that names a port"],
    ),
    "registry elsewhere without a container": (
        registered(None),
        [f"{REGISTRY} that is not in this app: whether it has SRV records cannot be seen"],
    ),
    "state machine without a network": (
        state_machine(Definition=states()),
        ["state machine Api/X runs it without a NetworkConfiguration"],
    ),
    "state machine with one state that has no network": (
        state_machine(Definition={"A": states(**STATE_NETWORK), "B": states()}),
        ["state machine Api/X runs it without a NetworkConfiguration"],
    ),
    "state machine in S3": (
        state_machine(DefinitionS3Location={"Bucket": "b", "Key": "k"}),
        ["state machine Api/X names it, and its definition does not show how it runs it"],
    ),
    "state machine that is no JSON": (
        state_machine(DefinitionString="{"),
        ["state machine Api/X names it, and its definition does not show how it runs it"],
    ),
    "Lambda function": (
        consumer("AWS::Lambda::Function", "Environment.Variables.TASK", {}),
        [f"Api/X (AWS::Lambda::Function) names it at Environment.Variables.TASK {MAY_RUN}"],
    ),
    "rule that passes it on": (
        consumer("AWS::Events::Rule", "Targets.0.Input", {}),
        [f"Api/X (AWS::Events::Rule) names it at Targets.0.Input {MAY_RUN}"],
    ),
    "rule with targets an expression decides": (
        consumer("AWS::Events::Rule", "Targets.Fn::If.1.0.EcsParameters.TaskDefinitionArn", {}),
        [f"Api/X (AWS::Events::Rule) names it at Targets.Fn::If.1.0.EcsParameters.TaskDefinitionArn {MAY_RUN}"],
    ),
    "a reference that is not there": (
        consumer("AWS::Pipes::Pipe", "TargetParameters.EcsTaskParameters.TaskDefinitionArn", {}),
        ["pipe Api/X names it at TargetParameters.EcsTaskParameters.TaskDefinitionArn, which does not exist"],
    ),
}

UNREADABLE = {
    "network": (service(NetworkConfiguration="x"), "service Api/Svc: Properties/NetworkConfiguration is"),
    "undecided network": (service(NetworkConfiguration={"Ref": "Free"}), "service Api/Svc: Properties/NetworkConfigur"),
    "subnets": (service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": "s"}}), "service Api/Svc: "),
    "launch type": (service(LaunchType={"Ref": "Free"}), "service Api/Svc: Properties/LaunchType is ${Free}"),
    "load balancers": (service(NetworkConfiguration=SUBNETS, LoadBalancers="x"), "LoadBalancers is not a list"),
    "properties": (
        Consumer(resource("Api/Svc", "AWS::ECS::Service", "x"), "TaskDefinition"),
        "service Api/Svc: Properties is a text, which is not a map",
    ),
    "target type": (balanced(target_group({"Ref": "Free"})), "target group Api/TG: Properties/TargetType is ${Free}"),
    "targets": (
        consumer("AWS::Events::Rule", "Targets.0.EcsParameters.TaskDefinitionArn", {"Targets": [1]}),
        "rule Api/X: Properties/Targets has members",
    ),
    "state machine": (
        Consumer(resource("Api/X", "AWS::StepFunctions::StateMachine", [1]), ""),
        "state machine Api/X names it",
    ),
}


@pytest.mark.parametrize("runs_it", GOOD.values(), ids=GOOD)
def test_a_consumer_that_lacks_nothing_stays_as_it_is(runs_it: Consumer) -> None:
    decided = plan(task_definition(), [runs_it])

    assert texts(decided) == []
    assert changed(decided) == {"Api/Td NetworkMode": "awsvpc"}


@pytest.mark.parametrize(("runs_it", "expected"), BAD.values(), ids=BAD)
def test_what_no_network_can_mend_refuses_it(runs_it: Consumer, expected: list[str]) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert texts(decided) == expected
    assert decided.changes == ()


@pytest.mark.parametrize(("runs_it", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_refuses_it(runs_it: Consumer, expected: str) -> None:
    decided = plan(task_definition(), [runs_it], network=NETWORK)

    assert any(expected in text for text in texts(decided)), texts(decided)
    assert decided.changes == ()


def test_a_consumer_that_is_never_created_says_nothing() -> None:
    never = {"Fn::Equals": ["a", "b"]}
    runs_it = Consumer(resource("Api/Svc", "AWS::ECS::Service", {"Role": "r"}, never), "TaskDefinition")

    assert status_of(plan(task_definition(), [runs_it])) is Status.FIXABLE


def test_two_targets_of_a_rule_each_get_their_network() -> None:
    first = rule()
    properties: Any = first.resource.properties
    properties["Targets"][0]["EcsParameters"] = {"TaskDefinitionArn": REFERENCE}
    second = Consumer(first.resource, "Targets.0.EcsParameters.TaskDefinitionArn")

    decided = plan(task_definition(), [first, second], network=NETWORK)

    assert list(changed(decided)) == [
        "Api/Td NetworkMode",
        "Api/X Targets.1.EcsParameters.NetworkConfiguration",
        "Api/X Targets.0.EcsParameters.NetworkConfiguration",
    ]


def test_blockers_name_the_resource_they_are_about() -> None:
    decided = plan(task_definition(Links=[]), [balanced(target_group(None)), service()])

    assert [blocker.resource for blocker in decided.blockers] == ["Api/TG", "Api/Svc"]
