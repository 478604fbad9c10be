"""Launch settings of instances that awsvpc needs, or that take something from tasks with it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....cloudformation.properties import is_given, text_at
from ....cloudformation.scenario import Scenario
from ....model.resource import Resource
from ...changes import Blocker, Step
from ...instances.launch import LAUNCHES, Instances
from ...instances.named_text import named_text
from ...who_runs_it.expressions import references_in
from ..addresses.lost_addresses import LIFTED_BY
from ..scenarios import in_all_scenarios
from ..situation import Situation

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_windows_container_instance.html
_WINDOWS_AGENT = re.compile(r"\bInitialize-ECSAgent\b", re.IGNORECASE)
_OFF = r"""["']?[\s,:=]+["']?\$?(?:false|0|off|no)\b"""
_TASK_ENI_OFF = re.compile(rf"(?:\bECS_ENABLE_TASK_ENI|-EnableTaskENI){_OFF}", re.IGNORECASE)
_TASK_ENI = re.compile(r"-?\bEnableTaskENI\b|\bECS_ENABLE_TASK_ENI\b", re.IGNORECASE)
_WINDOWS_2016 = re.compile(r"windows[_-]server[_-]2016", re.IGNORECASE)
_BLOCKED = re.compile(r"""\bECS_AWSVPC_BLOCK_IMDS["']?[\s,:=]+["']?\$?(?:true|1)\b""", re.IGNORECASE)
_BLOCKED_IN_BRIDGE_MODE = re.compile(r"-i(?:n-interface)?\s+docker\S*[^\n]*169\.254\.169\.254[^\n]*DROP", re.IGNORECASE)


def launch_settings(situation: Situation) -> Iterator[Step]:
    """The instances start an agent that does not place tasks with awsvpc, or run a Windows without it."""
    for instances in _hosts_of(situation):
        commands = _commands_of(instances)
        address = instances.referrer.resource.address
        if _TASK_ENI_OFF.search(commands):
            what = "switches ECS_ENABLE_TASK_ENI off"
        elif _WINDOWS_AGENT.search(commands) and not _TASK_ENI.search(commands):
            what = "calls Initialize-ECSAgent without -EnableTaskENI"
        else:
            continue
        yield Blocker(address, f"{address} {what}: ECS places no task with awsvpc on its instances", remedy=_ENABLE)
    for instances in situation.hosts:
        if _runs_windows_2016(instances):
            address = instances.referrer.resource.address
            yield Blocker(address, f"the instances of {address} run Windows Server 2016, which does not support awsvpc")
    yield from _credentials(situation)


_ENABLE = "add -EnableTaskENI to Initialize-ECSAgent in the user data of the instances"


def _hosts_of(situation: Situation) -> list[Instances]:
    """Return the instances that the task runs on; of a Windows task all of the app, if its own are not known."""
    if situation.hosts or not _is_windows(situation.task_definition):
        return situation.hosts
    return [Instances(each) for each in situation.references.all if each.resource.type in LAUNCHES]


def _is_windows(task_definition: Resource) -> bool:
    platform = task_definition.written("RuntimePlatform.OperatingSystemFamily")
    texts = (each.text for each in references_in(platform, task_definition.declarations))
    return any(text.upper().startswith("WINDOWS") for text in texts)


def _commands_of(instances: Instances) -> str:
    return "\n".join(named_text(commands) for commands, _ in instances.commands)


def _runs_windows_2016(instances: Instances) -> bool:
    declarations = (*instances.launched_by, instances.referrer)[0].resource.declarations
    texts = (each.text for each in references_in(instances.image, declarations))
    return any(map(_WINDOWS_2016.search, texts))


def _credentials(situation: Situation) -> Iterator[Step]:
    """With ECS_AWSVPC_BLOCK_IMDS tasks with awsvpc do not get the credentials of the instance role."""
    blocking = [each for each in situation.hosts if _BLOCKED.search(_commands_of(each))]
    if not blocking:
        return
    is_blocked_today = all(_BLOCKED_IN_BRIDGE_MODE.search(_commands_of(each)) for each in blocking)

    def judge(scenario: Scenario) -> Iterator[Step]:
        task = situation.task_definition.read(scenario)
        is_host = text_at(task, "NetworkMode") == "host"
        if not is_given(task, "TaskRoleArn") and (is_host or not is_blocked_today):
            who = blocking[0].referrer.resource.address
            text = f"it has no TaskRoleArn, and the instances of {who} set ECS_AWSVPC_BLOCK_IMDS"
            consequence = "under awsvpc its containers do not get the credentials of the instance role"
            remedy = "give the task definition a task role with what its containers need"
            yield Blocker(situation.task_definition.address, f"{text}: {consequence}", LIFTED_BY, remedy)

    yield from in_all_scenarios(situation.task_definition, judge)
