"""What is around the revisions of one Region: each part is read once, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ecs_guard_aspects.sources.account.calls import CallError, NotThereError
from ecs_guard_aspects.sources.account.surroundings import Definition, Instance, PlanClients, Surroundings

DENIED = CallError("permission x:Y is missing")
GONE = NotThereError("it is gone")
PROD, TEST = "arn:aws:ecs:x:y:cluster/prod", "arn:aws:ecs:x:y:cluster/test"


class Answering:
    """Answers calls by their method; an answer can be an error, or a function of what is asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def one(self, client: Any, method: str, not_there: tuple[str, ...] = (), *, key: str = "", **asked: Any) -> Any:
        self.asked.append((method, asked))
        answer = self.answers[method]
        answer = answer(**asked) if callable(answer) else answer
        if isinstance(answer, NotThereError) and not not_there:
            raise CallError(str(answer))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def all(self, client: Any, method: str, key: str, not_there: tuple[str, ...] = (), **asked: Any) -> Iterator[Any]:
        yield from self.one(client, method, not_there, **asked)[key]

    def count(self, method: str) -> int:
        return [name for name, _ in self.asked].count(method)


def around(**answers: Any) -> tuple[Surroundings, Answering]:
    calls = Answering(**{"list_clusters": {"clusterArns": [PROD, TEST]}, **answers})
    return Surroundings(PlanClients(*[None] * 8), calls), calls  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"taskDefinition": {"family": "web"}, "tags": [{"key": "a"}]}, Definition({"family": "web"}, [{"key": "a"}])),
        ({"taskDefinition": {"family": "web"}}, Definition({"family": "web"}, [])),
        (GONE, None),
    ],
)
def test_a_revision_and_its_tags(answer: Any, expected: Definition | None) -> None:
    surroundings, calls = around(describe_task_definition=answer)
    assert surroundings.definition("web:1") == expected
    assert calls.asked == [("describe_task_definition", {"taskDefinition": "web:1", "include": ["TAGS"]})]


def services_of(cluster: str, **_: Any) -> dict[str, Any]:
    return {"serviceArns": [f"{cluster}/{number}" for number in range(12)] if cluster == PROD else []}


def described(cluster: str, services: list[str], include: list[str]) -> dict[str, Any]:
    return {"services": [{"serviceArn": each} for each in services]}


def test_services_are_described_by_tens_and_once() -> None:
    surroundings, calls = around(list_services=services_of, describe_services=described)
    assert len(surroundings.services) == len(surroundings.services) == 12
    assert calls.count("list_services") == 2
    asked = [asked for method, asked in calls.asked if method == "describe_services"]
    assert [(each["cluster"], len(each["services"]), each["include"]) for each in asked] == [
        (PROD, 10, ["TAGS"]),
        (PROD, 2, ["TAGS"]),
    ]


def test_tasks_that_have_stopped_are_left_out() -> None:
    tasks = [{"taskArn": "1", "lastStatus": "RUNNING"}, {"taskArn": "2", "lastStatus": "STOPPED"}, {"taskArn": "3"}]
    listed = {"taskArns": ["1", "2", "3"]}
    surroundings, calls = around(list_tasks=listed, describe_tasks={"tasks": tasks})
    assert [task["taskArn"] for task in surroundings.tasks] == ["1", "3", "1", "3"]
    assert {asked["desiredStatus"] for method, asked in calls.asked if method == "list_tasks"} == {"RUNNING"}


# What fails, what is read then, and what is named as unread.
UNREAD: list[tuple[dict[str, Any], Callable[[Surroundings], Any], list[str]]] = [
    ({"list_clusters": DENIED}, lambda around: around.clusters, ["the clusters cannot be read"]),
    (
        {"list_services": lambda cluster, **_: DENIED if cluster == PROD else {"serviceArns": []}},
        lambda around: around.services,
        ["the services of cluster prod cannot be read"],
    ),
    (
        {"list_tasks": {"taskArns": ["1"]}, "describe_tasks": DENIED},
        lambda around: around.tasks,
        ["the tasks of cluster prod cannot be read", "the tasks of cluster test cannot be read"],
    ),
    ({"list_event_buses": DENIED}, lambda around: around.rule_targets, ["the EventBridge rules cannot be read"]),
    ({"list_schedules": DENIED}, lambda around: around.schedules, ["the EventBridge schedules cannot be read"]),
    ({"list_pipes": DENIED}, lambda around: around.pipes, ["the EventBridge pipes cannot be read"]),
    ({"list_services": GONE}, lambda around: around.services, []),
    ({"list_tasks": GONE}, lambda around: around.tasks, []),
]


@pytest.mark.parametrize(("answers", "read", "unread"), UNREAD)
def test_what_cannot_be_read_is_named_once(
    answers: dict[str, Any], read: Callable[[Surroundings], Any], unread: list[str]
) -> None:
    surroundings, _ = around(**answers)
    assert read(surroundings) == read(surroundings) == []
    assert surroundings.unread == [f"{clause}: permission x:Y is missing" for clause in unread]


def test_pipelines_are_read_whole() -> None:
    listed = {"pipelines": [{"name": "release"}, {"name": "nightly"}]}
    surroundings, _ = around(
        list_pipelines=listed, get_pipeline=lambda name: {"pipeline": {"name": name, "stages": []}}
    )
    assert [pipeline["stages"] for pipeline in surroundings.pipelines] == [[], []]
    denied, _ = around(list_pipelines=DENIED)
    with pytest.raises(CallError):
        _ = denied.pipelines


