"""Addresses of the instance that containers use, and ports that two containers bind."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation import Resource
from ecs_guard_aspects.remediation.obstacles.addresses.instance_addresses import instance_addresses, same_ports
from ecs_guard_aspects.remediation.obstacles.situation import Situation

from ...support import if_prod, ports, task_definition, web


def env(value: Any) -> dict[str, object]:
    return web(Environment=[{"Name": "AGENT", "Value": value}])


def logs(driver: str, **options: str) -> dict[str, object]:
    return web(LogConfiguration={"LogDriver": driver, "Options": {k.replace("_", "-"): v for k, v in options.items()}})


LOCAL = ["CMD-SHELL", "curl localhost:8080/health"]
MAPPED = ports({"ContainerPort": 8500}, name="consul")
CONSUL = web(Command=["app", "--consul", "127.0.0.1:8500"])


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (task_definition(env("172.17.0.1")), "Docker's bridge"),
        (task_definition(env({"Fn::Sub": "http://172.17.0.1:${Any}"})), "Docker's bridge"),
        (task_definition(env(if_prod("172.17.0.1", "agent"))), "Docker's bridge"),
        (task_definition(web(Command=["--statsd", "172.17.0.1:8125"])), "Docker's bridge"),
        (task_definition(env("host.docker.internal")), "Docker's name"),
        (task_definition(web(EntryPoint=["sh", "-c", "curl 169.254.169.254/latest"])), "instance metadata"),
        (task_definition(env("http://[fd00:ec2::254]/latest")), "instance metadata"),
        (task_definition(web(Command=["sh", "-c", "curl http://instance-data/latest/user-data"])), "instance metadata"),
        (task_definition(web(Command=["sh", "-c", "AGENT=$(ip route | awk '{print $3}') app"])), "default gateway"),
        (task_definition(web(Command=["sh", "-c", "AGENT=$(/sbin/ip -4 r show default) app"])), "default gateway"),
        (task_definition(web(Command=["sh", "-c", "AGENT=$(netstat -nr | grep ^0) app"])), "default gateway"),
        (task_definition(web(Command=["sh", "-c", "awk '$2 == 0' /proc/net/route"])), "default gateway"),
        (task_definition(web(Command=["sh", "-c", "jq .PortMappings[0].HostPort $FILE"])), "container metadata"),
        (task_definition(env("the ip routing table")), ""),
        (task_definition(env("172.17.0.10")), ""),
        (task_definition(env("10.172.17.0.1")), ""),
        (task_definition(env("169.254.170.2")), ""),  # the credentials of the task
        (task_definition(logs("fluentd")), "logs with fluentd"),
        (task_definition(logs("fluentd", fluentd_address="localhost:24224")), "logs with fluentd"),
        (task_definition(logs("gelf", gelf_address="udp://127.0.0.1:12201")), "logs with gelf"),
        (task_definition(logs("fluentd", fluentd_address="logs.example.com:24224")), ""),
        (task_definition(logs("awslogs")), ""),
        (task_definition(CONSUL, NetworkMode="host"), "port 8500 of localhost"),
        (task_definition(CONSUL, MAPPED, NetworkMode="host"), ""),
        (task_definition(CONSUL), ""),  # in bridge mode that is the container itself
        (task_definition(web(HealthCheck={"Command": LOCAL})), ""),
        (task_definition(env("localhost"), NetworkMode="host"), "uses localhost, which in host mode"),
        (task_definition(env("127.0.0.1"), NetworkMode="host"), "uses localhost, which in host mode"),
        (task_definition(env("redis://:secret@localhost/0"), NetworkMode="host"), "uses localhost, which in host mode"),
        (task_definition(env("jdbc:mysql://localhost/shop"), NetworkMode="host"), "uses localhost, which in host mode"),
        (task_definition(web(Command=["--statsd", "localhost"]), NetworkMode="host"), "uses localhost, which in host"),
        (task_definition(web(Command=["--statsd=localhost"]), NetworkMode="host"), "uses localhost, which in host"),
        (task_definition(web(Command=["sh", "-c", "app -s localhost"]), NetworkMode="host"), "uses localhost"),
        (task_definition(env("localhost,.example.com"), NetworkMode="host"), ""),  # names that it answers to
        (task_definition(web(HealthCheck={"Command": ["CMD", "curl", "http://localhost/"]}), NetworkMode="host"), ""),
        (task_definition(env("localhost")), ""),
        (task_definition(env("169.254.169.254,localhost"), NetworkMode="bridge"), "instance metadata"),
        (task_definition(web(Environment=[{"Name": "NO_PROXY", "Value": "169.254.169.254"}])), ""),
    ],
)
def test_what_is_reached_at_the_instance(definition: Resource, found: str) -> None:
    texts = [step.text for step in instance_addresses(Situation(definition)) if hasattr(step, "text")]
    assert [found in text for text in texts] == ([True] if found else [])


def test_what_a_container_says_is_not_quoted() -> None:
    definition = task_definition(env("http://user:hunter2@172.17.0.1"))
    assert "hunter2" not in str(list(instance_addresses(Situation(definition))))


def env_port(value: Any) -> dict[str, object]:
    return {"Environment": [{"Name": "PORT", "Value": value}]}


CHECKED = {"HealthCheck": {"Command": LOCAL}}
OTHER_PORT = {"HealthCheck": {"Command": ["CMD-SHELL", "curl localhost:9090"]}}


@pytest.mark.parametrize(
    ("containers", "mode", "is_shared"),
    [
        ([web("a", **CHECKED), web("b", **CHECKED)], "bridge", True),
        ([web("a", **CHECKED), web("b", **OTHER_PORT)], "bridge", False),
        ([web("a", **CHECKED), web("b", **CHECKED)], "host", False),  # there they share the port already
        ([web("a", **env_port("8080")), web("b", **env_port("8080"))], "bridge", True),
        ([web("a", **env_port("8080")), web("b", **CHECKED)], "bridge", True),
        ([ports({"ContainerPort": 8080}, name="a"), web("b", **env_port("8080"))], "bridge", True),
        ([web("a", **CHECKED), ports({"ContainerPort": 8080}, name="b")], "bridge", True),
        ([web("a", **CHECKED), ports({"ContainerPortRange": "8000-8100"}, name="b")], "bridge", True),
        ([{**web("a", **CHECKED), **ports({"ContainerPort": 8080}, name="a")}], "bridge", False),  # one container
        ([{**ports({"ContainerPort": 8080}, name={"Ref": "Any"}), **CHECKED}, web("b")], "bridge", False),
        ([web("a", **env_port("8080")), web("b", **env_port("9090"))], "bridge", False),
        ([web("a", **env_port({"Ref": "Any"})), web("b", **env_port({"Ref": "Any"}))], "bridge", False),
        ([web("a", Image="app"), web("b", Image="app")], "bridge", True),
        ([web("a", Image={"Fn::Sub": "${Any}:1"}), web("b", Image={"Fn::Sub": "${Any}:1"})], "bridge", True),
        ([web("a", Image="app"), web("b", Image="app", Command=["worker"])], "bridge", False),
        ([web("a", Image="app"), web("b", Image="app", Environment=[{"Name": "PORT", "Value": "2"}])], "bridge", False),
        ([web("a", Image="app"), web("b", Image="other")], "bridge", False),
        ([web("a", Command=["--port", "8080"]), ports({"ContainerPort": 8080}, name="b")], "bridge", True),
        ([web("a", Command=["-b", "0.0.0.0:8000"]), web("b", Command=["-b", "0.0.0.0:8000"])], "bridge", True),
        ([{**ports({"ContainerPort": 80}, name="a"), "Command": ["--port", "80"]},
          {**ports({"ContainerPort": 80}, name="b"), "Command": ["--port", "80"]}], "bridge", False),  # both map it
        ([web("a", Image="redis:7", Command=["-a"]), web("b", Image="redis:6", Command=["-b"])], "bridge", True),
        ([{**ports({"ContainerPort": 80}, name="a"), "Image": "nginx"}, web("b", Image="httpd")], "bridge", True),
        ([web("a", Image="redis"), web("b", Image="redis", Command=["--port", "6380"])], "bridge", False),
    ],
)  # fmt: skip
def test_two_containers_that_bind_one_port(containers: list[object], mode: str, is_shared: bool) -> None:
    found = list(same_ports(Situation(task_definition(*containers, NetworkMode=mode))))
    assert bool(found) is is_shared
