"""Writes what is derived from the code: the JSON schema of the configuration and the tables of docs/checks.md.

python -m tools.generate
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from ecs_guard_aspects.policy import Check, Profile
from ecs_guard_aspects.policy.checks import ALL
from ecs_guard_aspects.policy.configuration import json_schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "ecs_guard_aspects" / "policy" / "ecs-guard.schema.json"
CHECKS = ROOT / "docs" / "checks.md"

# What each check leaves to set, in the order of a task definition.
_SETTINGS = {
    "awsvpc-network-mode": ("NetworkMode", "`awsvpc`"),
    "no-host-network-mode": ("NetworkMode", "not `host`"),
    "host-mode-root-user": ("In `host` mode", "`User` non-root, or `Privileged: true`"),
    "host-mode-privileged": ("In `host` mode", "not privileged, `User` absent or non-root"),
    "no-privileged-containers": ("Privileged", "`false` or absent"),
    "non-root-user": ("User on Linux", "non-root"),
    "non-admin-windows-user": ("User on Windows", "not `ContainerAdministrator`"),
}


def outputs() -> dict[Path, str]:
    """Return the files that are derived from the code, with what they should say."""
    return {SCHEMA: json.dumps(json_schema(), indent=2) + "\n", CHECKS: _with_tables(CHECKS.read_text())}


def _with_tables(text: str) -> str:
    tables = {"overview": _overview(), "profiles": _profiles(), "settings": _settings()}
    tables |= {check.id: _details(check) for check in ALL}
    for name, lines in tables.items():
        pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        body = "\n".join(lines)
        text, count = pattern.subn(lambda match, body=body: f"{match[1]}{body}\n{match[2]}", text)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"{CHECKS.name} has {count} places for the table {name!r}")
    return text


def _overview() -> Iterator[str]:
    yield "| id | severity | demands | stands for |"
    yield "|---|---|---|---|"
    for check in ALL:
        names = ", ".join(control.name for control in check.controls)
        yield f"| [`{check.id}`](#{check.id}) | {check.severity.value} | {check.title} | {names} |"


def _details(check: Check) -> Iterator[str]:
    profiles = ", ".join(f"`{profile.name}`" for profile in Profile if check in profile.checks)
    yield "| | |"
    yield "|---|---|"
    yield f"| Demands | {check.title} |"
    yield f"| Severity | {check.severity.value} |"
    yield f"| Reads | {', '.join(f'`{field}`' for field in check.fields)} |"
    yield f"| Allows | {check.allowed} |"
    yield f"| Stands for | {', '.join(f'[{control.name}]({control.url})' for control in check.controls)} |"
    yield f"| In profiles | {profiles} |"


def _profiles() -> Iterator[str]:
    yield f"| check | {' | '.join(f'`{profile.name}`' for profile in Profile)} |"
    yield f"|---|{'---|' * len(Profile)}"
    for check in ALL:
        marks = " | ".join("yes" if check in profile.checks else "" for profile in Profile)
        yield f"| `{check.id}` | {marks} |"


def _settings() -> Iterator[str]:
    yield "| profile | settings that satisfy all its checks |"
    yield "|---|---|"
    for profile in Profile:
        wanted: dict[str, list[str]] = {}
        ids = [check.id for check in profile.checks]
        for check_id, (field, value) in _SETTINGS.items():
            if check_id in ids and not _is_settled(check_id, ids):
                wanted.setdefault(field, []).append(value)
        settings = "; ".join(f"{field}: {', '.join(values)}" for field, values in wanted.items())
        yield f"| `{profile.name}` | {settings} |"


def _is_settled(check_id: str, ids: list[str]) -> bool:
    """Return whether another check of the profile leaves this one nothing to say."""
    about_host_mode = ("no-host-network-mode", "host-mode-root-user", "host-mode-privileged")
    return check_id in about_host_mode and "awsvpc-network-mode" in ids


def main() -> None:
    for path, text in outputs().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
