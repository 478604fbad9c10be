"""Profiles: which checks they make, and what DEFAULT forgives."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile
from ecs_guard_aspects.policy.checks import ALL, Check
from ecs_guard_aspects.policy.profiles import profile_named

from .support import ABSENT, container, host, if_, judge, parameter, ref, task_definition


def test_default_is_the_default() -> None:
    assert Policy().profile is Profile.DEFAULT


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_denies(profile: Profile) -> None:
    findings = judge(host(container(User="root"), container("p", Privileged=True)), Policy(profile=profile))
    reported = [(f.check, f.container) for f in findings if f.enforcement is Enforcement.AUDIT]
    lets_pass = profile in (Profile.DEFAULT, Profile.DATADOG, Profile.AWS_CONFIG)
    assert reported == ([("host-mode-privileged", "p")] if lets_pass else [])
    assert {f.enforcement.value for f in findings if (f.check, f.container) not in reported} == {"deny"}


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_every_check_is_in_profiles_that_there_are(check: Check) -> None:
    assert check.profiles <= {profile.value for profile in Profile} - {"strict"}


PRIVILEGED = container("p", Privileged=True)
OFF = {"awsvpc-network-mode": Enforcement.OFF}
# fmt: off
LET_PASS = [
    # the policy                                             the containers                          what is reported
    ({},                                                     [PRIVILEGED],                           [("p", "audit")]),
    ({"enforcement": OFF},                                   [PRIVILEGED],                           [("p", "audit")]),
    ({"profile": Profile.DATADOG},                           [PRIVILEGED],                           [("p", "audit")]),
    ({},                                                     [container(), PRIVILEGED],              [("p", "audit")]),
    ({},                     [container("p", User="root", Privileged="true")],                       [("p", "audit")]),
    ({},                     [container(ABSENT, Privileged=True)],                                   [(None, "audit")]),
    ({},                     [container("p", Privileged=if_("Maybe", True, False))],                 [("p", "audit")]),
    # only what is known to be privileged
    ({},                                                     [container()],                          []),
    ({},                     [container("p", Privileged=ref("Any"))],                                []),
    # denied by the profile, or by a check that the policy names
    ({"profile": Profile.CYSCALE},                           [PRIVILEGED],                           [("p", "deny")]),
    ({"profile": Profile.STRICT},                            [PRIVILEGED],                           [("p", "deny")]),
    ({"enforcement": {"host-mode-privileged": Enforcement.DENY}},  [PRIVILEGED],                     [("p", "deny")]),
    ({"enforcement": {"host-mode-privileged": Enforcement.WARN}},  [PRIVILEGED],                     [("p", "warn")]),
    ({"enforcement": {"host-mode-privileged": Enforcement.OFF}},   [PRIVILEGED],                     []),
    # another finding names the container
    ({"profile": Profile.SECURITY_HUB},                      [PRIVILEGED],                           []),
    ({"profile": Profile.SECURITY_HUB},                      [container(ABSENT, Privileged=True)],   []),
    ({"enforcement": {"no-privileged-containers": Enforcement.WARN}}, [PRIVILEGED],                  []),
]
# fmt: on


@pytest.mark.parametrize(("policy", "containers", "reported"), LET_PASS, ids=range(len(LET_PASS)))
def test_privileged_in_host_mode_never_passes_unseen(policy: Any, containers: list[Any], reported: list[Any]) -> None:
    sections = {
        "Parameters": {"Any": parameter()},
        "Conditions": {"Maybe": {"Fn::Equals": [ref("Any"), "b"]}},
    }
    found = judge(host(*containers), Policy(**policy), **sections)
    about = [(f.container, f.enforcement.value) for f in found if f.check == "host-mode-privileged"]
    assert about == reported
    elsewhere = judge(host(*containers, NetworkMode="bridge"), Policy(**policy), **sections)
    assert [f for f in elsewhere if f.check == "host-mode-privileged"] == []


def test_what_is_let_pass_can_be_exempted_and_acknowledged_and_stays_a_report() -> None:
    exemption = Exemption(
        check="host-mode-privileged", path="Task", reason="node agent", owner="infra", expires="2999-01-01"
    )
    (_, finding) = judge(host(PRIVILEGED), Policy(exemptions=[exemption]))
    assert (finding.enforcement, finding.exemption) == (Enforcement.AUDIT, exemption)
    expired = Exemption(**{**exemption.to_json(), "expires": "2020-01-01"})
    (_, finding) = judge(host(PRIVILEGED), Policy(exemptions=[expired]))
    assert (finding.enforcement, finding.exemption) == (Enforcement.AUDIT, expired)


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
    (EXTERNAL,                 ref("Any"),     "warn"),   # a warning with each mode that it can have
    (MANAGED,                  ref("Any"),     "deny"),
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
        assert finding.verdict.value == ("unresolved" if mode == ref("Any") else "violation")
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


# --- versions

# What each version holds: it never changes.
ONE = ["awsvpc-network-mode", "host-mode-root-user"]
HUB = ["no-host-network-mode", "no-privileged-containers", "non-root-user", "non-admin-windows-user"]
VERSIONS = {
    "default@2026-03": ONE,
    "datadog@2026-03": ONE,
    "aws-config@2026-03": ONE,
    "cyscale@2026-03": ["host-mode-privileged"],
    "security-hub@2026-02": ["host-mode-root-user", *HUB],
    "security-hub@2026-03": HUB,
    "strict@2026-03": [*ONE, "host-mode-privileged", *HUB],
}


def test_every_version_is_known() -> None:
    assert {profile.at(version).value for profile in Profile for version in profile.versions} == set(VERSIONS)


@pytest.mark.parametrize(("name", "checks"), VERSIONS.items())
def test_what_a_version_holds(name: str, checks: list[str]) -> None:
    assert {check.id for check in profile_named(name).checks} == set(checks)


@pytest.mark.parametrize("profile", Profile)
def test_without_a_version_it_is_the_newest(profile: Profile) -> None:
    newest = profile.at(profile.versions[-1])
    assert newest.checks == profile.checks
    assert newest.warns_where_nothing_can_be_fixed is profile.warns_where_nothing_can_be_fixed
    assert list(profile.versions) == sorted(profile.versions)


def test_a_pinned_profile_judges_as_it_was() -> None:
    root = host(container(User="root"))
    newest = judge(root, Policy.from_json({"profile": "security-hub"}))
    pinned = judge(root, Policy.from_json({"profile": "security-hub@2026-02"}))
    added = {finding.check for finding in pinned} - {finding.check for finding in newest}
    assert added == {"host-mode-root-user"}


def test_the_pin_stays_in_json() -> None:
    policy = Policy(profile=Profile.SECURITY_HUB.at("2026-02"))
    assert policy.to_json()["profile"] == "security-hub@2026-02"
    assert Policy.from_json(policy.to_json()) == policy
    assert policy.sha256 != Policy(profile=Profile.SECURITY_HUB).sha256


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("security-hub@2026-04", "profile security-hub: version '2026-04' is unknown. Did you mean '2026-0"),
        ("security-hub@", "profile security-hub: version '' is unknown. Known: 2026-02, 2026-03."),
        ("security-hb@2026-03", "profile 'security-hb@2026-03' is unknown. Did you mean 'security-hub'?"),
        ("2026-03", "profile '2026-03' is unknown."),
    ],
)
def test_an_unknown_version_lists_those_that_there_are(name: str, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.from_json({"profile": name})
    assert message in str(error.value)
