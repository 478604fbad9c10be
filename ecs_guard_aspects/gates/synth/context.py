"""The policy of an app, and warnings about policies that no guard reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from constructs import IConstruct

from ...policy.errors import PolicyError
from ...policy.files.choice import policy_of_app
from ...policy.files.context import CONTEXT_KEY, CONTEXT_ORIGIN, is_configured
from ...policy.files.discovery import find_policy, name_of, repository_root
from ...policy.files.near_names import near_names
from ...policy.files.reading import CDK_JSON
from ...policy.files.relaxation import relaxations
from ...policy.policy import Policy

_CONTEXT_OVERLOOKED = (
    f"The context of this app (cdk.json, -c) has a policy under {CONTEXT_KEY!r} or a similar key, which this guard does"
    " not read: it was given another policy.\n"
    "Give it Policy.from_context(app, base=...) to use the one in the context, or remove that."
)
_FILE_OVERLOOKED = (
    "The repository has a policy in {name}, which this guard does not read: it was given another policy.\n"
    "Use EcsGuard() without a policy to use the one of the repository, or remove that."
)


def policy_at(app: IConstruct, given: Policy | None, *, allow_checks: bool = False) -> Policy:
    """Return the policy of a guard: the given one, or else that of the repository and the context.

    Args:
        app: the app.
        given: the policy that the guard was given.
        allow_checks: whether the custom checks that the policy of the repository names are imported.

    Raises:
        PolicyError: if a policy is not valid, or if there are two in one folder.
    """
    return given if given is not None else policy_of_app(app, allow_checks=allow_checks)


def warnings_about_policies(app: IConstruct, policies: Iterable[Policy]) -> Iterator[str]:
    """Yield a warning about each policy that a guard does not read, and about misspelled names of policies.

    Args:
        app: the app.
        policies: the policies of its guards.
    """
    folder = Path.cwd()
    root = repository_root(folder)
    try:
        file = find_policy(folder, root)
    except PolicyError as error:  # no guard has read it, otherwise this error would have been raised before
        yield f"{error}."
        return
    origins = {policy.origin or "" for policy in policies}
    if any(CONTEXT_ORIGIN not in origin and origin != CDK_JSON for origin in origins) and is_configured(app):
        yield _CONTEXT_OVERLOOKED
    elif file is not None and any(not _is_from(name_of(file, root), origin) for origin in origins):
        yield _FILE_OVERLOOKED.format(name=name_of(file, root))
    yield from (f"{text}." for text in near_names(folder, file.parent if file else root, root))


def relaxed_by_context(app: IConstruct, policy: Policy) -> list[str]:
    """Return the settings that the context of an app relaxes in a policy that reads it, each with the file it comes
    from."""
    return list(relaxations(app, policy))


def is_about_app(policy: Policy) -> bool:
    """Return whether a policy is only for this app: a policy file can be for other apps and templates too."""
    origin = policy.origin or CONTEXT_ORIGIN
    return origin == CONTEXT_ORIGIN or Path(origin.removesuffix(f" and {CONTEXT_ORIGIN}")).name == CDK_JSON


def _is_from(name: str, origin: str) -> bool:
    is_in_context = Path(name).name == CDK_JSON and origin == CONTEXT_ORIGIN
    return is_in_context or origin.removesuffix(f" and {CONTEXT_ORIGIN}") == name
