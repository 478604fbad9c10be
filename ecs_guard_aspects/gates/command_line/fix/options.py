"""Options of a fix on the command line, and which of them removes an obstacle."""

from __future__ import annotations

from argparse import Namespace

from ....remediation.changes import Blocker
from ....remediation.network import Network
from ....remediation.obstacles.service import SECURE_FROM_BIRTH
from ....remediation.plan import FixOptions
from ....remediation.run_as import checked_user
from ....remediation.text_edits.template_fix import REFERENCE
from ..errors import CommandError

# The option that removes a blocker, by its name in `remediation`.
_LIFTED_BY = {
    "network": "--subnets and --security-groups give it one, also '${Name}' for a new parameter",
    "may_change_addresses": "--change-addresses permits it",
    "may_replace_root": "--replace-root permits it",
    "run_elsewhere": "if that passes one, --run-elsewhere permits it",
    "may_replace_target_groups": "--replace-target-groups permits it",
}


def fix_options(arguments: Namespace) -> FixOptions:
    """Return the options that are given.

    Raises:
        CommandError: if one of them is not valid.
    """
    if arguments.subnets is None and (arguments.security_groups is not None or arguments.assign_public_ip):
        raise CommandError("--security-groups and --assign-public-ip need --subnets: a network is named as a whole")
    try:
        network = None
        if arguments.subnets is not None:
            subnets, groups = _ids(arguments.subnets), _ids(arguments.security_groups or "")
            network = Network(subnets, groups, arguments.assign_public_ip)
        user = None if arguments.user is None else checked_user(arguments.user)
    except ValueError as error:
        raise CommandError(str(error)) from error
    return FixOptions(
        awsvpc=not arguments.no_awsvpc,
        user=user,
        network=network,
        may_change_addresses=arguments.may_change_addresses,
        run_elsewhere=arguments.run_elsewhere,
        may_replace_target_groups=arguments.may_replace_target_groups,
        may_replace_root=arguments.may_replace_root,
    )


def blocker_text(blocker: Blocker) -> str:
    """Return what blocks a fix, with the option that permits it or else what removes it."""
    lifted = _LIFTED_BY.get(blocker.lifted_by.partition("=")[0])
    remedy = "" if blocker.remedy == SECURE_FROM_BIRTH else blocker.remedy  # it is a line of CDK code
    return f"{blocker.text} ({lifted or remedy})" if lifted or remedy else blocker.text


def _ids(text: str) -> tuple[str, ...]:
    ids = tuple(part.strip() for part in text.split(",")) if text.strip() else ()
    for each in ids:
        if not each.isprintable() or ("${" in each and not REFERENCE.fullmatch(each)):
            raise CommandError(f"{each!r} is not a subnet or security group: give an id, or ${{Name}} of the template")
    return ids
