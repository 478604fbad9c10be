"""AWS for the audit: real clients of boto3, whose calls are answered and recorded here.

moto answers them in ``tests/gates/account/test_moto.py``; here every error is possible, and calls take no time.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.exceptions import ReadTimeoutError

OWN = "111111111111"
OTHER = "222222222222"
IRELAND = "eu-west-1"
OHIO = "us-east-2"

Answer = dict[str, Any]

_LOADER = botocore.loaders.create_loader()
"""Keeps what it has read: the models of a service are megabytes, and each session would read them anew."""


class AwsError(Exception):
    """An error that AWS answers with."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.answer = {"Error": {"Code": code, "Message": message}}


THROTTLED = AwsError("ThrottlingException", "Rate exceeded")
TIMED_OUT = ReadTimeoutError(endpoint_url="https://aws")


def denied(action: str, because: str = "because no identity-based policy allows the action") -> AwsError:
    who = "User: arn:aws:sts::111111111111:assumed-role/x/y"
    return AwsError("AccessDeniedException", f"{who} is not authorized to perform: {action} on resource: * {because}")


def arn(name: str, account: str = OWN, region: str = IRELAND) -> str:
    return f"arn:aws:ecs:{region}:{account}:task-definition/{name}"


@dataclass
class Region:
    """What is in one Region of one account."""

    account: str = OWN
    name: str = IRELAND
    tasks: dict[str, list[Answer]] = field(default_factory=dict)
    services: dict[str, list[Answer]] = field(default_factory=dict)
    registered: dict[str, Answer] = field(default_factory=dict)
    failures: list[Answer] = field(default_factory=list)
    rules: dict[str, dict[str, list[Answer]]] = field(default_factory=lambda: {"default": {}})
    schedules: list[Answer] = field(default_factory=list)
    interfaces: dict[str, Answer] = field(default_factory=dict)
    container_instances: dict[str, str] = field(default_factory=dict)
    instances: dict[str, Answer] = field(default_factory=dict)
    groups: dict[str, list[Answer]] = field(default_factory=dict)
    target_groups: dict[str, list[str]] = field(default_factory=dict)
    balancers: dict[str, Answer] = field(default_factory=dict)
    classic: list[Answer] = field(default_factory=list)
    tags: dict[str, Answer] = field(default_factory=dict)

    def arn(self, name: str) -> str:
        return arn(name, self.account, self.name)

    def register(self, name: str, status: str = "ACTIVE", mode: str = "bridge", **more: Any) -> str:
        """Register a revision, of one container that is not root."""
        family, _, revision = name.partition(":")
        containers = [{"name": "app", "image": "nginx", "user": "1000"}]
        described = {"taskDefinitionArn": self.arn(name), "family": family, "revision": int(revision)}
        kept = {"status": status, "networkMode": mode, "containerDefinitions": containers, "compatibilities": ["EC2"]}
        self.registered[name] = {**described, **kept, **more}
        return self.arn(name)

    def register_daemon(self, name: str, **container: Any) -> str:
        """Register a revision of a daemon, of one container, in the shape of the answer of AWS."""
        full = self.arn(name).replace(":task-definition/", ":daemon-task-definition/")
        family, _, revision = name.partition(":")
        containers = [{"name": "agent", "image": "agent", "essential": True, **container}]
        described = {"daemonTaskDefinitionArn": full, "family": family, "revision": int(revision), "status": "ACTIVE"}
        self.registered[full] = {**described, "containerDefinitions": containers, "pidMode": "shared"}
        return full

    def run(self, cluster: str, name: str, count: int = 1, **more: Any) -> None:
        """Run tasks of a revision."""
        task = {"taskDefinitionArn": self.arn(name), "lastStatus": "RUNNING", **more}
        running = self.cluster(cluster)
        running += [{**task, "taskArn": f"arn:aws:ecs:x:y:task/{cluster}/{len(running) + n}"} for n in range(count)]

    def serve(self, cluster: str, service: str, name: str | None, **more: Any) -> None:
        """Add a service of a revision."""
        self.cluster(cluster)
        own = {"taskDefinition": self.arn(name)} if name else {}
        full = f"arn:aws:ecs:x:y:service/{cluster}/{service}"
        self.services[cluster].append(
            {"serviceArn": full, "serviceName": service, "status": "ACTIVE", "desiredCount": 1, **own, **more}
        )

    def admit(
        self, group: str, source: str = "0.0.0.0/0", ports: tuple[int, int] = (80, 80), protocol: str = "tcp"
    ) -> None:
        """Add a rule to a security group; without ports in the rule for all protocols."""
        ranges = {"Ipv6Ranges": [{"CidrIpv6": source}]} if ":" in source else {"IpRanges": [{"CidrIp": source}]}
        ranges = {"PrefixListIds": [{"PrefixListId": source}]} if source.startswith("pl-") else ranges
        of_ports = {} if protocol == "-1" else {"FromPort": ports[0], "ToPort": ports[1]}
        self.groups.setdefault(group, []).append({"IpProtocol": protocol, **of_ports, **ranges})

    def attach(self, id_: str, public: str | None = None, group: str = "sg-1") -> list[Answer]:
        """Add a network interface; return the attachments of its task."""
        of_internet = {"Ipv6Addresses": [{"Ipv6Address": public}]} if public and ":" in public else {}
        association = {"Association": {"PublicIp": public}} if public and not of_internet else {}
        self.groups.setdefault(group, [])
        self.interfaces[id_] = {
            "NetworkInterfaceId": id_, "Groups": [{"GroupId": group}], **association, **of_internet
        }  # fmt: skip
        details = [{"name": "subnetId", "value": "subnet-1"}, {"name": "networkInterfaceId", "value": id_}]
        return [{"type": "ElasticNetworkInterface", "details": details}]

    def launch(self, id_: str, public: str | None = None, group: str = "sg-1", **more: Any) -> str:
        """Add a container instance on an instance; return its ARN."""
        address = {"PublicIpAddress": public} if public else {}
        self.groups.setdefault(group, [])
        self.instances[id_] = {"InstanceId": id_, "SecurityGroups": [{"GroupId": group}], **address, **more}
        arn_ = f"arn:aws:ecs:x:y:container-instance/prod/{id_}"
        self.container_instances[arn_] = id_
        return arn_

    def balance(
        self, name: str, scheme: str = "internet-facing", port: int | None = 443, group: str | None = None
    ) -> Answer:
        """Add a load balancer with a target group and a listener; return the entry for a service."""
        balancer = f"arn:aws:elasticloadbalancing:x:y:loadbalancer/app/{name}/1"
        target_group = f"arn:aws:elasticloadbalancing:x:y:targetgroup/{name}/1"
        self.target_groups[target_group] = [balancer]
        listeners = [{"Protocol": "HTTPS", "Port": port}] if port else []
        described = {"LoadBalancerArn": balancer, "LoadBalancerName": name, "Scheme": scheme}
        if group:
            self.groups.setdefault(group, [])
        self.balancers[balancer] = {
            "described": described | ({"SecurityGroups": [group]} if group else {}), "listeners": listeners
        }  # fmt: skip
        return {"targetGroupArn": target_group, "containerName": "app", "containerPort": 80}

    def cluster(self, name: str) -> list[Answer]:
        self.services.setdefault(name, [])
        return self.tasks.setdefault(name, [])


