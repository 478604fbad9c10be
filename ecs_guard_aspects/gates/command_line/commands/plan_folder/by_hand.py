"""Steps by hand, for a revision without a plan: in the words of the console, by what the account shows.

docs/audit.md has the same steps in a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....account.plans.revision_plan import RevisionPlan
from ....account.plans.user import User

_CONTROLLERS = {
    "CODE_DEPLOY": (
        "CodeDeploy deploys {name}: create a deployment with an AppSpec whose Resources name the new revision as"
        " TaskDefinition and have a NetworkConfiguration (aws deploy create-deployment)."
    ),
    "EXTERNAL": (
        "An external controller deploys {name}: create a task set with the new revision and a network configuration"
        " (aws ecs create-task-set), make it the primary one, and delete the old one."
    ),
}


def steps_by_hand(plan: RevisionPlan) -> Iterator[str]:
    """Yield what to do by hand, in order."""
    for user in plan.users.services:
        yield from _of_service(user)
    family = plan.revision.address.rpartition("/")[2].rpartition(":")[0]
    yield (
        f"Amazon ECS console, Task definitions, {family}, Create new revision: choose the network mode awsvpc, leave"
        " the host ports empty, and remove what awsvpc does not support. Or leave the mode and set a user other than"
        " root for each container, if that is all that is denied."
    )
    yield (
        "Clusters, the cluster, the service, Update service: choose the new revision, and under Networking its VPC,"
        " subnets and security groups. For a rule or schedule, edit its target in the Amazon EventBridge console."
    )
    yield "Run the audit again. For what cannot change, write an exemption with an owner and a last day."


def _of_service(user: User) -> Iterator[str]:
    service: dict[str, Any] = user.found
    controller = str(service.get("deploymentController", {}).get("type", "ECS"))
    if controller in _CONTROLLERS:
        yield _CONTROLLERS[controller].format(name=user.name)
    if service.get("schedulingStrategy") == "DAEMON":
        yield (
            f"{user.name} is a daemon, which clients reach at their instance. Set a user other than root and leave its"
            " mode, or write an exemption."
        )
    if service.get("launchType") == "EXTERNAL":
        where = "ECS Anywhere, which does not support awsvpc"
        yield f"{user.name} runs on {where}: set another user, or write an exemption."
    groups = [each for each in user.consumer.service_dependencies.values() if each.written("TargetType") == "instance"]
    for group in groups:
        yield (
            f"Amazon EC2 console, Target groups: create a group of the type IP addresses like {group.name}, and add a"
            f" rule or default action to its listener. Create a second service like {user.name} with the new revision,"
            " its network and the new group, move the traffic, and delete the old service and group."
        )
    if any(each.get("loadBalancerName") for each in service.get("loadBalancers", ())):
        yield (
            f"{user.name} is behind a Classic Load Balancer, which cannot reach such tasks: create an Application or"
            " Network Load Balancer with a target group of the type IP addresses, and a new service behind it."
        )
