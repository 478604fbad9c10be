"""Commands of a plan: arguments of the AWS CLI, in order, with what each does."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....model.plural import counted
from ....model.start import PIPE
from ....sources.account.found import name_of
from ....sources.account.surroundings import Answer
from .user import User

REVISION = "@REVISION@"
"""The placeholder in arguments and files for the ARN of the revision that the plan registers."""

FORMER = "@FORMER@"
"""The placeholder in arguments for the ARN of the revision that a rollback registers again."""

_VARIABLES = {REVISION: '"$revision"', FORMER: '"$former"'}
_ONLY_READ = ("Arn", "CreationDate", "LastModificationDate", "ResponseMetadata")
_MOST_AT_ONCE = 10  # of run-task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
_NOT_STARTED = (
    "ECS has not started all of these tasks, so the old ones are not stopped. Stop those of the new revision before you"
    " run this again."
)
_NOT_WRITTEN = "EventBridge has not written this target."


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        does: what it does, as a sentence without its full stop.
        words: its arguments, ``aws`` first.
        keeps: the placeholder that stands for its output in later commands; empty if none does.
        file: the file of the plan with its input; empty if it has none.
        input: the content of that file.
        on_failures: why no later command may run if the output, a list of failures, is not empty: the call itself
            succeeds. Empty if it has no such output.
    """

    does: str
    words: tuple[str, ...]
    keeps: str = ""
    file: str = ""
    input: Mapping[str, Any] | None = None
    on_failures: str = ""

    @property
    def has_placeholder(self) -> bool:
        """Whether its input names the revision that the plan registers, which is known only when it runs."""
        return REVISION in _compact(self.input)

    def to_read(self) -> str:
        """Return it as a person would type it."""
        line = " ".join(_VARIABLES.get(word, shlex.quote(word)) for word in self.words)
        return f"{self.keeps.strip('@').lower()}=$({line})" if self.keeps else line

    def to_shell(self) -> Iterator[str]:
        """Yield its lines of a script that defines ``with_revision`` and ``require_none``."""
        line = self.to_read()
        if self.has_placeholder:
            yield f"with_revision {shlex.quote(self.file)}"
            line = line.replace(self.file, f"{self.file}.now")
        yield f"failures=$({line})" if self.on_failures else line
        if self.has_placeholder:
            yield f"rm -f {shlex.quote(self.file)}.now"
        if self.on_failures:
            yield f"require_none {shlex.quote(self.on_failures)}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        optional = {"keeps": self.keeps, "file": self.file, "on_failures": self.on_failures}
        return {"does": self.does, "words": list(self.words), **{key: each for key, each in optional.items() if each}}


class Commands:
    """Makes the commands for one Region.

    Args:
        region: the Region.
    """

    def __init__(self, region: str) -> None:
        self._region = region

    def register(self, file: str, content: Mapping[str, Any], keeps: str, does: str) -> Command:
        """Register a revision."""
        query = ("--query", "taskDefinition.taskDefinitionArn", "--output", "text")
        words = self._words("ecs", "register-task-definition", "--cli-input-json", f"file://{file}", *query)
        return Command(does, words, keeps, file, content)

    def update_service(
        self, service: Answer, revision: str, network: Mapping[str, Any] | None, which: str = "new"
    ) -> Command:
        """Deploy a revision; an empty network removes that of the service."""
        given = () if network is None else ("--network-configuration", _compact(network))
        words = ("update-service", *_of_service(service), "--task-definition", revision, *given)
        return Command(f"Deploy the {which} revision to service {service['serviceName']}", self._words("ecs", *words))

    def roll_back(self, service: Answer) -> str:
        """Return the line that goes back while a deployment goes on, network included."""
        which = ("--status", "IN_PROGRESS", "--query", "serviceDeployments[0].serviceDeploymentArn", "--output", "text")
        found = shlex.join(self._words("ecs", "list-service-deployments", *_of_service(service), *which))
        stop = shlex.join(self._words("ecs", "stop-service-deployment", "--stop-type", "ROLLBACK"))
        return f'{stop} --service-deployment-arn "$({found})"'

    def wait(self, service: Answer) -> Command:
        """Wait for the deployment of a service."""
        cluster, name = service["clusterArn"], service["serviceName"]
        words = ("wait", "services-stable", "--cluster", name_of(cluster), "--services", name)
        return Command(f"Wait until service {name} is stable (10 minutes at the most)", self._words("ecs", *words))

    def write(self, user: User, target: Mapping[str, Any], file: str) -> Command:
        """Write the target of a rule or schedule, or the target parameters of a pipe."""
        does, call, content = _written(user, target)
        words = self._words(*call, "--cli-input-json", f"file://{file}")
        if user.rule is None:
            return Command(does, words, "", file, content)
        return Command(does, (*words, *_listed("FailedEntries")), "", file, content, _NOT_WRITTEN)

    def run_again(
        self, tasks: Sequence[Answer], network: Mapping[str, Any] | None, files: Iterator[str]
    ) -> Iterator[Command]:
        """Start as many tasks as run, all of them started the same way: a call starts only some at once."""
        content = _started(tasks[0], network)
        for begin in range(0, len(tasks), _MOST_AT_ONCE):
            file, count = next(files), min(len(tasks) - begin, _MOST_AT_ONCE)
            words = self._words("ecs", "run-task", "--cli-input-json", f"file://{file}", *_listed("failures"))
            does = f"Start {count} of {counted(len(tasks), 'such task')} again"
            yield Command(does, words, "", file, {**content, "count": count}, _NOT_STARTED)

    def stop(self, task: Answer) -> Command:
        """Stop a task."""
        words = ("stop-task", "--cluster", name_of(task["clusterArn"]), "--task", task["taskArn"])
        return Command(f"Stop task {name_of(task['taskArn'])}", self._words("ecs", *words))

    def deregister(self, revision: str) -> Command:
        """Deregister a revision."""
        words = self._words("ecs", "deregister-task-definition", "--task-definition", revision)
        return Command("Deregister the revision of this plan", words)

    def _words(self, service: str, *words: str) -> tuple[str, ...]:
        return ("aws", service, *words, "--region", self._region)


