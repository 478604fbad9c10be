"""What a deployment of a change does, as sentences for those who deploy it."""

from __future__ import annotations

from .changes import Change

# By the last part of the path of the change.
_SENTENCES = {
    "NetworkMode": "A deployment replaces the task definition, and each task gets a network interface and an address of"
    " its own.",
    "TargetType": "A deployment replaces the target group, and the listener has the new one before tasks are registered"
    " there.",
    "Name": "CloudFormation names the new target group: the old one has its name until it is removed.",
    "Role": "A deployment replaces the service.",
}
_PARAMETER = "Every deployment must give this parameter a value, that of a parent stack too."
_ADMITTED = "The security groups that were given must admit its load balancer at the container port."
_OF_INSTANCES = "This is the network of its instances: a security group of its own can admit less."
_DEFAULT_GROUP = "Without security groups ECS uses the default one of the VPC."


def effect_of_deployment(change: Change, is_given: bool) -> str:
    """Return what a deployment of a change does, as a sentence; empty if there is nothing to say.

    Args:
        change: the change.
        is_given: whether the user has given the network.
    """
    if change.is_parameter:
        return _PARAMETER
    name = change.path.rpartition(".")[2]
    if name != "NetworkConfiguration":
        sentence = _SENTENCES.get(name, "")
        return f"{sentence} {_ADMITTED}" if name == "TargetType" and is_given else sentence
    if not is_given:
        return _OF_INSTANCES
    networks = change.new.values() if isinstance(change.new, dict) else ()
    return "" if any("SecurityGroups" in network for network in networks) else _DEFAULT_GROUP
