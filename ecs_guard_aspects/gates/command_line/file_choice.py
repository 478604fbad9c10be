"""Choice of files on the command line: paths, ``--exclude`` and ``--ignore-unknown``."""

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
        arguments: the parsed command line.
        root: the root of the repository.
        watch: is called with the name of each file.
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
    """Return the paths of the command line; without one, the working directory."""
    return arguments.paths or ["."]


def is_all_of_it(arguments: Namespace, policy: Policy, root: Path) -> bool:
    """Return whether all files of the policy are judged: only then it is known which exemptions are stale.

    A policy file that is found is for its folder, and one that is named for the repository. One from outside of the
    repository is for others too.
    """
    about = Path(os.path.realpath(root))
    if arguments.policy is not None:
        if not Path(os.path.realpath(arguments.policy)).is_relative_to(about):
            return False
    elif policy.origin:
        about = (about / policy.origin).parent
    paths = [os.path.realpath(path) for path in chosen_paths(arguments)]
    return not arguments.exclude and any(about.is_relative_to(path) for path in paths)
