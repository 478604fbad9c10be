"""The policy as Guard rules: equal to the core, whichever cfn-guard runs them; what they leave out, and refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.exports.guard_rules import guard_rules
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile, judge
from ecs_guard_aspects.policy.checks import ALL
from ecs_guard_aspects.sources.files import Files

from ..policy.support import ABSENT, STRICT, HasFamily, NoLatestImage, container, host, task_definition
from .cfn_guard import CfnGuard
from .items import config_item, denied, has_placeholder

WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
OFF = Enforcement.OFF


def differences(
    cfn_guard: CfnGuard, policy: Policy, task_definitions: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], set[str], set[str]]]:
    """Return what Guard and the core do not agree on, with what the core denies, and what Guard does."""
    by_guard = cfn_guard.violated(guard_rules(policy), [config_item(one) for one in task_definitions])
    by_core = [denied(one, policy) for one in task_definitions]
    rows = zip(task_definitions, by_core, by_guard, strict=True)
    return [(one, core, guard) for one, core, guard in rows if core != guard]


# --- equal to the core ---------------------------------------------------------------------------------------------

# fmt: off
USERS = [
    ABSENT, None, "", "root", "ROOT", "Root", "root:0", "root:root", "rootless", "toor", " root", "root ", "ro\u00f6t",
    "0", "00", "+0", "-0", "+00", "0:0", "0:1000", "00:1", "0x0", "0_0", " 0", "\u0660", "0.0",
    ":", ":0", ":1000", "1000", "1000:0", "1000:root", "+1000", "nobody", "a:b:c",
    "root\n", "root:\nx", "\n", "\nroot", "0\n", "\\", "\\root",
    # on both sides of each branch of the pattern for what is beyond 2147483647
    "2147483647", "2147483648", "+2147483648", "-2147483647", "-2147483648", "02147483648", "0002147483647",
    "2147483650", "2147483649:1", "2147483639", "2147483700", "2147483599", "2147484000", "2147482999", "2147490000",
    "2147479999", "2147500000", "2147399999", "2148000000", "2146999999", "2150000000", "2139999999", "2200000000",
    "2099999999", "3000000000", "1999999999", "9999999999", "10000000000", "4294967296", "-4294967296", "9" * 40,
    0, 1000, 2147483647, 2147483648, -5, -2147483647, -2147483648,
]
WINDOWS_USERS = [
    ABSENT, None, "", "ContainerAdministrator", "containeradministrator", "CONTAINERADMINISTRATOR",
    "User Manager\\ContainerAdministrator", "a\\b\\ContainerAdministrator", "DOMAIN\\", "\\",
    "\n\\ContainerAdministrator",
    "ContainerAdministrator\\ContainerUser", "ContainerAdministrators", "ContainerUser", "User Manager\\ContainerUser",
    "ContainerAdmini\u017ftrator", "ContainerAdministrator\n", "\n", "root", "0", 0, 1000,
]
PRIVILEGED = [ABSENT, None, True, False, "true", "false", "True", "TRUE", "yes", "1", 1, 0, ""]
MODES = [
    ABSENT, None, "", "awsvpc", "host", "bridge", "none", "default", "AWSVPC", "HOST", "awsvpc ", "awsvpc\n", "host\n",
]
LAUNCH_TYPES = [
    ABSENT, None, [], ["EC2"], ["FARGATE"], ["EXTERNAL"], ["MANAGED_INSTANCES"], ["EXTERNAL", "EXTERNAL"],
    ["EXTERNAL", "EC2"], ["EC2", "EXTERNAL"], ["MANAGED_INSTANCES", "EC2"], ["EXTERNAL", "MANAGED_INSTANCES"],
]
SYSTEMS = [ABSENT, None, {}, {"CpuArchitecture": "ARM64"}] + [
    {"OperatingSystemFamily": family}
    for family in (None, "", "LINUX", "WINDOWS_SERVER_2019_FULL", "windows_server_20H2_core", "WINDOW", "NO_WINDOWS")
]
# fmt: on
CONTAINERS: list[Any] = [
    *[ABSENT, None, [], [container(User="root")]],
    [container(User="root"), container("other")],
    [container(), container("other", User="root")],
    [container(), container("other")],
    [container(User="root", Privileged=True), container("other")],
    [container(Privileged=True), container("other", User=ABSENT, Privileged=False)],
]

TABLE: list[dict[str, Any]] = [
    *(host(container(User=user)) for user in USERS),
    *(host(container(User=user), RuntimePlatform=WINDOWS) for user in WINDOWS_USERS),
    *(host(container(User=user, Privileged=flag)) for flag in PRIVILEGED for user in ("root", "1000")),
    *(task_definition(NetworkMode=mode, ContainerDefinitions=[container(User="0", Privileged=True)]) for mode in MODES),
    *(task_definition(RuntimePlatform=system, ContainerDefinitions=[container(User="")]) for system in SYSTEMS),
    *(host(ContainerDefinitions=containers) for containers in CONTAINERS),
    *(task_definition(ContainerDefinitions=containers, RuntimePlatform=WINDOWS) for containers in CONTAINERS),
]


def test_the_rules_say_of_each_task_definition_what_the_core_says(cfn_guard: CfnGuard) -> None:
    # AWS Config records what is registered: no tool replaces a placeholder there any more.
    assert differences(cfn_guard, STRICT, [one for one in TABLE if not has_placeholder(one)]) == []


def test_the_table_is_worth_it() -> None:
    """Guards the test above: each check is violated by some of the table, and passed by some."""
    by_core = [denied(one, STRICT) for one in TABLE]
    for check in Profile.STRICT.checks:
        assert {check.id.replace("-", "_") in violated for violated in by_core} == {True, False}, check.id


def test_what_ecs_cannot_do_otherwise_is_compliant_in_the_default_profile(cfn_guard: CfnGuard) -> None:
    modes = [mode for mode in MODES if mode is ABSENT or mode in (None, "", "awsvpc", "host", "bridge")]
    table = [task_definition(NetworkMode=mode, RequiresCompatibilities=of) for mode in modes for of in LAUNCH_TYPES]
    assert differences(cfn_guard, Policy(), table) == []


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_has_the_rules_of_its_checks_and_no_others(profile: Profile) -> None:
    """With the tests above this makes each profile equal: a rule is the same in all of them, but for one."""
    strict = _blocks(guard_rules(STRICT))
    for name, block in _blocks(guard_rules(Policy(profile=profile))).items():
        is_the_one = profile is Profile.DEFAULT and name == "awsvpc_network_mode"
        assert (block == strict[name]) is not is_the_one
    assert list(_blocks(guard_rules(Policy(profile=profile)))) == [c.id.replace("-", "_") for c in profile.checks]


@pytest.mark.parametrize("profile", Profile)
def test_the_rules_of_a_profile_need_nothing_that_is_missing(profile: Profile, cfn_guard: CfnGuard) -> None:
    bad = [
        host(container(User="root", Privileged=flag), RuntimePlatform=of) for flag in (0, True) for of in (WINDOWS, {})
    ]
    assert differences(cfn_guard, Policy(profile=profile), [*bad, task_definition()]) == []


def _blocks(rules: str) -> dict[str, str]:
    return {match[1]: match[0] for match in re.finditer(r"^rule (\w+) .*?^}$", rules, re.MULTILINE | re.DOTALL)}


STATUSES = [("ACTIVE", True), ("INACTIVE", False), ("DELETE_IN_PROGRESS", False), ("SOMETHING NEW", True)]


def test_what_is_deregistered_is_not_judged(cfn_guard: CfnGuard) -> None:
    bad = task_definition(NetworkMode="bridge")
    items = [config_item(bad, status) for status, _ in STATUSES]
    without_status = config_item(bad)
    del without_status["configuration"]["Status"]
    another_type = {**config_item(bad), "resourceType": "AWS::ECS::Service"}
    violated = cfn_guard.violated(guard_rules(Policy()), [*items, without_status, another_type])
    assert [bool(rules) for rules in violated] == [*(judged for _, judged in STATUSES), True, False]


# What no task definition can be: the core calls it unresolved and denies it, Guard must not pass it either.
MALFORMED = [
    host(container(User={})),
    host(container(User={"Ref": "User"})),
    host(container(User=["root"])),
    host("app"),
    host(None, container()),
    task_definition(NetworkMode={"Ref": "Mode"}),
]


def test_what_cannot_be_a_task_definition_is_not_compliant(cfn_guard: CfnGuard) -> None:
    items = [config_item(one) for one in MALFORMED]
    assert [
        one for one, rules in zip(MALFORMED, cfn_guard.violated(guard_rules(STRICT), items), strict=True) if not rules
    ] == []


def test_a_user_called_null_is_taken_for_none(cfn_guard: CfnGuard) -> None:
    """Of all users the only one on which Guard and the core differ: cfn-guard 2 cannot tell it from null."""
    (violated,) = cfn_guard.violated(
        guard_rules(STRICT), [config_item(task_definition(ContainerDefinitions=[container(User="null")]))]
    )
    assert violated == {"non_root_user"}


# --- Config item, API JSON and template agree ----------------------------------------------------------------------


def optional(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([ABSENT, *values])


def record(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields).map(lambda made: {k: v for k, v in made.items() if v is not ABSENT})


REGISTERED = record(
    {
        "family": st.just("web"),
        "networkMode": optional("awsvpc", "host", "bridge", "none"),
        "requiresCompatibilities": optional(
            ["EC2"], ["FARGATE"], ["EXTERNAL"], ["MANAGED_INSTANCES"], ["EC2", "EXTERNAL"]
        ),
        "runtimePlatform": optional(
            {"operatingSystemFamily": "LINUX"}, {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
        ),
        "containerDefinitions": st.lists(
            record(
                {
                    "image": st.just("nginx:1.29"),
                    "user": optional("root", "0", "1000", "1000:0", "", ":1", "2147483648", "ContainerAdministrator"),
                    "privileged": optional(True, False),
                }
            ),
            min_size=1,
            max_size=3,
        ).map(lambda containers: [{"name": f"c{index}", **one} for index, one in enumerate(containers)]),
    }
)


def as_cloudformation(node: Any) -> Any:
    if isinstance(node, dict):
        return {key[:1].upper() + key[1:]: as_cloudformation(value) for key, value in node.items()}
    return [as_cloudformation(item) for item in node] if isinstance(node, list) else node


@given(api=st.lists(REGISTERED, min_size=40, max_size=40), profile=st.sampled_from([Profile.DEFAULT, Profile.STRICT]))
@settings(max_examples=2)
def test_config_item_api_json_and_template_agree(cfn_guard: CfnGuard, api: list[Any], profile: Profile) -> None:
    policy = Policy(profile=profile)
    properties = [as_cloudformation(one) for one in api]
    assert differences(cfn_guard, policy, properties) == []
    assert [denied(one, policy) for one in properties] == by_api_json(api, policy)


def by_api_json(registered: list[Any], policy: Policy) -> list[set[str]]:
    """Return the checks that the core denies in the input of ``register-task-definition``."""
    text = json.dumps(registered).encode()
    found: dict[str, set[str]] = {f"stdin/{index}": set() for index in range(len(registered))}
    for finding in judge(Files(["-"], Path(), stdin=lambda: text), policy).findings:
        if finding.enforcement is Enforcement.DENY:
            found[finding.address].add(finding.check.replace("-", "_"))
    return list(found.values())


# --- what is left out, what is refused -----------------------------------------------------------------------------


def exemption(check: str) -> Exemption:
    return Exemption(
        check=check, family="web", reason="moving\nrule x { a exists }", owner="team", expires="2027-01-01"
    )


WARN_HOST = {"host-mode-root-user": Enforcement.WARN}
NO_CLOCK = "Exemptions: Guard cannot compare dates, so they would never end. They are NON_COMPLIANT:"
LEFT_OUT: list[tuple[Policy, list[str]]] = [
    (Policy(), []),
    (Policy(enforcement={"host-mode-root-user": OFF}), []),
    (Policy(enforcement=WARN_HOST), ["host-mode-root-user is set to warn: Config has no warnings."]),
    (
        Policy(enforcement={"non-root-user": Enforcement.AUDIT}, checks=[]),
        ["non-root-user is set to audit: Config has no warnings."],
    ),
    (
        Policy(enforcement={"has-family": Enforcement.WARN}, checks=[HasFamily()]),
        ["has-family is set to warn: Config has no warnings."],
    ),
    (
        Policy(
            exemptions=[exemption(c) for c in ("host-mode-root-user", "awsvpc-network-mode", "awsvpc-network-mode")]
        ),
        [f"{NO_CLOCK} awsvpc-network-mode (2), host-mode-root-user (1)."],
    ),
]


@pytest.mark.parametrize(("policy", "sentences"), LEFT_OUT)
def test_a_comment_lists_what_is_left_out(policy: Policy, sentences: Iterable[str]) -> None:
    text = guard_rules(policy)
    assert re.findall(r"^# Left out: (.*)$", text, re.MULTILINE) == sentences
    assert set(_blocks(text)) == {
        check.id.replace("-", "_")
        for check in policy.enforced_checks
        if policy.enforcement_of(check.id) is Enforcement.DENY
    }


ALL_WARN = {check.id: Enforcement.WARN for check in ALL}
REFUSED: list[tuple[Policy, str]] = [
    (Policy(checks=[NoLatestImage(), HasFamily()]), "custom checks are Python, .*: no-latest-image, has-family"),
    (Policy(enforcement=ALL_WARN), "this policy denies nothing, .* Set the enforcement of a check to deny"),
    (
        Policy(origin="x" * 10_000),
        "this policy makes 11,.* characters; the limit for the text of a custom policy rule is 10,000",
    ),
]


@pytest.mark.parametrize(("policy", "message"), REFUSED)
def test_what_is_refused(policy: Policy, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        guard_rules(policy)


def test_the_name_of_a_policy_file_is_not_read_as_a_rule() -> None:
    text = guard_rules(Policy(origin="a\nrule x { a exists }\r\u2028\x1b[1m\u00e4.yaml"))
    assert r"from a\nrule x { a exists }\r\u2028\u001b[1m\u00e4.yaml): change the policy" in text.splitlines()[0]
    assert text.isascii()
    assert set(_blocks(text)) == {"awsvpc_network_mode", "host_mode_root_user"}


def test_there_is_a_rule_for_each_check_and_all_together_are_within_the_limit() -> None:
    assert list(_blocks(guard_rules(STRICT))) == [check.id.replace("-", "_") for check in Profile.STRICT.checks]
    assert len(guard_rules(STRICT)) < 5_000


def test_what_ecs_refuses_itself_is_left_out_and_named() -> None:
    policy = Policy(enforcement={"awsvpc-compatible": Enforcement.DENY})
    assert "awsvpc_compatible" not in _blocks(guard_rules(policy))
    assert "# Left out: awsvpc-compatible: ECS refuses to register what it denies" in guard_rules(policy)
