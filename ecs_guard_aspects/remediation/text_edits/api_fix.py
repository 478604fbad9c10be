"""The fix of task definitions in API JSON: their plans, as edits of the text.

What runs them is not in the file, so it must give its tasks a network.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...cloudformation.declarations import Declarations
from ...model.resource import Resource
from ...model.template import Origin, StackTemplate
from ...policy.policy import Policy
from ...sources.api_json import ONLY_DESCRIBED, address_of, as_written, paths_to_registered
from ...sources.api_language import API
from ...sources.text.text import Text
from ..changes import Blocker, Change
from ..fix_scope import fix_scope_of
from ..obstacles.situation import Situation
from ..plan import FixOptions, Plan, plan_fix
from ..who_runs_it.other_stages import OtherStageResource
from ..who_runs_it.references import References, UnclearConsumerError
from .edits import EditRefusedError, TextEditor, applied
from .fixed import Fixed, edited_text, unclear

_LOCATION = re.compile(r"Properties(?:/\w+)+")
"""A location in CloudFormation properties."""


class ApiFix:
    """The fix of one file.

    Args:
        name: the name of the file.
        text: its text, with task definitions in the format of the ECS API.
        task_definitions: its task definitions.
        options: the options of the fix; its network is for what runs the tasks.
        other_files: returns the resources of other files, which may run a task definition by its family.
    """

    def __init__(
        self,
        name: str,
        text: Text,
        task_definitions: Iterable[Resource],
        options: FixOptions,
        other_files: Callable[[], Iterable[OtherStageResource]] = tuple,
    ) -> None:
        self._text = text
        self._options = options
        self._editor = TextEditor(text)
        self._paths = {address_of(name, path): path for path in paths_to_registered(text.value)}
        resources = {each.address: {"Type": each.type, "Properties": each.properties} for each in task_definitions}
        body = {"Resources": resources}
        own = StackTemplate(name, name, body, Declarations(), origin_of=Origin)
        self._references = References([own], other_files)

    def fix_task_definition(self, task_definition: Resource, policy: Policy) -> Fixed:
        """Plan the fix of a task definition of the file: all of its changes can be edited, or none is made."""
        # Its address is its logical id among the task definitions of the file: two may be of one family.
        item = replace(task_definition, name=task_definition.address)
        if not isinstance(self._written(item.address), dict):
            return Fixed(item, Plan(item.address, (), (Blocker(item.address, "it is JSON in a text of the file"),)))
        decided = self._planned(item, policy)
        try:
            changes = tuple(replace(change, path=self._path_of(change)) for change in decided.changes)
            edits = tuple(self._editor.edit(self._steps_to(change), change.new) for change in changes)
            applied(self._text.content, edits)
        except EditRefusedError as error:
            blocker = Blocker(decided.resource, str(error))
            return Fixed(item, replace(decided, changes=(), blockers=(*decided.blockers, blocker)))
        return Fixed(item, replace(decided, changes=changes), edits)

    def text_with(self, fixed: Sequence[Fixed]) -> Text:
        """Return the text with the edits of several task definitions, read again.

        Raises:
            NotAsPlannedError: if its value is not the one that was planned.
        """
        return edited_text(self._text, fixed, self._intended(fixed))

    def next_steps(self, fixed: Iterable[Fixed]) -> Iterator[str]:
        """Yield what has to be done with the edited file, as sentences without a full stop."""
        addresses = {each.plan.resource for each in fixed}
        if any(change.new == "awsvpc" for each in fixed for change in each.plan.changes):
            yield (
                "what runs its tasks must give them a network: run-task, create-service and update-service with"
                f" --network-configuration '{self._network}'"
            )
        if any("taskDefinitionArn" in self._written(address) for address in addresses):
            yield (
                "it is the answer of describe-task-definition: register what is under taskDefinition, without"
                f" {', '.join(ONLY_DESCRIBED)}"
            )

    @property
    def _network(self) -> str:
        network = self._options.network
        subnets = ",".join(network.subnets) if network else "SUBNET,..."
        groups = ",".join(network.security_groups) if network else "GROUP,..."
        return f"awsvpcConfiguration={{subnets=[{subnets}]{f',securityGroups=[{groups}]' if groups else ''}}}"

    def _planned(self, task_definition: Resource, policy: Policy) -> Plan:
        scope = fix_scope_of(task_definition, [policy])
        try:
            plan, _ = plan_fix(Situation(task_definition, references=self._references), scope, self._options)
            return replace(plan, blockers=tuple(map(_in_api_words, plan.blockers)))
        except UnclearConsumerError as error:
            return unclear(task_definition.address, error)

    def _path_of(self, change: Change) -> str:
        """Return the path of a change in the spelling of the file."""
        return ".".join(spelled(self._written(change.resource), change.path.split(".")))

    def _steps_to(self, change: Change) -> tuple[str, ...]:
        return (*self._paths[change.resource], *change.path.split("."))

    def _written(self, address: str) -> Any:
        return _at(self._text.value, self._paths[address])

    def _intended(self, fixed: Sequence[Fixed]) -> Any:
        value = copy.deepcopy(self._text.value)
        for change in (change for each in fixed for change in each.plan.changes):
            *parents, last = self._steps_to(change)
            parent = _at(value, parents)
            if change.deletes:
                del parent[last]
            else:
                parent[last] = change.new
        return value


def _in_api_words(blocker: Blocker) -> Blocker:
    return replace(blocker, text=_LOCATION.sub(lambda found: API.location(found[0]), blocker.text))


def spelled(written: Any, steps: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the API for a path in CloudFormation properties, also for keys that are not there.

    Args:
        written: the task definition, as it is written.
        steps: the path.
    """
    node = written
    for step, key in zip(steps, as_written(written, steps), strict=True):
        is_new = isinstance(node, Mapping) and key not in node
        yield _new_key(node, step) if is_new else key
        node = _member(node, key)


def _new_key(around: Mapping[str, Any], name: str) -> str:
    """Return a new key as the keys next to it are written: .NET and PowerShell begin them with a capital."""
    has_capitals = bool(around) and all(key[:1].isupper() for key in around)
    return name if has_capitals else name[:1].lower() + name[1:]


def _at(node: Any, path: Sequence[str]) -> Any:
    for step in path:
        node = _member(node, step)
    return node


def _member(node: Any, step: str) -> Any:
    if isinstance(node, list):
        return node[int(step)] if step.isdecimal() and int(step) < len(node) else None
    return node.get(step) if isinstance(node, Mapping) else None
