"""Tasks that are run elsewhere: by RunTask in a script, in the code of a function, in another app.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...model.language import Language
from ...sources.api_language import API, REVISION
from ..changes import Blocker
from ..who_runs_it.family import Family
from ..who_runs_it.referrer import Referrer
from ..who_runs_it.state_machine import TYPES, is_unread
from .consumers import is_bystander, runs_task
from .situation import Situation

RUN_ELSEWHERE = "run_elsewhere=True"
"""The argument of the fix with which a user confirms what no template shows."""

NEEDS = "under awsvpc its RunTask must pass a networkConfiguration"

_UNSEEN: dict[Language, str] = {
    API: "what runs it is not in this file",
    REVISION: "no service, rule or schedule runs it, so something else has started its tasks",
}


def nothing_runs_it(situation: Situation) -> Iterator[Blocker]:
    """If no resource runs it, or may run it, something outside of the templates does."""
    if not any(runs_task(each) or not is_bystander(each) for each in situation.consumers):
        what = _UNSEEN.get(
            situation.task_definition.language, "nothing in the templates runs it, so something else does"
        )
        text = f"{what}: {NEEDS}"
        yield Blocker(situation.task_definition.address, text, RUN_ELSEWHERE)


def grants(situation: Situation) -> Iterator[Blocker]:
    """A principal that IAM allows to run it does so by RunTask, in code that is not read."""
    task_definition = situation.task_definition
    family = Family.of(task_definition)
    for grant in situation.references.grants:
        if grant.covers(task_definition, family):
            text = f"{grant.resource.address} allows a principal to run it with ecs:RunTask or ecs:StartTask: {NEEDS}"
            yield Blocker(task_definition.address, text, RUN_ELSEWHERE)


def unread_state_machines(situation: Situation) -> Iterator[Blocker]:
    """A state machine whose definition is in a file that is not here may run it."""
    for each in (each for kind in TYPES for each in situation.references.of_type(kind)):
        if is_unread(each.resource):
            text = f"the definition of state machine {each.resource.address} is in a file that is not here"
            what = f"{text}, and may run it without a NetworkConfiguration"
            yield Blocker(situation.task_definition.address, what, RUN_ELSEWHERE)


def outputs(situation: Situation) -> Iterator[Blocker]:
    """What reads an output that names it may run it."""
    task_definition = situation.task_definition
    referrer = situation.references.at(task_definition.address)
    family = Family.of(task_definition)
    for output in situation.references.outputs:
        if referrer is not None and output.stack_path == referrer.stack_path and output.names(task_definition, family):
            text = f"output {output.name} gives it to others, which must run it with a NetworkConfiguration"
            yield Blocker(task_definition.address, text, RUN_ELSEWHERE)


def imported_blockers(
    task_definition: Referrer, consumers: Iterable[Referrer], stack_of: Callable[[Referrer], str]
) -> Iterator[Blocker]:
    """Yield blockers for the stacks that import its ARN: CloudFormation does not change an export that is imported.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html

    Args:
        task_definition: the task definition.
        consumers: the resources that name it.
        stack_of: returns the path of the outermost stack of a resource.
    """
    own, name = stack_of(task_definition), task_definition.resource.name
    for stack in dict.fromkeys(stack_of(each) for each in consumers if name in each.logical_ids):
        if stack != own:
            text = f"stack {stack} imports its ARN from stack {own}, and CloudFormation does not change such an export"
            remedy = (
                "define the task definition in the stack of what runs it, or set the context"
                ' "@aws-cdk/core:defaultCrossStackReferences": "weak"'
            )
            yield Blocker(task_definition.resource.address, text, remedy=remedy)
