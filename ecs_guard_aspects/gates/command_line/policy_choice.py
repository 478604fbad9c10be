"""Choice of the policy on the command line: ``--policy``, ``--no-config``, ``--profile`` and ``--checks``."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ...policy.enforcement import Gate
from ...policy.files.choice import chosen_policy
from ...policy.policy import Policy
from .terminal import say


def policy_of(arguments: Namespace, root: Path, gate: Gate | None = None) -> Policy:
    """Return the policy that the command line chooses.

    Args:
        arguments: the parsed command line.
        root: the root of the repository.
        gate: the gate that enforces the policy.

    Raises:
        PolicyError: see ``chosen_policy``.
    """
    policy = chosen_policy(
        root,
        file=arguments.policy,
        no_config=arguments.no_config,
        profile=arguments.profile,
        checks=arguments.checks,
        allow_checks=arguments.allow_checks,
        warn=lambda text: say(f"warning: {text}"),
    )
    return policy.at(gate)
