"""``ecs-guard explain``: what a check requires, why, how to fix and exempt a violation; the checks of a profile."""

from __future__ import annotations

import datetime
import textwrap
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ....policy.checks import ALL, Check, ContainerCheck
from ....policy.checks.documentation import denied_when, remarks_on, without_markup
from ....policy.checks.examples import LANGUAGES
from ....policy.errors import PolicyError, require_known
from ....policy.files.custom_checks import load_checks
from ....policy.files.discovery import repository_root
from ....policy.how_to_exempt import policy_entry_for_path, suggested_last_day, ways_to_exempt
from ....policy.ids import NOTICES
from ....policy.judging.notices import NOTICE_KINDS
from ....policy.policy import Policy
from ....policy.profiles import Profile, ProfileVersion, profile_named
from ..arguments.parser import plain_name
from ..errors import CommandError
from ..exit_codes import ADMITTED
from ..policy_choice import policy_of
from ..terminal import write_out

_WIDTH = 100
_PROFILES = tuple(profile.value for profile in Profile)


def explain(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    checks = [*ALL, *_custom_checks(arguments)]
    lines = _explanation(arguments.check, checks) if arguments.check else _overview(checks)
    write_out("".join(f"{line}\n" for line in lines))
    return ADMITTED


def _custom_checks(arguments: Namespace) -> Sequence[Check]:
    """Return the checks of ``--checks``, and those of the policy if they may be imported."""
    if arguments.allow_checks:
        return policy_of(arguments, repository_root(Path.cwd())).checks
    return load_checks(arguments.checks)


def _overview(checks: Sequence[Check]) -> Iterator[str]:
    rows = [(check.id, check.severity.value, check.title) for check in checks]
    width = max(len(check_id) for check_id, _, _ in rows)
    yield from (f"{check_id:{width}}  {severity:6}  {title}" for check_id, severity, title in rows)
    yield ""
    yield f"Findings of other kinds: {', '.join(NOTICES)}."
    yield f"Profiles: {', '.join(_PROFILES)}."


def _explanation(word: str, checks: Sequence[Check]) -> Iterable[str]:
    name = plain_name(word)
    if name.partition("@")[0] in _PROFILES:
        return _profile(profile_named(name))
    try:
        require_known("check or profile", name, [*(check.id for check in checks), *NOTICES, *_PROFILES])
    except PolicyError as error:
        raise CommandError(f"{error} Custom checks of the policy need --allow-checks.") from error
    last_day = suggested_last_day(Policy())
    if name in NOTICE_KINDS:
        return _notice(name, last_day)
    return _check(next(check for check in checks if check.id == name), last_day)


def _profile(chosen: Profile | ProfileVersion) -> Iterator[str]:
    profile = chosen.profile if isinstance(chosen, ProfileVersion) else chosen
    versions = [chosen] if isinstance(chosen, ProfileVersion) else [profile.at(name) for name in profile.versions]
    yield chosen.value
    for version in versions:
        is_newest = version.version == profile.versions[-1]
        yield from _heading(f"{version.value}{f' ({profile.value} without a version)' if is_newest else ''}")
        yield from (f"  {check.id}" for check in version.checks)


def _check(check: Check, last_day: datetime.date) -> Iterator[str]:
    yield check.id
    yield from _section("What", [check.title, *_facts(check)])
    yield from _section("Why", [check.risk, *remarks_on(check)])
    yield from _how_to_fix(check)
    yield from _section("How to exempt", ["Write one of these, with your owner, last day and reason."])
    for way in ways_to_exempt(check.id, last_day, "app" if isinstance(check, ContainerCheck) else None):
        yield from _block(way.where, way.text)
    if check.controls:
        yield from _heading("Controls")
        yield from (f"  {control.name} <{control.url}>" for control in check.controls)
    profiles = [profile.value for profile in Profile if check in profile.checks]
    in_none = (
        "none: the enforcement of a policy switches it on" if check.is_made_by_ecs else "none: it is a custom check"
    )
    yield from _section("Profiles", [", ".join(profiles) or in_none])


def _facts(check: Check) -> Iterator[str]:
    yield f"Severity: {check.severity.value}."
    if check.fields:
        yield f"Reads: {', '.join(check.fields)}."
    if denied_when(check):
        yield f"Denied: {denied_when(check)}"
    if check.allowed:
        yield f"Allowed: {check.allowed}."


def _how_to_fix(check: Check) -> Iterator[str]:
    yield from _section("How to fix", ["A finding says what to change for its launch type."])
    if check.example is None:
        return
    yield from _wrapped("In these examples the lines with - are denied, and the lines with + replace them:")
    for name, diff in check.example._asdict().items():
        yield from _block(LANGUAGES[name], diff)


def _notice(name: str, last_day: datetime.date) -> Iterator[str]:
    kind = NOTICE_KINDS[name]
    yield name
    yield from _section("What", [f"{kind.title} The finding is about {kind.subject}.", kind.enforcement])
    yield from _section("Why", [kind.risk])
    yield from _section("How to fix", [kind.remedy])
    yield from _section("How to exempt", [kind.exemption])
    if kind.can_be_exempt:
        yield from _block("", policy_entry_for_path(name, last_day))


def _section(heading: str, paragraphs: Iterable[str]) -> Iterator[str]:
    yield from _heading(heading)
    for paragraph in filter(None, paragraphs):
        yield from _wrapped(without_markup(paragraph))


def _heading(heading: str) -> Iterator[str]:
    yield ""
    yield heading


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _block(heading: str, text: str) -> Iterator[str]:
    """Yield lines to copy, unwrapped."""
    yield ""
    if heading:
        yield f"  {heading}"
    yield from (f"    {line}".rstrip() for line in text.splitlines())