def network_of_ecs(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return an ``AwsvpcConfiguration`` of CloudFormation as ECS takes it."""
    return {"awsvpcConfiguration": {key[:1].lower() + key[1:]: value for key, value in configuration.items()}}


def network_of_events(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return an ``AwsvpcConfiguration`` of CloudFormation as rules, schedules and pipes take it."""
    return {"awsvpcConfiguration": dict(configuration)}


def changed_target(user: User, network: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the target of what starts tasks with the new revision; one that names a family still names it."""
    parameters = dict(user.target[user.parameters])
    if ":" in name_of(parameters["TaskDefinitionArn"]):
        parameters["TaskDefinitionArn"] = REVISION
    if network is not None:
        parameters["NetworkConfiguration"] = network
    return {**user.target, user.parameters: parameters}


def _written(user: User, target: Mapping[str, Any]) -> tuple[str, tuple[str, str], dict[str, Any]]:
    """Return what a call does that writes a target, the call, and its input."""
    if user.rule is not None:
        content = {"Rule": user.rule.rule, "EventBusName": user.rule.bus, "Targets": [target]}
        return f"Write target {target['Id']} of rule {user.rule.rule}", ("events", "put-targets"), content
    if user.kind == PIPE:
        kept = {key: user.found[key] for key in ("Name", "RoleArn")}  # everything else stays the same
        return f"Write pipe {user.name}", ("pipes", "update-pipe"), {**kept, "TargetParameters": target}
    kept = {key: _text(value) for key, value in user.found.items() if key not in _ONLY_READ}
    return f"Write schedule {user.name}", ("scheduler", "update-schedule"), {**kept, "Target": target}


def _started(task: Answer, network: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the input that starts a task like one that runs."""
    content: dict[str, Any] = {"cluster": name_of(task["clusterArn"]), "taskDefinition": REVISION}
    if task.get("capacityProviderName"):
        content["capacityProviderStrategy"] = [{"capacityProvider": task["capacityProviderName"]}]
    elif task.get("launchType"):
        content["launchType"] = task["launchType"]
    content |= {key: task[key] for key in ("group", "startedBy", "overrides") if task.get(key)}
    if str(content.get("group", "")).startswith("family:"):
        del content["group"]  # the default must not be given
    if network is not None:
        content["networkConfiguration"] = network
    return content


def _listed(failures: str) -> tuple[str, ...]:
    """Return the options with which a call prints its failures, ``[]`` if it has none."""
    return ("--query", failures, "--output", "json")


def together(tasks: Iterable[Answer]) -> list[list[Answer]]:
    """Return tasks in groups that were started the same way."""
    keys = ("clusterArn", "group", "startedBy", "launchType", "capacityProviderName", "overrides")
    groups: dict[str, list[Answer]] = {}
    for task in tasks:
        groups.setdefault(_compact({key: task.get(key) for key in keys}), []).append(task)
    return list(groups.values())


def _of_service(service: Answer) -> tuple[str, ...]:
    return ("--cluster", name_of(service["clusterArn"]), "--service", service["serviceName"])


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=str)


def _text(value: Any) -> Any:
    """Return a value as JSON has it: the API returns times, and takes them as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
