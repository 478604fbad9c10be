"""Choice of the policy: the named policy file, the nearest one, or the default."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..policy import Policy
from ..profiles import Profile
from .custom_checks import load_checks
from .discovery import find_policy, load_policy


def chosen_policy(
    root: Path,
    *,
    file: Path | None = None,
    no_config: bool = False,
    profile: str | None = None,
    checks: Sequence[str] = (),
) -> Policy:
    """Return the policy that the options of a gate choose.

    Args:
        root: the root of the repository.
        file: the policy file; if left out, the nearest one from the working directory up to ``root``.
        no_config: whether policy files are ignored.
        profile: replaces the profile of the policy.
        checks: custom checks, as ``MODULE:NAME``.

    Raises:
        PolicyError: if the file does not exist, or is not a valid policy.
    """
    loaded = load_checks(checks)
    if file is None and not no_config:
        file = find_policy(Path.cwd(), root)
    policy = load_policy(file, _name(file, root), loaded) if file else Policy(checks=loaded)
    return policy.replace(profile=Profile(profile)) if profile else policy


def _name(path: Path, root: Path) -> str:
    absolute = path.absolute()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.as_posix()
