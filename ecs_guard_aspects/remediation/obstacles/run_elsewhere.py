"""Tasks that are run elsewhere: by RunTask in a script, in the code of a function, in another app."""

from __future__ import annotations

from collections.abc import Iterator

from ..changes import Blocker
from .consumers import runs_task
from .situation import Situation

RUN_ELSEWHERE = "run_elsewhere=True"
"""The argument of the fix by which a user takes over what no template shows."""

NEEDS = "under awsvpc its RunTask must pass a networkConfiguration"


def nothing_runs_it(situation: Situation) -> Iterator[Blocker]:
    """What no resource runs is run from elsewhere, which is not seen here.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if not any(map(runs_task, situation.consumers)):
        text = f"nothing in the templates runs it, so something else does: {NEEDS}"
        yield Blocker(situation.task_definition.address, text, RUN_ELSEWHERE)
