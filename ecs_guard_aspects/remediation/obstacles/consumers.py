"""Consumers of a task definition: their obstacles to awsvpc, and the network they get if they lack one.

A consumer of an awsvpc task must name the subnets:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from ...cloudformation.nodes import NO_VALUE
from ...cloudformation.properties import Properties, list_at, map_at, maps_at, text_at
from ...cloudformation.scenario import Scenario
from ...cloudformation.values import UndecidedError
from ...model.resource import Resource
from ...model.start import RULE, RUNNERS, Runner
from ..changes import Blocker, Change, Step
from ..network import SECURITY_GROUPS, SUBNETS
from ..who_runs_it import state_machine
from .scenarios import in_all_scenarios, readable
from .service import service_obstacles


@dataclass(frozen=True)
class Consumer:
    """A resource that names the task definition.

    Attributes:
        resource: the resource.
        reference: where it names it: the dotted path in its properties of the ``Ref`` (or ``Fn::GetAtt``,
            ``Fn::ImportValue``, ``Fn::Sub``, ``Fn::Join`` or literal) itself, with the branches of ``Fn::If`` on the
            way: ``TaskDefinition``, ``Targets.0.EcsParameters.TaskDefinitionArn``, ``TaskDefinition.Fn::If.1``.
        service_dependencies: the target groups and registries of the app that it names, by the same kind of path:
            ``LoadBalancers.0.TargetGroupArn``, ``LoadBalancers.0.AdvancedConfiguration.AlternateTargetGroupArn``,
            ``VpcLatticeConfigurations.0.TargetGroupArn``, ``ServiceRegistries.0.RegistryArn``.
    """

    resource: Resource
    reference: str
    service_dependencies: Mapping[str, Resource] = field(default_factory=dict)


# Resources that name a task definition without running it, by type and path. All others may run it.
_BYSTANDERS = {
    "AWS::CDK::Metadata": "",
    "AWS::CloudWatch::Alarm": "",
    "AWS::CloudWatch::Dashboard": "",
    RULE: "EventPattern",
    "AWS::IAM::GroupPolicy": "",
    "AWS::IAM::ManagedPolicy": "",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "",
    "AWS::IAM::RolePolicy": "",
    "AWS::IAM::UserPolicy": "",
    "AWS::Serverless::Function": "Policies",
    "AWS::Serverless::StateMachine": "Policies",
}


class AwsvpcNetwork(Protocol):
    """A network that can be given to what runs a task."""

    def awsvpc_configuration(self, *, on_fargate: bool) -> dict[str, object]:
        """Return it as the ``AwsvpcConfiguration`` of CloudFormation."""


NetworkOf = Callable[[str, str], AwsvpcNetwork | str]
"""Returns the network for a consumer without one, or why there is none as a clause.