class Cloud:
    """All accounts.

    Attributes:
        regions: by account and Region what is there.
        errors: what goes wrong, by action, ``action account`` or ``action Region``.
        calls: account, Region and action of each call.
        organization: the accounts of the organization, with their states.
    """

    def __init__(self) -> None:
        self.regions: dict[tuple[str, str], Region] = {}
        self.errors: dict[str, Exception] = {}
        self.calls: list[tuple[str, str, str]] = []
        self.organization: dict[str, str] = {OWN: "ACTIVE", OTHER: "ACTIVE"}
        self.enabled = [OHIO, IRELAND]

    def region(self, account: str = OWN, name: str = IRELAND) -> Region:
        return self.regions.setdefault((account, name), Region(account, name))

    def counts(self) -> dict[str, int]:
        """Return how often each action was called."""
        return dict(Counter(action for _, _, action in self.calls))

    def client(self, service: str, region: str, account: str = OWN) -> Any:
        """Return a client of boto3 that this cloud answers."""
        key = {"aws_access_key_id": account, "aws_secret_access_key": "x"}
        return self.answering(boto3.client(service, region_name=region, **key), account, region)

    def answering(self, client: Any, account: str, region: str) -> Any:
        """Answer the calls of a client here."""

        def keep(params: Answer, context: Answer, **_: Any) -> None:
            context["asked"] = params

        def answer(model: Any, context: Answer, **_: Any) -> tuple[Any, Answer]:
            action = f"{client.meta.service_model.signing_name}:{model.name}"
            self.calls.append((account, region, action))
            try:
                for key in (action, f"{action} {account}", f"{action} {region}"):
                    if key in self.errors:
                        raise self.errors[key]
                is_classic = client.meta.service_model.service_name == "elb"
                return _Http(200), self._answers(model.name, context["asked"], account, region, is_classic=is_classic)
            except AwsError as error:
                return _Http(400), error.answer

        client.meta.events.register("before-parameter-build", keep)
        client.meta.events.register_first("before-call", answer)
        return client

    def _answers(self, operation: str, asked: Answer, account: str, region: str, *, is_classic: bool) -> Answer:
        here = self.regions.get((account, region), Region(account, region))
        answers: Answer = getattr(Answers(self, here, is_classic=is_classic), operation)(**asked)
        return answers


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


