"""Scripts of a plan: its commands in order, for a POSIX shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from ....account.plans.commands import REVISION, Command
from ....account.plans.revision_plan import RevisionPlan
from .former import CARRIED_OUT

_START = """\
#!/bin/sh
# {does}
set -eu
umask 077
cd "$(dirname "$0")"
account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != {account} ]; then
  echo "These commands are for account {account}, and the credentials are of $account." >&2
  exit 1
fi
"""
# The input of a command may be secret, so it is in a file: arguments are seen by all users of a machine.
_WITH_REVISION = f"""\
with_revision() {{
  sed "s|{REVISION}|$revision|g" "$1" > "$1.now"
}}
"""
# The call succeeds when only some of its items fail, so the script looks at its list of failures.
_REQUIRE_NONE = """\
require_none() {
  if [ "$failures" != "[]" ]; then
    printf "%s\\n" "$failures" "$1" >&2
    exit 1
  fi
}
"""


def forward_script(plan: RevisionPlan) -> str:
    """Return the script that carries out a plan."""
    does = f"Replaces {plan.revision.address}. See README.md."
    return "".join([*_start(plan, plan.commands, does), *_lines(plan.commands)])


def rollback_script(plan: RevisionPlan) -> str:
    """Return the script that goes back to the old revision."""
    does = f"Goes back to {plan.revision.address}, after commands.sh. See README.md."
    return "".join([*_start(plan, plan.rollback, does), f"\nrevision=$(cat {CARRIED_OUT})\n", *_lines(plan.rollback)])


def _start(plan: RevisionPlan, commands: Sequence[Command], does: str) -> Iterator[str]:
    yield _START.format(does=does, account=shlex.quote(str(plan.revision.account)))
    if any(command.has_placeholder for command in commands):
        yield _WITH_REVISION
    if any(command.on_failures for command in commands):
        yield _REQUIRE_NONE


def _lines(commands: Sequence[Command]) -> Iterator[str]:
    for command in commands:
        yield "\n".join(("", f"# {command.does}.", *command.to_shell(), ""))
        if command.keeps == REVISION:
            yield f'printf "%s\\n" "$revision" | tee {CARRIED_OUT}\n'
