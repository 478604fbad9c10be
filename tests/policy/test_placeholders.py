"""Placeholders of other tools: a text that cannot be a name yet is undecided."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, Profile, evaluate_template
from ecs_guard_aspects.policy.user import is_placeholder

PLACEHOLDERS = [
    *("{{ user }}", "{{user}}", "${USER}", "${self:custom.user}", "${USER:-1000}", "$USER", "$(USER)", "#{USER}#"),
    *(
        "__USER__",
        "%USER%",
        "%%USER%%",
        "@USER@",
        "@@USER@@",
        "{USER}",
        "[[USER]]",
        "((user))",
        "<USER>",
        "<%= user %>",
    ),
    *("<uid>:<gid>", "$UID:$GID", "1000:${GID}", "app-{{ env }}", "app-__ENV__", "{% if x %}1{% endif %}", "!!USER!!"),
    *("|USER|", "`id -u`", "*", "a/b", "{0}", "~USER~"),
]
NAMES = [
    *("app", "app-user", "app_user", "_apt", "_", "__", "node.js", "www-data", "UPPER", "user1", "1000", "1000:1000"),
    *(
        "app:app",
        "machine$",
        "machine$:1000",
        "+5",
        "-1",
        "DOMAIN\\user",
        "ContainerUser",
        "User Manager\\ContainerUser",
    ),
    *("_my__user", "a__b", "j\u00fcrgen", "1000:", ""),
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", NAMES)
def test_a_name(text: str) -> None:
    assert not is_placeholder(text)
    assert not is_placeholder(text, on_windows=True)


# fmt: off
ON_WINDOWS = [
    ("user@corp.example.com",  False),
    ("NT AUTHORITY\\SYSTEM",   False),
    ("DOMAIN\\machine$",       False),
    ("O'Neil",                 False),
    ("{{ user }}",             True),
    ("$(USER)",                True),
    ("%USERNAME%",             True),
    ("@USER@",                 True),
    ("__USER__",               True),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), ON_WINDOWS)
def test_an_account_of_windows(text: str, expected: bool) -> None:
    assert is_placeholder(text, on_windows=True) is expected


def verdicts(container: dict[str, Any], **properties: Any) -> dict[str, str]:
    task = {"NetworkMode": "host", "ContainerDefinitions": [{"Name": "web", **container}], **properties}
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": task}}}
    return {each.check: each.verdict.value for each in evaluate_template(template, Policy(profile=Profile.STRICT))}


WINDOWS = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
# fmt: off
JUDGED: list[tuple[dict[str, Any], dict[str, Any], str, str | None]] = [
    # container                                  properties                   check                       verdict
    ({"User": "{{ user }}"},                     {},                          "non-root-user",            "unresolved"),
    ({"User": "app"},                            {},                          "non-root-user",            None),
    ({"User": "root:${GID}"},                    {},                          "non-root-user",            "violation"),
    ({"User": "0:{{ gid }}"},                    {},                          "non-root-user",            "violation"),
    ({"User": {"Fn::Sub": "${!user}"}},          {},                          "non-root-user",            "unresolved"),
    ({"User": "{{ user }}"},                     WINDOWS,                     "non-admin-windows-user",   "unresolved"),
    ({"User": "DOMAIN\\app"},                    WINDOWS,                     "non-admin-windows-user",   None),
    ({"User": "app@corp.com"},                   WINDOWS,                     "non-admin-windows-user",   None),
    ({"User": "1", "Privileged": "#{PRIV}#"},    {},                          "no-privileged-containers", "unresolved"),
    ({"User": "1", "Privileged": "false"},       {},                          "no-privileged-containers", None),
    ({"User": "1"},                              {"NetworkMode": "$MODE"},    "awsvpc-network-mode",      "unresolved"),
    ({"User": "1"},                              {"NetworkMode": "__MODE__"}, "no-host-network-mode",     "unresolved"),
    ({"User": "1"},                              {"NetworkMode": "hots"},     "awsvpc-network-mode",      "violation"),
]
# fmt: on


@pytest.mark.parametrize(("container", "properties", "check", "verdict"), JUDGED)
def test_what_is_judged(container: dict[str, Any], properties: Any, check: str, verdict: str | None) -> None:
    assert verdicts(container, **properties).get(check) == verdict
