"""Choice of the policy: the named policy file, the nearest one, or the default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..policy import LoadChecks, Policy
from ..profiles import profile_named
from .context import CONTEXT_ORIGIN, HasNode, context_of, policy_keys
from .custom_checks import load_checks, loader_in, refused_by
from .discovery import find_policy, load_policy, name_of, repository_root
from .near_names import near_names
from .reading import CDK_JSON, read_configuration

Warn = Callable[[str], None]
"""A function that shows a warning about a misspelled name of a policy."""


def chosen_policy(
    root: Path,
    *,
    file: Path | None = None,
    no_config: bool = False,
    profile: str | None = None,
    checks: Sequence[str] = (),
    allow_checks: bool = False,
    warn: Warn | None = None,
) -> Policy:
    """Return the policy that the options of a gate choose.

    Args:
        root: the root of the repository.
        file: the policy file; if left out, the nearest one from the working directory up to ``root``.
        no_config: whether policy files are ignored.
        profile: replaces the profile of the policy.
        checks: custom checks, as ``MODULE:NAME``.
        allow_checks: whether the custom checks that the policy names are imported.
        warn: see ``Warn``.

    Raises:
        PolicyError: if the file does not exist, or is not a valid policy.
    """
    loaded = load_checks(checks)
    if file is None and not no_config:
        file = _nearest(root, warn, ", or name one with --policy")
    policy = Policy(checks=loaded)
    if file is not None:
        load = loader_in(file.absolute().parent) if allow_checks else None
        policy = load_policy(file, name_of(file, root), load, loaded)
    return policy.replace(profile=profile_named(profile)) if profile else policy


def policy_of_app(scope: HasNode, *, allow_checks: bool = False, warn: Warn | None = None) -> Policy:
    """Return the policy of the repository that a CDK app is run in, changed by the context of the app.

    ``ecs-guard check`` finds the same policy in the same working directory, the folder of ``cdk.json``.

    Args:
        scope: a construct of the app.
        allow_checks: whether the custom checks that the policy names are imported.
        warn: see ``Warn``.

    Raises:
        PolicyError: if there are two policies in one folder, or one that is not valid.
    """
    return _policy_of_app(scope, loader_in if allow_checks else None, warn)


def policy_without_custom_checks(scope: HasNode, construct: str) -> Policy:
    """Return the policy of the repository, see ``policy_of_app``, for a construct that cannot run custom checks.

    Args:
        scope: a construct of the app.
        construct: the class of the construct, for messages.

    Raises:
        PolicyError: see ``policy_of_app``; also if the policy names custom checks.
    """
    return _policy_of_app(scope, lambda _: refused_by(construct), None)


def _policy_of_app(scope: HasNode, loader: Callable[[Path], LoadChecks] | None, warn: Warn | None) -> Policy:
    root = repository_root(Path.cwd())
    file = _nearest(root, warn)
    context = context_of(scope)
    load = loader(file.parent if file else Path.cwd()) if loader else None
    if file is None:
        return Policy().in_context(context, CONTEXT_ORIGIN, load)
    name = name_of(file, root)
    if file.name != CDK_JSON:
        policy = load_policy(file, name, load)
        changed = policy.in_context(context, CONTEXT_ORIGIN, load)
        return changed.replace(origin=_with_context(name)) if changed.origin == CONTEXT_ORIGIN else changed
    written = read_configuration(file, name) or {}
    if file.parent != Path.cwd():  # the CDK reads only the cdk.json in the working directory
        context = {**written, **context}
    origin = name if policy_keys(context) == written else _with_context(name)
    return Policy().in_context(context, origin, load)


def _with_context(name: str) -> str:
    return f"{name} and {CONTEXT_ORIGIN}"


def _nearest(root: Path, warn: Warn | None, or_else: str = "") -> Path | None:
    file = find_policy(Path.cwd(), root, or_else)
    if warn is not None:
        for text in near_names(Path.cwd(), file.parent if file else root, root):
            warn(text)
    return file
