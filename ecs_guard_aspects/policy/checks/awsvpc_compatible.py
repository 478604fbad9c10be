"""Task definitions with awsvpc have nothing that awsvpc does not support."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ...cloudformation.properties import Properties
from ...cloudformation.values import UndecidedError
from ...model.sentence import NETWORK_MODE, Property, Remove, Sentence
from ...model.start import EXTERNAL
from .. import launch_type
from ..enforcement import Severity
from ..task_definition import TaskDefinition
from . import examples
from .awsvpc_limits import NOT_IN_AWSVPC, container_name, has_parameter, other_host_ports
from .base import Control, TaskDefinitionCheck, Violation

_HOST_PORT = Property("HostPort", is_of_container=True)


class AwsvpcCompatible(TaskDefinitionCheck):
    """Mode ``awsvpc`` with a parameter that it does not support, with a ``HostPort`` other than the ``ContainerPort``,
    or for ``EXTERNAL``.

    The parameters are ``Links``, ``Hostname``, ``ExtraHosts``, ``DnsServers``, ``DnsSearchDomains`` and
    ``DisableNetworking``. A ``HostPort`` must be absent or equal to the ``ContainerPort``.

    The check shows before a deployment that ECS would refuse it: in a pull request, or when the mode of an existing
    task definition was changed to ``awsvpc``. It is in no profile: the ``enforcement`` of a policy switches it on.
    """

    id = "awsvpc-compatible"
    severity = Severity.MEDIUM
    title = "A task definition with awsvpc has no parameter that awsvpc does not support."
    risk = (
        "ECS refuses to register the task definition: the deployment fails, and CloudFormation rolls the stack back."
        " A way back to the mode bridge or host gives up the isolation of awsvpc."
    )
    question = Sentence("this works with the {mode} awsvpc", mode=NETWORK_MODE)
    fields = (
        "NetworkMode",
        "RequiresCompatibilities",
        *(f"ContainerDefinitions[*].{parameter}" for parameter in NOT_IN_AWSVPC),
        "ContainerDefinitions[*].PortMappings[*].HostPort",
    )
    allowed = (
        "any mode but `awsvpc`; or none of these parameters, and a `HostPort` that is absent or the container port"
    )
    setting = ("In `awsvpc` mode", "no `Links`, `Hostname`, `ExtraHosts`, DNS settings or other `HostPort`")
    example = examples.AWSVPC_COMPATIBLE
    controls = (
        Control(
            "Amazon ECS API ContainerDefinition",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
        ),
        Control(
            "Amazon ECS API PortMapping",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        ),
        Control("cfn-lint E3053", "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"),
    )

    is_made_by_ecs = True

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        if task_definition.network_mode != "awsvpc":
            return None
        problems: list[_Problem] = []
        undecided: UndecidedError | None = None
        for question in _questions(task_definition):
            try:
                problems += question()
            except UndecidedError as error:  # what is certain counts more
                undecided = undecided or error
        if not problems and undecided is not None:
            raise undecided
        if not problems:
            return None
        return Violation(
            _joined([problem.what for problem in problems], "; "),
            "With awsvpc ECS refuses to register this task definition.",
            _joined(list(dict.fromkeys(problem.change for problem in problems)), ", "),
            problems[0].place.removeprefix("Properties/"),
        )


class _Problem(NamedTuple):
    what: Sentence
    change: Sentence
    place: str


def _questions(task_definition: TaskDefinition) -> Iterator[Callable[[], Iterable[_Problem]]]:
    for container in task_definition.containers:
        yield partial(_host_ports, container.properties)
        for parameter in NOT_IN_AWSVPC:
            yield partial(_parameter, container.properties, parameter)
    yield partial(_launch_type, task_definition)


def _parameter(container: Properties, parameter: str) -> Iterator[_Problem]:
    if has_parameter(container, parameter):
        prop = Property(parameter, is_of_container=True)
        what = Sentence("container {name} sets {parameter}", name=container_name(container), parameter=prop)
        yield _Problem(what, Sentence("{change}", change=Remove(prop)), f"{container.location}/{parameter}")


def _host_ports(container: Properties) -> Iterator[_Problem]:
    for mapping, ports, host_port in other_host_ports(container):
        values = {"name": container_name(container), "ports": ports, "host_port": _HOST_PORT, "value": host_port}
        what = Sentence("container {name} maps {ports} to {host_port} {value}", **values)
        yield _Problem(what, Sentence("{change}", change=Remove(_HOST_PORT)), f"{mapping.location}/HostPort")


def _launch_type(task_definition: TaskDefinition) -> Iterator[_Problem]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    if not launch_type.includes(task_definition, EXTERNAL):
        return
    what = Sentence("it is for ECS Anywhere, which does not support awsvpc")
    if launch_type.is_only(task_definition, EXTERNAL):
        change = Sentence("{change} and add an exemption from awsvpc-network-mode", change=Remove(NETWORK_MODE))
    else:
        change = Sentence("write a second task definition for ECS Anywhere")
    yield _Problem(what, change, task_definition.location_of("RequiresCompatibilities"))


def _joined(parts: list[Sentence], separator: str) -> Sentence:
    """Return one sentence of several clauses."""
    template = separator.join(part.template.replace("{", f"{{part{number}_") for number, part in enumerate(parts))
    values = {f"part{number}_{key}": value for number, part in enumerate(parts) for key, value in part.values.items()}
    return Sentence(f"{template[:1].upper()}{template[1:]}.", **values)