class Answers:
    """The calls, by their names in the API."""

    def __init__(self, cloud: Cloud, here: Region, *, is_classic: bool = False) -> None:
        self.cloud = cloud
        self.here = here
        self.is_classic = is_classic

    def GetCallerIdentity(self) -> Answer:  # noqa: N802
        return {"Account": OWN, "Arn": f"arn:aws:sts::{OWN}:assumed-role/x/y"}

    def AssumeRole(self, RoleArn: str, RoleSessionName: str) -> Answer:  # noqa: N802, N803
        ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
        key = RoleArn.split(":")[4]
        if f"sts:AssumeRole of {key}" in self.cloud.errors:
            raise self.cloud.errors[f"sts:AssumeRole of {key}"]
        return {
            "Credentials": {"AccessKeyId": key, "SecretAccessKey": "x", "SessionToken": RoleArn, "Expiration": ends}
        }

    def ListAccounts(self, **_: Any) -> Answer:  # noqa: N802
        return {"Accounts": [{"Id": key, "State": state} for key, state in self.cloud.organization.items()]}

    def DescribeRegions(self) -> Answer:  # noqa: N802
        return {"Regions": [{"RegionName": name} for name in self.cloud.enabled]}

    def ListClusters(self, maxResults: int, nextToken: str = "0") -> Answer:  # noqa: N802, N803
        arns = [f"arn:aws:ecs:{self.here.name}:{self.here.account}:cluster/{name}" for name in self.here.tasks]
        return _page("clusterArns", arns, maxResults, nextToken)

    def ListTasks(  # noqa: N802
        self,
        cluster: str,
        desiredStatus: str,  # noqa: N803
        maxResults: int,  # noqa: N803
        nextToken: str = "0",  # noqa: N803
    ) -> Answer:
        assert desiredStatus == "RUNNING"
        tasks = self.here.tasks[cluster.rpartition("/")[2]]
        return _page("taskArns", [task["taskArn"] for task in tasks], maxResults, nextToken)

    def DescribeClusters(self, clusters: list[str], include: list[str]) -> Answer:  # noqa: N802
        assert (include, 1 <= len(clusters) <= 100) == (["TAGS"], True)
        return {"clusters": [{"clusterArn": one, **self.here.tags.get(one.rpartition("/")[2], {})} for one in clusters]}

    def DescribeContainerInstances(self, cluster: str, containerInstances: list[str]) -> Answer:  # noqa: N802, N803
        assert cluster
        assert 1 <= len(containerInstances) <= 100
        known = {one: self.here.container_instances.get(one) for one in containerInstances}
        described = [{"containerInstanceArn": one, "ec2InstanceId": id_} for one, id_ in known.items() if id_]
        return {"containerInstances": described, "failures": []}

    def DescribeNetworkInterfaces(self, Filters: list[Answer]) -> Answer:  # noqa: N802, N803
        return {"NetworkInterfaces": _named(self.here.interfaces, Filters, "network-interface-id")}

    def DescribeInstances(self, Filters: list[Answer]) -> Answer:  # noqa: N802, N803
        return {"Reservations": [{"Instances": [one]} for one in _named(self.here.instances, Filters, "instance-id")]}

    def DescribeSecurityGroups(self, Filters: list[Answer]) -> Answer:  # noqa: N802, N803
        groups = {id_: {"GroupId": id_, "IpPermissions": rules} for id_, rules in self.here.groups.items()}
        return {"SecurityGroups": _named(groups, Filters, "group-id")}

    def DescribeTargetGroups(self, PageSize: int, Marker: str = "0") -> Answer:  # noqa: N802, N803
        groups = [{"TargetGroupArn": one, "LoadBalancerArns": arns} for one, arns in self.here.target_groups.items()]
        return _marked(_page("TargetGroups", groups, PageSize, Marker), "NextMarker")

    def DescribeLoadBalancers(self, PageSize: int, Marker: str = "0") -> Answer:  # noqa: N802, N803
        if self.is_classic:
            return _marked(_page("LoadBalancerDescriptions", self.here.classic, PageSize, Marker), "NextMarker")
        balancers = [one["described"] for one in self.here.balancers.values()]
        return _marked(_page("LoadBalancers", balancers, PageSize, Marker), "NextMarker")

    def DescribeListeners(self, LoadBalancerArn: str) -> Answer:  # noqa: N802, N803
        return {"Listeners": self.here.balancers[LoadBalancerArn]["listeners"]}

    def DescribeTasks(self, cluster: str, tasks: list[str], include: Any = ()) -> Answer:  # noqa: N802
        assert 1 <= len(tasks) <= 100
        there = {task["taskArn"]: task for task in self.here.tasks[cluster.rpartition("/")[2]]}
        return {"tasks": [there[task] for task in tasks if there[task]], "failures": self.here.failures}

    def ListServices(self, cluster: str, maxResults: int, nextToken: str = "0") -> Answer:  # noqa: N802, N803
        services = self.here.services[cluster.rpartition("/")[2]]
        return _page("serviceArns", [service["serviceArn"] for service in services], maxResults, nextToken)

    def DescribeServices(self, cluster: str, services: list[str], include: Any = ()) -> Answer:  # noqa: N802
        assert 1 <= len(services) <= 10
        there = {service["serviceArn"]: service for service in self.here.services[cluster.rpartition("/")[2]]}
        return {"services": [there[service] for service in services], "failures": self.here.failures}

    def DescribeTaskDefinition(self, taskDefinition: str) -> Answer:  # noqa: N802, N803
        name = taskDefinition.rpartition("/")[2]
        if name in self.cloud.errors:
            raise self.cloud.errors[name]
        active = [key for key, one in self.here.registered.items() if one["status"] == "ACTIVE"]
        latest = [key for key in active if key.partition(":")[0] == name]
        found = name if name in self.here.registered else latest[-1] if latest else None
        if found is None:
            raise AwsError("ClientException", "Unable to describe task definition.")
        return {"taskDefinition": self.here.registered[found], "tags": []}

    def DescribeDaemonTaskDefinition(self, daemonTaskDefinition: str) -> Answer:  # noqa: N802, N803
        return {"daemonTaskDefinition": self.here.registered[daemonTaskDefinition]}

    def ListEventBuses(self, NextToken: str = "0") -> Answer:  # noqa: N802, N803
        buses = [{"Name": name} for name in self.here.rules]
        page = _page("EventBuses", buses, 1, NextToken)  # one at a time
        return {key.replace("next", "Next"): value for key, value in page.items()}

    def ListRuleNamesByTarget(self, TargetArn: str, EventBusName: str) -> Answer:  # noqa: N802, N803
        rules = self.here.rules[EventBusName]
        return {"RuleNames": [name for name, targets in rules.items() if any(t["Arn"] == TargetArn for t in targets)]}

    def ListTargetsByRule(self, Rule: str, EventBusName: str) -> Answer:  # noqa: N802, N803
        return {"Targets": self.here.rules[EventBusName][Rule]}

    def ListSchedules(self, MaxResults: int, NextToken: str = "0") -> Answer:  # noqa: N802, N803
        listed = [{**one, "Target": {"Arn": one["Target"]["Arn"]}} for one in self.here.schedules]
        page = _page("Schedules", listed, MaxResults, NextToken)
        return {key.replace("next", "Next"): value for key, value in page.items()}

    def GetSchedule(self, Name: str, GroupName: str) -> Answer:  # noqa: N802, N803
        return next(one for one in self.here.schedules if (one["Name"], one["GroupName"]) == (Name, GroupName))


