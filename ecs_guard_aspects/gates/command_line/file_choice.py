"""The files that a command is to judge, as its arguments say."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from ...policy.policy import Policy
from ...sources.files import Files


def chosen_files(arguments: Namespace, root: Path, watch: Callable[[str], None]) -> Files:
    """Return the files that the paths, ``--exclude`` and ``--ignore-unknown`` choose.

    Args:
        arguments: what the command line gives.
        root: the root of the repository.
        watch: is told of each file that is looked into.
    """
    return Files(
        chosen_paths(arguments),
        root,
        exclude=arguments.exclude,
        ignore_unknown=arguments.ignore_unknown,
        stdin=sys.stdin.buffer.read,
        watch=watch,
    )


def chosen_paths(arguments: Namespace) -> list[str]:
    """Return the paths that are given, the working directory if none is."""
    return arguments.paths or ["."]


def is_all_of_it(arguments: Namespace, policy: Policy, root: Path) -> bool:
    """Return whether all is judged that the policy is about: who sees less cannot tell which exemption is stale."""
    about = (root / policy.origin).parent if policy.origin else root
    if not about.is_relative_to(root):
        about = root
    paths = [os.path.realpath(path) for path in chosen_paths(arguments)]
    return not arguments.exclude and any(about.is_relative_to(path) for path in paths)
