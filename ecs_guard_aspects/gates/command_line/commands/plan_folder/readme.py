"""Texts of a plan, in Markdown: what changes, what a deployment does, the commands, or what to do by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .....model.plural import counted
from .....policy.judging.finding import Finding
from .....policy.judging.report import Report
from .....reports.wording import printable
from .....sources.account.found import name_of
from ....account.plans.commands import REVISION, Command, Commands
from ....account.plans.definition import stack_of
from ....account.plans.revision_plan import PlanStatus, RevisionPlan
from ...fix.options import blocker_text
from .by_hand import steps_by_hand

_NOT_READ = (
    "Step Functions, AWS Batch and code that calls RunTask are not read. What starts"
    " the family without a revision starts the new one as soon as it is registered."
)
_SECRETS = (
    "The JSON files have the environment of the containers and the inputs of the targets, which may be secret. Only"
    " you can read them (mode 0600). Delete the folder when you are done, and do not commit it."
)
_STATUS = {
    PlanStatus.PLANNED: "commands.sh",
    PlanStatus.REFUSED: "by hand: see README.md",
    PlanStatus.LEAVING: "wait: a deployment replaces it",
    PlanStatus.GONE: "nothing to do: it was deleted",
}


def index_of(plans: Sequence[tuple[str, RevisionPlan]], report: Report) -> str:
    """Return the text about all plans.

    Args:
        plans: the plans, each with the name of its folder.
        report: the report of the audit.
    """
    rows = [_row(name, plan, report) for name, plan in plans]
    return (
        "# Plans for denied task definitions\n\nNothing has been written to AWS. Each folder has a README.md; read it,"
        " then run `sh commands.sh` in it with credentials that may change the account. Work from the top: the order is"
        " that of the audit. Run the audit again after each batch.\n\n"
        "| revision | account and Region | exposure | denied by | next |\n|---|---|---|---|---|\n"
        f"{''.join(rows)}\n{_SECRETS}\n"
    )


def _row(folder: str, plan: RevisionPlan, report: Report) -> str:
    name = printable(plan.revision.address.rpartition("/")[2])
    where = f"{plan.revision.account}/{plan.region}"
    usage = plan.revision.usage
    reached_from = usage.exposure.level.value if usage is not None else ""
    checks = ", ".join(dict.fromkeys(each.check for each in _denied(plan, report)))
    return f"| [{name}]({folder}/README.md) | {where} | {reached_from} | {checks} | {_STATUS[plan.status]} |\n"


def readme_of(plan: RevisionPlan, report: Report) -> str:
    """Return the text about one plan."""
    parts = [f"# {printable(plan.revision.address)}\n", *_about(plan, report)]
    if plan.status is PlanStatus.PLANNED:
        parts += _planned(plan)
    elif plan.status is PlanStatus.REFUSED:
        parts += _refused(plan)
    elif plan.status is PlanStatus.LEAVING:
        names = ", ".join(service["serviceName"] for service in plan.users.leaving)
        parts.append(f"\nA deployment of {names} replaces it. Wait until that is done:\n\n{_commands(plan.commands)}")
    else:
        parts.append("\nIt does not exist any more: it was deleted after the audit read it. Run the audit again.\n")
    return "".join(parts)


def _about(plan: RevisionPlan, report: Report) -> Iterator[str]:
    usage = plan.revision.usage
    if usage is not None and usage.in_use_by:
        yield f"\nIn use by {printable(', '.join(usage.in_use_by))}.\n"
    yield "\n"
    for finding in _denied(plan, report):
        container = f"container {finding.container}: " if finding.container else ""
        yield f"- denied by `{finding.check}`: {printable(f'{container}{finding.what}')}\n"


def _denied(plan: RevisionPlan, report: Report) -> list[Finding]:
    return [each for each in report.findings if each.is_denied and each.address == plan.revision.address]


def _planned(plan: RevisionPlan) -> Iterator[str]:
    yield "\n## Changes\n\n| property | now | new |\n|---|---|---|\n"
    for change in plan.changes:
        now, new = ("not set" if each is None else f"`{each}`" for each in (change.old, change.new))
        yield f"| {change.path} | {now} | {new} |\n"
    yield "\n## What a deployment does\n\n"
    yield from (f"- {printable(each)}\n" for each in _effects(plan))
    yield f"\n## Commands\n\n`sh commands.sh` runs them in this order:\n\n{_commands(plan.commands)}"
    if any(command.has_placeholder for command in plan.commands):
        yield f"\nThe script puts the ARN of the new revision into the files, for {REVISION}.\n"
    if any(command.on_failures for command in (*plan.commands, *plan.rollback)):
        yield "\nA command with --query failures or FailedEntries must print []. If not, the script stops there.\n"
    yield "\n## Roll back\n"
    if plan.users.services:
        lines = [Commands(plan.region).roll_back(user.found) for user in plan.users.services]
        yield "\nDuring a deployment, this goes back, with the network:\n\n"
        yield "```sh\n" + "".join(f"{printable(line)}\n" for line in lines) + "```\n"
    yield f"\nAfterwards `sh rollback.sh` does:\n\n{_commands(plan.rollback)}\n{_SECRETS}\n"


def _refused(plan: RevisionPlan) -> Iterator[str]:
    yield "\n## Why there are no commands\n\n"
    yield from (f"- {printable(blocker_text(each))}\n" for each in plan.blockers)
    yield "\n## What to do by hand\n\n"
    steps = (*steps_by_hand(plan), *plan.notes)
    yield from (f"{number}. {printable(each)}\n" for number, each in enumerate(steps, 1))


def _commands(commands: Sequence[Command]) -> str:
    lines = [f"# {printable(command.does)}\n{printable(command.to_read())}\n" for command in commands]
    return f"```sh\n{''.join(lines)}```\n"


def _effects(plan: RevisionPlan) -> Iterator[str]:
    for user in plan.users.services:
        yield from _of_service(user.found)
    if plan.sets_awsvpc:
        yield (
            "Each task gets a network interface and an IP address of its own, in the subnets and security groups that"
            " the commands name. It no longer has the address of its instance, and an instance has room for few"
            " interfaces: tasks for which there is none stay PENDING."
        )
    families = [user.name for user in plan.users.starters if _names_family(user.run_with)]
    if families:
        yield (
            f"{', '.join(families)}: the target names the family, so it starts the new revision as soon as that is"
            " registered. Run the commands at a time when it starts nothing."
        )
    if plan.users.starters:
        yield "The roles of the rules, schedules and pipes must allow ecs:RunTask on the new revision."
    tags = plan.definition.tags if plan.definition is not None else []
    stack = stack_of(tags, *(user.found.get("tags", ()) for user in plan.users.services))
    if stack is not None:
        yield (
            f"CloudFormation stack {stack} owns it. Change its template as well (ecs-guard fix): its next update goes"
            " back to what the template has."
        )
    else:
        yield "If code owns it, such as Terraform, change the code as well, or its next deployment goes back."
    if plan.is_inactive and plan.definition is not None:
        images = ", ".join(str(each.get("image")) for each in plan.definition.described.get("containerDefinitions", ()))
        yield f"The revision is deregistered (INACTIVE). Check first that its images still exist: {images}."
    yield from plan.notes
    yield _NOT_READ


def _of_service(service: dict[str, Any]) -> Iterator[str]:
    name = f"Service {service['serviceName']} in cluster {name_of(service['clusterArn'])}"
    settings = service.get("deploymentConfiguration", {})
    limits = f"minimumHealthyPercent {settings.get('minimumHealthyPercent', 100)}"
    limits += f" and maximumPercent {settings.get('maximumPercent', 200)}"
    yield f"{name} replaces {counted(service.get('desiredCount', 0), 'task')}, within {limits}."
    if not settings.get("deploymentCircuitBreaker", {}).get("rollback"):
        yield f"{name} does not roll back by itself: it has no deployment circuit breaker with rollback."
    if len(service.get("deployments", ())) > 1:
        yield f"{name} is in a deployment now, with {len(service['deployments'])} revisions: wait until that is done."


def _names_family(parameters: Any) -> bool:
    return ":" not in name_of(str(parameters.get("TaskDefinitionArn", ":")))
