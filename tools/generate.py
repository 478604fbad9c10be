"""Writes what is derived from the code: the JSON schema of a policy, docs/checks.md, the table of checks in README.md.

python -m tools.generate
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecs_guard_aspects.policy import Check, Policy, Profile, evaluate_template
from ecs_guard_aspects.policy.checks import ALL
from ecs_guard_aspects.policy.checks.documentation import denied_when, remarks_on
from ecs_guard_aspects.policy.checks.examples import LANGUAGES
from ecs_guard_aspects.policy.files.schema import json_schema
from ecs_guard_aspects.policy.judging.notices import NOTICE_KINDS

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "ecs_guard_aspects" / "policy" / "ecs-guard.schema.json"
CHECKS = ROOT / "docs" / "checks.md"
README = ROOT / "README.md"


def outputs() -> dict[Path, str]:
    """Return the files that are derived from the code, with what they should say."""
    parts = {
        "overview": _overview(),
        "checks": _sections(),
        "profiles": _profiles(),
        "settings": _settings(),
        "contradictions": _contradictions(),
        "notices": _notices(),
    }
    return {
        SCHEMA: json.dumps(json_schema(), indent=2) + "\n",
        CHECKS: with_parts(CHECKS, parts),
        README: with_parts(README, {"checks": _summary()}),
    }


def with_parts(path: Path, parts: Mapping[str, Iterable[str]]) -> str:
    """Return the text of a page with other lines between the marks of each part."""
    text = path.read_text(encoding="utf-8")
    for name, lines in parts.items():
        pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        body = "\n".join(lines)
        text, count = pattern.subn(lambda match, body=body: f"{match[1]}{body}\n{match[2]}", text)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"{path.name} has {count} places for {name!r}")
    return text


def _summary() -> Iterator[str]:
    yield "| check | severity | denied |"
    yield "|---|---|---|"
    for check in ALL:
        yield f"| [`{check.id}`](docs/checks.md#{check.id}) | {check.severity.value} | {_denied(check)} |"


def _overview() -> Iterator[str]:
    yield "| id | severity | requires |"
    yield "|---|---|---|"
    for check in ALL:
        yield f"| [`{check.id}`](#{check.id}) | {check.severity.value} | {check.title} |"


def _sections() -> Iterator[str]:
    for check in ALL:
        yield f"\n## {check.id}\n"
        yield from _details(check)
        for paragraph in (check.risk, *remarks_on(check)):
            yield f"\n{textwrap.fill(paragraph, 120, break_long_words=False, break_on_hyphens=False)}"
        yield from _examples(check)
    yield ""


def _details(check: Check) -> Iterator[str]:
    profiles = ", ".join(f"`{profile.name}`" for profile in Profile if check in profile.checks)
    yield "| | |"
    yield "|---|---|"
    yield f"| Requires | {check.title} |"
    yield f"| Severity | {check.severity.value} |"
    yield f"| Reads | {', '.join(f'`{field}`' for field in check.fields)} |"
    yield f"| Denied | {_denied(check)} |"
    yield f"| Allowed | {check.allowed} |"
    yield f"| Controls | {', '.join(f'[{control.name}]({control.url})' for control in check.controls)} |"
    yield f"| Profiles | {profiles or 'none: the `enforcement` of a policy switches it on'} |"
    comment = f"# ecs-guard: ignore[{check.id}] owner=... until=YYYY-MM-DD ..."
    yield f"| How to exempt | `{comment}`, or one of the [other ways](exemptions.md) |"


def _denied(check: Check) -> str:
    return denied_when(check).removesuffix(".")


def _examples(check: Check) -> Iterator[str]:
    if check.example is None:
        return
    yield '\n<details markdown="1">\n<summary>How to fix: examples in CloudFormation, CDK and Terraform</summary>'
    for name, diff in check.example._asdict().items():
        yield f"\n{LANGUAGES[name]}:\n\n```diff\n{diff}```"
    yield "\n</details>"


def _notices() -> Iterator[str]:
    for name, kind in NOTICE_KINDS.items():
        yield f"\n### {name}\n"
        yield "| | |"
        yield "|---|---|"
        yield f"| Reported for | {kind.subject} |"
        yield f"| Why | {kind.risk} |"
        yield f"| How to fix | {kind.remedy} |"
        yield f"| Enforcement | {kind.enforcement} |"
        yield f"| How to exempt | {'by `path`' if kind.can_be_exempt else kind.exemption} |"
    yield ""


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
        settings = [check.setting for check in profile.checks if check.setting is not None]
        for field, value in settings:
            # With awsvpc there is no host mode.
            if ("NetworkMode", "`awsvpc`") not in settings or "`host`" not in f"{field} {value}":
                wanted.setdefault(field, []).append(value)
        said = "; ".join(f"{field}: {', '.join(values)}" for field, values in wanted.items())
        yield f"| `{profile.name}` | {said} |"


_ROOT, _OTHER, _PRIVILEGED = {"User": "root"}, {"User": "1000"}, {"Privileged": True}
# What the standards judge differently: mode and container.
_SITUATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "`host`, privileged, root": ("host", _ROOT | _PRIVILEGED),
    "`host`, privileged, not root": ("host", _OTHER | _PRIVILEGED),
    "`host`, not privileged, root": ("host", _ROOT),
    "`host`, not privileged, no `User`": ("host", {}),
    "`host`, not privileged, not root": ("host", _OTHER),
    "`bridge`, not privileged, not root": ("bridge", _OTHER),
    "`awsvpc`, privileged, not root": ("awsvpc", _OTHER | _PRIVILEGED),
    "`awsvpc`, not privileged, not root": ("awsvpc", _OTHER),
}


def _contradictions() -> Iterator[str]:
    profiles = (Profile.DATADOG, Profile.CYSCALE, Profile.SECURITY_HUB)
    yield "| a container on Linux | `DATADOG`, `AWS_CONFIG`, `DEFAULT` | `CYSCALE` | `SECURITY_HUB` |"
    yield "|---|---|---|---|"
    for situation, (mode, container) in _SITUATIONS.items():
        properties = {"NetworkMode": mode, "ContainerDefinitions": [{"Name": "app", **container}]}
        said = (_said(properties, profile) for profile in profiles)
        yield f"| {situation} | {' | '.join(said)} |"


def _said(properties: Mapping[str, Any], profile: Profile) -> str:
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    found = evaluate_template(template, Policy(profile=profile))
    said = [f"`{f.check}`" if f.is_denied else f"listed: `{f.check}`" for f in found]
    return ", ".join(said) or "passes"


def main() -> None:
    for path, text in outputs().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
