"""Addresses of the instance that containers or their log drivers use, and ports that two containers bind.

Under awsvpc the containers of a task share one network interface, which is not that of the instance.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from ....cloudformation.properties import Properties, is_given, list_at, map_at, maps_at, text_at
from ....cloudformation.scenario import Scenario
from ....cloudformation.values import UndecidedError
from ....model.resource import Resource
from ....policy.checks.awsvpc_limits import Ports, container_name, port_mappings
from ...changes import Blocker, Step
from ..container_texts import LOCALHOST, ContainerText, container_texts, number_of
from ..scenarios import in_all_scenarios, readable
from ..situation import Situation
from .lost_addresses import LIFTED_BY
from .shown_ports import ShownPort, shown_ports

# Each address of the instance, with what it is.
_ADDRESSES = {
    re.compile(r"(?<![\d.])172\.17\.\d{1,3}\.1(?![\d.])"): "the address of Docker's bridge on the instance",
    re.compile(r"\bhost\.docker\.internal\b|\bgateway\.docker\.internal\b"): "Docker's name of the instance",
    re.compile(
        r"(?<![\d.])169\.254\.169\.254(?![\d.])|\[fd00:ec2::254\]|\binstance-data\b|\blocal-(?:ipv4|hostname)\b"
    ): "the instance metadata, which gives the address or the credentials of the instance",
    re.compile(r"\bip\s+(?:-\S+\s+)*r(?:o(?:ute?)?)?\b|\broute\s+-n|\bnetstat\s+-\w*r|/proc/net/route\b"): (
        "the default gateway, which in bridge mode is the instance"
    ),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-metadata.html
    re.compile(r"\bHostPrivateIPv4Address\b|\bHostPublicIPv4Address\b|\bPortMappings\b.*\bHostPort\b"): (
        "the address or port of the instance from the container metadata"
    ),
}
_LOCAL = re.compile(rf"{LOCALHOST}:(?P<port>\d{{1,5}})\b")
# The same without a port, as a host or a URL: in the environment alone, in a command among other words.
_LOCAL_HOST = re.compile(
    r"(?:[\w+.:-]+://(?:[^@/\s]*@)?|.*\s|-[\w.-]+=)?(?:localhost|127\.0\.0\.1|\[?::1\]?)(?:[/\s\"'].*)?", re.DOTALL
)

# Log drivers that Docker runs on the instance, and the option that is the address they dial.
# https://docs.docker.com/engine/logging/configure/
_LOG_ADDRESSES = {
    "fluentd": "fluentd-address",
    "gelf": "gelf-address",
    "splunk": "splunk-url",
    "syslog": "syslog-address",
}
_ON_INSTANCE = re.compile(r"(?:\w+://)?(?:localhost|127\.0\.0\.1|\[::1\])\b.*")


def instance_addresses(situation: Situation) -> Iterator[Step]:
    """Containers that name an address of their instance reach something else under awsvpc, or nothing."""
    task_definition = situation.task_definition
    texts = [found for found in container_texts(task_definition) if found.property != "Image"]
    local = [(found.container, match["port"]) for found in texts for match in _LOCAL.finditer(found.text)]
    # A health check asks its own container.
    asking = [found for found in texts if found.property in ("Environment", "Command", "EntryPoint")]
    hosts = dict.fromkeys(found.container for found in asking if _LOCAL_HOST.fullmatch(found.text))
    for container, what in dict.fromkeys(_named_in(texts)):
        text = f"container {container} uses {what}: under awsvpc the task has an address of its own"
        yield Blocker(task_definition.address, text, LIFTED_BY)
    yield from in_all_scenarios(
        task_definition,
        lambda scenario: _log_drivers(task_definition, scenario),
        lambda scenario: _neighbours(task_definition, scenario, local),
        lambda scenario: _local_hosts(task_definition, scenario, hosts),
    )


def _named_in(texts: Iterable[ContainerText]) -> Iterator[tuple[str, str]]:
    for found in texts:
        yield from ((found.container, what) for pattern, what in _ADDRESSES.items() if pattern.search(found.text))


def _log_drivers(task_definition: Resource, scenario: Scenario) -> Iterator[Step | str]:
    def judge(container: Properties) -> Iterator[Step]:
        logs = map_at(container, "LogConfiguration")
        driver = text_at(logs, "LogDriver") if logs else None
        if logs is None or driver not in _LOG_ADDRESSES:
            return
        address = _text_or_none(map_at(logs, "Options"), _LOG_ADDRESSES[driver])
        # Without an address the fluentd driver dials localhost:24224; the others need one or use a socket.
        if (address is None and driver == "fluentd") or (address is not None and _ON_INSTANCE.fullmatch(address)):
            what = f"container {container_name(container)} logs with {driver} to a port of its instance"
            text = f"{what}: under awsvpc no container of the task listens there, and it may not start"
            yield Blocker(task_definition.address, text, LIFTED_BY)

    for container in maps_at(task_definition.read(scenario), "ContainerDefinitions"):
        yield from readable(judge, container, about=f"container {container_name(container)}: ")


def _text_or_none(options: Properties | None, key: str) -> str | None:
    """Return an option; empty if only the deployment knows it: then it is an address, but not which."""
    try:
        return text_at(options, key) if options is not None else None
    except UndecidedError:
        return ""


def _neighbours(
    task_definition: Resource, scenario: Scenario, local: Collection[tuple[str, str]]
) -> Iterator[Step | str]:
    """In host mode localhost is the instance: what listens at a port of it may be another task."""
    task = task_definition.read(scenario)
    if not local or text_at(task, "NetworkMode") != "host":
        return
    own: set[int] = set()
    for container in maps_at(task, "ContainerDefinitions"):
        for _, ports in port_mappings(container):
            own.update(range(ports.first, ports.last + 1))
    for name, port in local:
        if int(port) not in own:
            what = f"container {name} uses port {port} of localhost, which in host mode is the instance"
            text = f"{what}: under awsvpc it is the task, where no container maps that port"
            yield Blocker(task_definition.address, text, LIFTED_BY)


def _local_hosts(task_definition: Resource, scenario: Scenario, containers: Iterable[str]) -> Iterator[Step]:
    """Without a port localhost may be any program of the instance, or of the task."""
    if text_at(task_definition.read(scenario), "NetworkMode") == "host":
        for name in containers:
            what = f"container {name} uses localhost, which in host mode is the instance"
            text = f"{what}: under awsvpc it is the task, and what runs on the instance is not there"
            yield Blocker(task_definition.address, text, LIFTED_BY)


# --- one port, two containers ----------------------------------------------------------------------------------------


def same_ports(situation: Situation) -> Iterator[Step]:
    """Two containers that bind one port, by their images, port mappings, health checks and environments."""
    task_definition = situation.task_definition
    shown = shown_ports(task_definition)

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        task = task_definition.read(scenario)
        if text_at(task, "NetworkMode") != "host":  # there they share the ports of the instance already
            yield from _same_image(task, task_definition)
            if shown:
                yield from readable(_same_port, task, task_definition, shown)

    yield from in_all_scenarios(task_definition, judge)


def _same_image(task: Properties, task_definition: Resource) -> Iterator[Step]:
    programs = [(container_name(each), _program_of(each)) for each in maps_at(task, "ContainerDefinitions")]
    for (name, program), (other, same) in combinations(programs, 2):
        if program is not None and program == same:
            text = f"containers {name} and {other} run the same image with the same command: both bind the same ports"
            yield Blocker(task_definition.address, f"{text}, and under awsvpc they share one network interface")


def _program_of(container: Properties) -> tuple[object, ...] | None:
    """Return what a container runs; None if another setting may give it another port."""
    if is_given(container, "Environment") or is_given(container, "PortMappings"):
        return None
    image, _ = container.resolve("Image")
    command = [str(list_at(container, key)) for key in ("Command", "EntryPoint")]
    return (getattr(image, "expression", image), *command) if image is not None else None


_MAPPED = "a port mapping"


def _same_port(task: Properties, task_definition: Resource, found: Iterable[ShownPort]) -> Iterator[Step]:
    """Two containers that show the same port; two port mappings are a limit of awsvpc itself."""
    mapped = {
        number_of(each.location): (container_name(each), [ports for _, ports in port_mappings(each)])
        for each in maps_at(task, "ContainerDefinitions")
    }
    # What a container shows and maps is the mapping.
    silent = (each for each in found if not _covers(mapped.get(each.number, ("", []))[1], each.port))
    shown = {(each.number, each.container, each.port): each.how for each in silent}
    for (number, name, port), how in shown.items():
        others = [(other, by) for (one, other, same), by in shown.items() if one > number and same == port]
        others += [
            (other, _MAPPED) for one, (other, mappings) in mapped.items() if one != number and _covers(mappings, port)
        ]
        for other, by in others:
            text = f"containers {name} (by {how}) and {other} (by {by}) both listen at port {port}"
            yield Blocker(task_definition.address, f"{text}, and under awsvpc they share one network interface")


def _covers(mappings: Iterable[Ports], port: int) -> bool:
    return any(each.first <= port <= each.last for each in mappings)