REGISTERED = {
    "ec2InstanceId": "i-1",
    "containerInstanceArn": "arn:1",
    "capacityProviderName": "asg",
    "attributes": [{"name": "ecs.instance-type", "value": "m5.large"}, {"name": "ecs.capability.x"}],
}
MACHINE = {
    "InstanceId": "i-1",
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "SecurityGroups": [{"GroupId": "sg-2"}, {"GroupId": "sg-1"}],
    "PublicIpAddress": "203.0.113.1",
}


def test_instances_of_a_cluster() -> None:
    surroundings, calls = around(
        list_container_instances={"containerInstanceArns": ["arn:1", "arn:2"]},
        describe_container_instances={"containerInstances": [REGISTERED, {"ec2InstanceId": "mi-2"}]},
        describe_instances={"Reservations": [{"Instances": [MACHINE]}, {}]},
    )
    attributes = {"ecs.instance-type": "m5.large", "ecs.capability.x": ""}
    expected = [
        Instance("i-1", "asg", "vpc-1", "subnet-1", ("sg-1", "sg-2"), True, "arn:1", attributes),
        Instance("mi-2", None),
    ]
    assert surroundings.instances(PROD) == surroundings.instances(PROD) == expected
    assert calls.count("list_container_instances") == 1
    asked = dict(calls.asked)
    assert asked["list_container_instances"]["status"] == "ACTIVE"
    # Instances of ECS Anywhere are not in EC2: the call would fail with their ids.
    assert asked["describe_instances"] == {"Filters": [{"Name": "instance-id", "Values": ["i-1"]}]}


def test_without_instances_in_ec2_it_is_not_asked() -> None:
    surroundings, calls = around(
        list_container_instances={"containerInstanceArns": ["arn:2"]},
        describe_container_instances={"containerInstances": [{"ec2InstanceId": "mi-2"}]},
    )
    assert [each.vpc for each in surroundings.instances(PROD)] == [""]
    assert calls.count("describe_instances") == 0


@pytest.mark.parametrize(
    ("answer", "expected"), [({"Subnets": [{"VpcId": "vpc-1"}]}, [{"VpcId": "vpc-1"}]), (GONE, None)]
)
def test_subnets(answer: Any, expected: Any) -> None:
    surroundings, _ = around(describe_subnets=answer)
    assert surroundings.subnets(["subnet-1"]) == expected


def table(gateway: str, *subnets: str, main: bool = False, to: str = "0.0.0.0/0") -> dict[str, Any]:
    associations = [{"SubnetId": each} for each in subnets] + [{"Main": True}] * main
    key = "DestinationIpv6CidrBlock" if ":" in to else "DestinationCidrBlock"
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {key: to, "GatewayId": gateway}]
    return {"Associations": associations, "Routes": routes}


# Route tables, and which of the subnets a and b lead out of the VPC only for public addresses.
ROUTES: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([table("igw-1", main=True)], ["a", "b"]),
    ([table("igw-1", "a"), table("nat-1", main=True)], ["a"]),
    ([table("nat-1", "a"), table("igw-1", main=True)], ["b"]),
    ([table("igw-1", "a", to="203.0.113.0/24"), table("vgw-1", main=True)], []),
    ([table("igw-1", "a", to="::/0")], []),  # tasks on instances can have IPv6 addresses
    ([], []),
]


@pytest.mark.parametrize(("tables", "expected"), ROUTES)
def test_public_subnets(tables: list[dict[str, Any]], expected: list[str]) -> None:
    surroundings, calls = around(describe_route_tables={"RouteTables": tables})
    assert surroundings.public_subnets(["a", "b"], "vpc-1") == expected
    assert calls.asked == [("describe_route_tables", {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]})]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"TargetGroups": [{"TargetType": "ip"}]}, "ip"),
        ({"TargetGroups": [{}]}, "instance"),
        (GONE, None),
    ],
)
def test_what_a_target_group_registers(answer: Any, expected: str | None) -> None:
    surroundings, _ = around(describe_target_groups=answer)
    assert surroundings.target_type("arn") == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"Service": {"DnsConfig": {"DnsRecords": [{"Type": "SRV"}, {"Type": "A"}]}}}, ["SRV", "A"]),
        ({"Service": {}}, []),
        (GONE, None),
    ],
)
def test_the_records_of_a_service_registry(answer: Any, expected: list[str] | None) -> None:
    surroundings, calls = around(get_service=answer)
    assert surroundings.dns_records("arn:aws:servicediscovery:x:y:service/srv-1") == expected
    assert calls.asked == [("get_service", {"Id": "srv-1"})]


@pytest.mark.parametrize(
    ("method", "read"),
    [
        ("list_container_instances", lambda around: around.instances(PROD)),
        ("list_pipelines", lambda around: around.pipelines),
    ],
)
def test_a_call_that_fails_is_made_once(method: str, read: Callable[[Surroundings], object]) -> None:
    surroundings, calls = around(**{method: DENIED})
    for _ in range(3):
        with pytest.raises(CallError):
            read(surroundings)
    assert calls.count(method) == 1
