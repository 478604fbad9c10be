"""Profiles: which checks they make, and what DEFAULT forgives."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Policy, Profile
from ecs_guard_aspects.policy.checks import ALL

from .support import ABSENT, container, host, if_, judge, parameter, ref, task_definition

PROFILES = {
    "default": ["awsvpc-network-mode", "host-mode-root-user"],
    "datadog": ["awsvpc-network-mode", "host-mode-root-user"],
    "aws-config": ["awsvpc-network-mode", "host-mode-root-user"],
    "cyscale": ["host-mode-privileged"],
    "security-hub": ["no-host-network-mode", "no-privileged-containers", "non-root-user", "non-admin-windows-user"],
    "strict": [check.id for check in ALL],
}


def test_the_checks_of_every_profile() -> None:
    assert {profile.value: [check.id for check in profile.checks] for profile in Profile} == PROFILES


def test_default_is_the_default() -> None:
    assert Policy().profile is Profile.DEFAULT


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_denies(profile: Profile) -> None:
    findings = judge(host(container(User="root"), container("p", Privileged=True)), Policy(profile=profile))
    assert {finding.enforcement.value for finding in findings} == {"deny"}


EXTERNAL, MANAGED = ["EXTERNAL"], ["MANAGED_INSTANCES"]
# fmt: off
DOWNGRADED = [
    # RequiresCompatibilities, NetworkMode     what DEFAULT does; DATADOG and AWS_CONFIG always deny
    (EXTERNAL,                 ABSENT,         "warn"),
    (EXTERNAL,                 "bridge",       "warn"),
    (EXTERNAL,                 "host",         "warn"),
    (EXTERNAL,                 "none",         "warn"),
    (["EXTERNAL", "EXTERNAL"], "bridge",       "warn"),
    (["EXTERNAL", "EC2"],      "bridge",       "deny"),
    (["EXTERNAL", "FARGATE"],  "bridge",       "deny"),
    (MANAGED,                  ABSENT,         "warn"),
    (MANAGED,                  None,           "warn"),
    (MANAGED,                  "host",         "deny"),
    (MANAGED,                  "bridge",       "deny"),
    (MANAGED,                  "",             "deny"),
    ([*MANAGED, "EC2"],        ABSENT,         "deny"),
    ([*MANAGED, "FARGATE"],    ABSENT,         "deny"),
    (ABSENT,                   ABSENT,         "deny"),
    ([],                       ABSENT,         "deny"),
    (["EC2"],                  "bridge",       "deny"),
    (["FARGATE"],              ABSENT,         "deny"),
    (["external"],             "bridge",       "deny"),   # no such launch type
    ("EXTERNAL",               "bridge",       "deny"),   # malformed: a string
    ({"a": "EXTERNAL"},        "bridge",       "deny"),
    (["EXTERNAL", 5],          "bridge",       "deny"),
    (["EXTERNAL", ref("Any")], "bridge",       "deny"),   # cannot be known to be only EXTERNAL
    (ref("Any"),               "bridge",       "deny"),
    (["EXTERNAL", ref("AWS::NoValue")], "bridge", "warn"),
    ([ref("External")],        "bridge",       "warn"),
    (if_("Never", ["EC2"], EXTERNAL), "bridge", "warn"),
    (if_("Maybe", ["EC2"], EXTERNAL), "bridge", "deny"),  # the strictest of what is possible
]
# fmt: on


@pytest.mark.parametrize(("launch_types", "mode", "by_default"), DOWNGRADED)
def test_what_ecs_leaves_no_way_around_is_a_warning_in_default_only(
    launch_types: Any, mode: Any, by_default: str
) -> None:
    properties = task_definition(RequiresCompatibilities=launch_types, NetworkMode=mode)
    sections = {
        "Parameters": {"Any": parameter(), "External": parameter("EXTERNAL")},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}, "Maybe": {"Fn::Equals": [ref("Any"), "b"]}},
    }
    for profile in (Profile.DEFAULT, Profile.DATADOG, Profile.AWS_CONFIG, Profile.STRICT):
        (finding,) = (f for f in judge(properties, Policy(profile=profile), **sections) if f.check.startswith("awsvpc"))
        assert finding.verdict.value == "violation"
        assert finding.enforcement.value == (by_default if profile is Profile.DEFAULT else "deny")


@pytest.mark.parametrize("launch_types", [EXTERNAL, MANAGED])
def test_only_the_mode_is_forgiven_not_the_user(launch_types: Any) -> None:
    findings = judge(host(container(User="root"), RequiresCompatibilities=launch_types), Policy())
    assert [(f.check, f.enforcement.value) for f in findings if f.check == "host-mode-root-user"] == [
        ("host-mode-root-user", "deny")
    ]


def test_a_downgraded_finding_says_why() -> None:
    for launch_types, mode, reason in [
        (EXTERNAL, "bridge", "ECS Anywhere does not support awsvpc"),
        (EXTERNAL, ABSENT, "ECS Anywhere does not support awsvpc"),
        (MANAGED, ABSENT, "then use awsvpc"),
    ]:
        (finding,) = judge(task_definition(RequiresCompatibilities=launch_types, NetworkMode=mode), Policy())
        assert reason in finding.message


def test_mode_and_launch_type_that_move_together_are_judged_together() -> None:
    properties = task_definition(
        RequiresCompatibilities=if_("OnPremises", EXTERNAL, ["EC2"]), NetworkMode=if_("OnPremises", "bridge", "awsvpc")
    )
    sections = {
        "Parameters": {"Site": parameter("cloud", "on-premises")},
        "Conditions": {"OnPremises": {"Fn::Equals": [ref("Site"), "on-premises"]}},
    }
    (finding,) = judge(properties, Policy(), **sections)
    assert finding.enforcement.value == "warn"