Its arguments are the address of the consumer, and the path of the properties that it runs the task with.
"""


def no_network(_address: str, _parameters: str) -> str:
    """Return no network and no reason: the user has given none."""
    return ""


def runs_task(consumer: Consumer) -> bool:
    """Return whether a consumer is a resource that runs the task definition, not one that only names it."""
    resource, runner = consumer.resource, RUNNERS.get(consumer.resource.type)
    if runner is not None:
        return runner.parameters_of(consumer.reference) is not None
    return resource.type in state_machine.TYPES


_IN_THE_CODE = "set awsvpc in the task definition itself, and pass a networkConfiguration where the task is run"
_IN_THE_STATE = (
    "set awsvpc in the task definition itself, and a NetworkConfiguration in the state:"
    " an EcsRunTask of the CDK then has one"
)


def is_bystander(consumer: Consumer) -> bool:
    """Return whether a consumer only names the task definition: what it is does not run tasks."""
    place = _BYSTANDERS.get(consumer.resource.type)
    return place is not None and consumer.reference.startswith(place)


_NETWORK = "network=Network(subnets=tuple(subnet.subnet_id for subnet in vpc.private_subnets))"


SwitchOf = Callable[[Resource, Resource], Iterable[Change] | str]
"""Returns the changes by which the target group of a service registers addresses, or why it cannot be switched."""


def no_switch(_service: Resource, _group: Resource) -> str:
    """Return why a target group cannot be switched: nothing is known about it."""
    return ""


def obstacles_and_changes(consumer: Consumer, network_of: NetworkOf, switch_of: SwitchOf = no_switch) -> list[Step]:
    """Return the obstacles of a consumer to awsvpc, and the changes that give it a network.

    Changes that replace resources come with a blocker that the user can lift.
    """
    resource, reference = consumer.resource, consumer.reference
    if is_bystander(consumer):
        return []
    if resource.type in state_machine.TYPES:
        return [Blocker(resource.address, text, remedy=_IN_THE_STATE) for text in state_machine.obstacles(resource)]
    runner = RUNNERS.get(resource.type)
    parameters = runner.parameters_of(reference) if runner else None
    if runner is None or parameters is None:
        who = f"{resource.address} ({resource.type})"
        text = f"{who} names it at {reference} and may run it without a NetworkConfiguration"
        return [Blocker(resource.address, text, remedy=_IN_THE_CODE)]
    who = f"{runner.word} {resource.address}"

    def run(scenario: Scenario) -> Iterator[Step | str]:
        found = _descend(resource.read(scenario), parameters)
        if found is None:
            yield f"{who} names it at {reference}, which does not exist"
        else:
            yield from _launch_type(found, who)
            yield from _network(found, runner, who, consumer, lambda: network_of(resource.address, parameters))

    def of_service(scenario: Scenario) -> Iterator[Step | str]:
        properties, dependencies = resource.read(scenario), consumer.service_dependencies
        yield from service_obstacles(properties, resource, dependencies, who, partial(switch_of, resource))

    def judge(scenario: Scenario) -> Iterator[Step | str]:
        for part in (run, of_service):
            yield from readable(part, scenario, about=f"{who}: ")

    return in_all_scenarios(resource, judge)


def _launch_type(parameters: Properties, who: str) -> Iterator[Step | str]:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    if text_at(parameters, "LaunchType") == "EXTERNAL":
        yield f"{who} has LaunchType EXTERNAL, and ECS Anywhere does not support awsvpc"


def _network(
    parameters: Properties, runner: Runner, who: str, consumer: Consumer, network: Callable[[], AwsvpcNetwork | str]
) -> Iterator[Step | str]:
    place = f"{parameters.location}/NetworkConfiguration"
    configuration, location = map_at(parameters, "NetworkConfiguration"), parameters.resolve("NetworkConfiguration")[1]
    path = consumer.resource.override_path(place)
    is_empty = location == place and path is not None and _is_empty(consumer.resource.written(path), runner.awsvpc)
    if configuration is not None and not is_empty:
        yield from _given_network(configuration, runner, who, text_at(parameters, "LaunchType"))
        return
    given = network()
    if isinstance(given, str):
        why = f", and {given}" if given else ""
        yield Blocker(consumer.resource.address, f"{who} has no NetworkConfiguration{why}", _NETWORK)
    elif location != place or path is None:
        yield f"{who} has a NetworkConfiguration only in some cases of an expression"
    elif "Fn::If" in consumer.reference:
        yield f"{who} has no NetworkConfiguration and runs this task definition only in some cases of an expression"
    else:
        new = {runner.awsvpc: given.awsvpc_configuration(on_fargate=_on_fargate(parameters))}
        yield Change(consumer.resource.address, path, consumer.resource.written(path), new)


_NOTHING: tuple[object, ...] = (None, {}, [], NO_VALUE)


def _is_empty(written: object, key: str) -> bool:
    """Return whether a NetworkConfiguration, as it is written, names nothing, and no public address.

    ECS refuses it for awsvpc as it refuses none. One that an expression decides may name something in another case.
    """
    awsvpc = written.get(key) if isinstance(written, dict) and set(written) == {key} else written
    if awsvpc in _NOTHING:
        return True
    members = awsvpc.items() if isinstance(awsvpc, dict) else [("", awsvpc)]
    return all(value in _NOTHING or (name, value) == ("AssignPublicIp", "DISABLED") for name, value in members)


def _given_network(configuration: Properties, runner: Runner, who: str, launch_type: str | None) -> Iterator[str]:
    """Check a NetworkConfiguration that the template has.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-awsvpcconfiguration.html
    """
    awsvpc = map_at(configuration, runner.awsvpc)
    for key, least, most in (("Subnets", 1, SUBNETS), ("SecurityGroups", 0, SECURITY_GROUPS)):
        count = _count(awsvpc, key) if awsvpc else 0
        if count is not None and count < least:
            yield f"{who} has a NetworkConfiguration without {runner.awsvpc}.{key}"
        elif count is not None and count > most:
            yield f"{who} names {count} {key}: ECS takes {most}"
    if awsvpc and launch_type == "EC2" and text_at(awsvpc, "AssignPublicIp") == "ENABLED":
        yield f"{who} has AssignPublicIp ENABLED, which tasks on EC2 instances cannot have"


def _count(awsvpc: Properties, key: str) -> int | None:
    """Return the length of a list; None if only the deployment decides it: then the list is present."""
    try:
        return len(list_at(awsvpc, key))
    except UndecidedError:
        return None


def _on_fargate(parameters: Properties) -> bool:
    if text_at(parameters, "LaunchType") == "FARGATE":
        return True
    try:
        providers = {text_at(item, "CapacityProvider") for item in maps_at(parameters, "CapacityProviderStrategy")}
    except UndecidedError:
        return False  # a capacity provider of the app: those of Fargate have fixed names
    return bool(providers) and providers <= {"FARGATE", "FARGATE_SPOT"}


def _descend(properties: Properties, path: str) -> Properties | None:
    """Return the map at a dotted path, None where it is absent in this scenario."""
    found: Properties | None = properties
    keys = path.split(".") if path else []
    while keys and found is not None:
        key = keys.pop(0)
        if keys and keys[0].isdecimal():
            location = f"{found.location}/{key}/{keys.pop(0)}"
            found = next((item for item in maps_at(found, key) if item.location == location), None)
        else:
            found = map_at(found, key)
    return found
