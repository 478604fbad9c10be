"""The policy that a command is to judge by, as its arguments say."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..policy import Policy
from ..profiles import Profile
from .custom_checks import load_checks
from .discovery import find_policy, load_policy


def chosen_policy(arguments: Namespace, root: Path) -> Policy:
    """Return the policy that ``--policy``, ``--no-config``, ``--profile`` and ``--checks`` choose.

    Args:
        arguments: what the command line gives.
        root: the root of the repository.

    Raises:
        PolicyError: if there is no such policy, or it is none.
    """
    checks = load_checks(arguments.checks)
    path = arguments.policy
    if path is None and not arguments.no_config:
        path = find_policy(Path.cwd(), root)
    policy = load_policy(path, _name(path, root), checks) if path else Policy(checks=checks)
    return policy.replace(profile=Profile(arguments.profile)) if arguments.profile else policy


def _name(path: Path, root: Path) -> str:
    absolute = path.absolute()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.as_posix()