def _page(key: str, items: list[Any], size: int, token: str) -> Answer:
    start = int(token)
    more = {"nextToken": str(start + size)} if start + size < len(items) else {}
    return {key: items[start : start + size], **more}


def _marked(page: Answer, name: str) -> Answer:
    return {name if key == "nextToken" else key: value for key, value in page.items()}


def _named(known: dict[str, Answer], filters: list[Answer], name: str) -> list[Answer]:
    """Return what a filter finds: names that are gone are left out."""
    (one,) = filters
    assert one["Name"] == name
    assert 1 <= len(one["Values"]) <= 100
    return [known[id_] for id_ in one["Values"] if id_ in known]


def patched(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Let every session of boto3 use a cloud."""
    make = boto3.Session.client

    def client(session: boto3.Session, service: Any, region_name: str, **more: Any) -> Any:
        account = more.get("aws_access_key_id", OWN)
        more = {"aws_access_key_id": OWN, "aws_secret_access_key": "x", **more}
        return cloud.answering(make(session, service, region_name=region_name, **more), account, region_name)

    monkeypatch.setattr(boto3.Session, "client", client)
    monkeypatch.setattr(botocore.session, "create_loader", lambda search_path_string=None: _LOADER)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setenv("AWS_REGION", IRELAND)
    yield cloud
