"""Policy: its errors, replace and extend, how strictly findings are enforced."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest

from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Finding,
    Policy,
    PolicyError,
    Profile,
    Severity,
    Verdict,
    evaluate_template,
)
from ecs_guard_aspects.policy.checks import ALL, AwsvpcNetworkMode

from .support import HasFamily, NoLatestImage, Raises, container, host, judge, parameter, ref, task_definition

DENY, WARN, AUDIT, OFF = Enforcement.DENY, Enforcement.WARN, Enforcement.AUDIT, Enforcement.OFF
MODE = "awsvpc-network-mode"


def exemption(**changes: Any) -> Exemption:
    fields = {"check": MODE, "path": "Task", "reason": "r", "owner": "o", "expires": "2027-01-31", **changes}
    return Exemption(**fields)


# fmt: off
REFUSED = [
    # what is given                                          the part, the value, what is allowed
    ({"profile": "default"},                                 ["profile", "'default'", "Profile"]),
    ({"profile": None},                                      ["profile", "None", "Profile"]),
    ({"unresolved": "deny"},                                 ["unresolved", "'deny'", "Enforcement"]),
    ({"unresolved": True},                                   ["unresolved", "True", "Enforcement"]),
    ({"today": "2026-01-01"},                                ["today", "'2026-01-01'", "date"]),
    ({"enforcement": [MODE]},                                ["enforcement", "['awsvpc-network-mode']", "Mapping"]),
    ({"enforcement": None},                                  ["enforcement", "None", "Mapping"]),
    ({"enforcement": {MODE: "warn"}},                        [f"enforcement['{MODE}']", "'warn'", "Enforcement"]),
    ({"enforcement": {"awsvpc-mode": WARN}},                 ["enforcement", "'awsvpc-mode'", f"Did you mean '{MODE}'",
                                                              "Known:", "non-root-user"]),
    ({"enforcement": {"zzz": WARN}},                         ["enforcement", "'zzz'", "Known:", MODE]),
    ({"enforcement": {5: WARN}},                             ["enforcement", "5", "Known:", MODE]),
    ({"enforcement": {"unreadable": WARN}},                  ["enforcement", "'unreadable'", "Known:"]),
    ({"exemptions": exemption()},                            ["exemptions", "Exemption(check=", "list"]),
    ({"exemptions": None},                                   ["exemptions", "None", "list"]),
    ({"exemptions": "all"},                                  ["exemptions", "'all'", "list"]),
    ({"exemptions": [{"check": MODE}]},                      ["exemptions[0]", "{'check':", "Exemption"]),
    ({"exemptions": [exemption(), None]},                    ["exemptions[1]", "None", "Exemption"]),
    ({"exemptions": [exemption(check="awsvpc-network")]},    ["exemption", "'awsvpc-network'", "Did you mean"]),
    ({"exemptions": [exemption(check="unreadable")]},        ["exemption", "'unreadable'", "Known:"]),
    ({"exemptions": [exemption(container="app")]},           ["exemptions[0]", "'app'", "leave the container out"]),
    ({"exemptions": [exemption(check="not-checked", container="app")]}, ["exemptions[0]", "leave the container out"]),
    ({"max_exemption_days": "90"},                           ["max_exemption_days", "'90'", "number of days"]),
    ({"max_exemption_days": True},                           ["max_exemption_days", "True", "number of days"]),
    ({"max_exemption_days": 1.5},                            ["max_exemption_days", "1.5", "number of days"]),
    ({"max_exemption_days": 0},                              ["max_exemption_days", "0", "from 1 to 36500"]),
    ({"max_exemption_days": 36501},                          ["max_exemption_days", "36501", "from 1 to 36500"]),
    ({"local_exemptions": "no"},                             ["local_exemptions", "'no'", "bool"]),
    ({"local_exemptions": None},                             ["local_exemptions", "None", "bool"]),
    ({"checks": Raises()},                                   ["checks", "Raises", "list"]),
    ({"checks": [Raises]},                                   ["checks[0]", "Raises", "Check"]),
    ({"checks": [Raises(), "x"]},                            ["checks[1]", "'x'", "Check"]),
    ({"checks": [Raises(), Raises()]},                       ["checks", "'raises'", "another"]),
    ({"checks": [AwsvpcNetworkMode()]},                      ["checks", f"'{MODE}'", "another"]),
]
# fmt: on


@pytest.mark.parametrize(("fields", "parts"), REFUSED, ids=[" ".join(row[1][:2])[:60] for row in REFUSED])
def test_a_policy_that_cannot_be_enforced_is_refused(fields: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(**fields)
    for part in parts:
        assert part in str(raised.value)


@pytest.mark.parametrize("taken", ["unreadable", "not-checked", "stale-exemption"])
def test_the_ids_of_the_gate_itself_are_taken(taken: str) -> None:
    check = type("Mine", (NoLatestImage,), {"id": taken, "title": "T.", "severity": Severity.HIGH})()
    with pytest.raises(PolicyError, match=taken):
        Policy(checks=[check])


# fmt: off
ENDS = [
    # days allowed, expires     the last day allowed, if that is too late
    (None, "9999-12-31",        None),
    (90,   "9999-12-31",        "the policy allows 90 days, so the last day allowed today is 2026-08-30"),
    (90,   "2026-08-31",        "the policy allows 90 days, so the last day allowed today is 2026-08-30"),
    (90,   "2026-08-30",        None),
    (1,    "2026-06-03",        "the policy allows 1 day, so the last day allowed today is 2026-06-02"),
    (1,    "2026-06-02",        None),
    (90,   "2020-01-01",        None),  # has ended: its findings are denied and say so
]
# fmt: on


@pytest.mark.parametrize(("days", "expires", "refused"), ENDS)
def test_how_late_an_exemption_may_end(days: int | None, expires: str, refused: str | None) -> None:
    fields: dict[str, Any] = {"max_exemption_days": days, "today": datetime.date(2026, 6, 1)}
    exemptions = [exemption(), exemption(expires=expires)] if days is None else [exemption(expires=expires)]
    if refused is None:
        assert Policy(exemptions=exemptions, **fields).exemptions[-1].expires.isoformat() == expires
        return
    with pytest.raises(PolicyError) as raised:
        Policy(exemptions=exemptions, **fields)
    assert str(raised.value) == f"exemptions[0] ({MODE} for Task) expires on {expires}: {refused}"


def test_the_days_allowed_count_wherever_the_exemption_comes_from() -> None:
    bounded = Policy(max_exemption_days=90, today=datetime.date(2026, 6, 1))
    for extended in (bounded.extend, bounded.replace):
        with pytest.raises(PolicyError, match="the last day allowed today is 2026-08-30"):
            extended(exemptions=[exemption()])


def test_a_policy_error_is_a_value_error() -> None:
    assert issubclass(PolicyError, ValueError)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(TypeError, match="enforcment"):
        Policy(enforcment={})  # type: ignore[call-arg]


def test_a_policy_does_not_change_with_what_it_was_made_of() -> None:
    enforcement, exemptions = {MODE: WARN}, [exemption()]
    policy = Policy(enforcement=enforcement, exemptions=exemptions)
    enforcement[MODE] = OFF
    exemptions.clear()
    assert policy.enforcement_of(MODE) is WARN
    assert policy.exemptions == (exemption(),)
    with pytest.raises(TypeError):
        policy.enforcement[MODE] = OFF  # type: ignore[index]
    with pytest.raises(AttributeError):
        policy.profile = Profile.STRICT  # type: ignore[misc]


# --- replace and extend --------------------------------------------------------------------------------------------

PLATFORM = Policy(
    profile=Profile.STRICT,
    enforcement={MODE: WARN, "non-root-user": AUDIT},
    exemptions=[exemption()],
    checks=[NoLatestImage()],
)


def test_replace_sets_fields() -> None:
    team = PLATFORM.replace(profile=Profile.DATADOG, enforcement={MODE: DENY})
    assert (team.profile, dict(team.enforcement)) == (Profile.DATADOG, {MODE: DENY})
    assert (team.exemptions, team.checks) == (PLATFORM.exemptions, PLATFORM.checks)
    assert dict(PLATFORM.enforcement) == {MODE: WARN, "non-root-user": AUDIT}


def test_extend_adds() -> None:
    team = PLATFORM.extend(
        enforcement={MODE: DENY, "no-latest-image": OFF}, exemptions=[exemption(path="Other")], checks=[HasFamily()]
    )
    assert dict(team.enforcement) == {MODE: DENY, "non-root-user": AUDIT, "no-latest-image": OFF}
    assert [e.path for e in team.exemptions] == ["Task", "Other"]
    assert [c.id for c in team.checks] == ["no-latest-image", "has-family"]
    assert len(PLATFORM.exemptions) == len(PLATFORM.checks) == 1
    assert PLATFORM.extend() == PLATFORM


def test_replace_and_extend_are_checked_too() -> None:
    with pytest.raises(PolicyError, match="Did you mean"):
        PLATFORM.extend(enforcement={"awsvpc-mode": WARN})
    with pytest.raises(PolicyError, match="no-latest-image"):
        PLATFORM.extend(checks=[NoLatestImage()])
    with pytest.raises(PolicyError, match="no-latest-image"):
        PLATFORM.extend(enforcement={"no-latest-image": WARN}).replace(checks=())


def test_what_is_off_is_not_run_again_after_replace() -> None:
    assert MODE in [check.id for check in PLATFORM.enforced_checks]
    assert MODE not in [check.id for check in PLATFORM.extend(enforcement={MODE: OFF}).enforced_checks]


def test_enforcement_switches_a_check_of_another_profile_on() -> None:
    ids = ["awsvpc-network-mode", "host-mode-root-user"]
    assert [check.id for check in Policy().enforced_checks] == ids
    for enforcement, added in ((DENY, ["non-root-user"]), (AUDIT, ["non-root-user"]), (OFF, [])):
        policy = Policy(enforcement={"non-root-user": enforcement})
        assert [check.id for check in policy.enforced_checks] == [*ids, *added]
    root = task_definition(ContainerDefinitions=[container(User="root")])
    assert judge(root, Policy()) == []
    (finding,) = judge(root, Policy(enforcement={"non-root-user": WARN}))
    assert (finding.check, finding.enforcement) == ("non-root-user", WARN)


# --- enforcement ---------------------------------------------------------------------------------------------------

BRIDGE = task_definition(NetworkMode="bridge")
OPEN = task_definition(NetworkMode=ref("Mode"))
SECTIONS = {"Parameters": {"Mode": parameter()}}


@pytest.mark.parametrize("enforcement", Enforcement)
def test_the_enforcement_of_a_check(enforcement: Enforcement) -> None:
    found = judge(BRIDGE, Policy(enforcement={MODE: enforcement}))
    assert [f.enforcement for f in found] == ([] if enforcement is OFF else [enforcement])


@pytest.mark.parametrize("unresolved", Enforcement)
@pytest.mark.parametrize("enforcement", Enforcement)
def test_unresolved_is_never_stricter_than_the_check(enforcement: Enforcement, unresolved: Enforcement) -> None:
    found = judge(OPEN, Policy(enforcement={MODE: enforcement}, unresolved=unresolved), **SECTIONS)
    weaker = [OFF, AUDIT, WARN, DENY][min(enforcement.strictness, unresolved.strictness)]
    assert [(f.verdict, f.enforcement) for f in found] == ([] if weaker is OFF else [(Verdict.UNRESOLVED, weaker)])


@pytest.mark.parametrize("unresolved", Enforcement)
def test_a_violation_is_not_weakened_by_unresolved(unresolved: Enforcement) -> None:
    assert [f.enforcement for f in judge(BRIDGE, Policy(unresolved=unresolved))] == [DENY]
    # ... nor if the rest of the same finding cannot be decided
    properties = task_definition(NetworkMode={"Fn::If": ["C", "bridge", ref("Mode")]})
    sections = {**SECTIONS, "Conditions": {"C": {"Fn::Equals": [ref("AWS::Region"), "us-east-1"]}}}
    found = judge(properties, Policy(unresolved=unresolved), **sections)
    assert [(f.verdict, f.enforcement) for f in found] == [(Verdict.VIOLATION, DENY)]


def test_at_most() -> None:
    order = [OFF, AUDIT, WARN, DENY]
    for left in order:
        for right in order:
            assert left.at_most(right) is order[min(order.index(left), order.index(right))]


def test_a_day_with_a_time_is_a_day() -> None:
    policy = Policy(today=datetime.datetime(2027, 1, 31, 23, 59), exemptions=[exemption()])
    (finding,) = judge(BRIDGE, policy)
    assert "ends today" in finding.describe()


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14", "UTC"])
def test_the_day_is_that_of_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """In every hour of the day one of the first two zones has another date than UTC."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = datetime.datetime.now(datetime.UTC).date()
        day = Policy().date
        assert day in (before, datetime.datetime.now(datetime.UTC).date())  # midnight may be in between
    finally:
        monkeypatch.undo()
        time.tzset()


# --- custom checks -------------------------------------------------------------------------------------------


def latest(image: Any, **changes: Any) -> list[tuple[Any, ...]]:
    policy = Policy(profile=Profile.CYSCALE, checks=[NoLatestImage()])
    sections = {"Parameters": {"Tag": parameter("latest", "1.2"), "Any": parameter()}}
    found = judge(task_definition(ContainerDefinitions=[container(Image=image, **changes)]), policy, **sections)
    return [(f.check, f.container, f.verdict.value, f.location) for f in found]


IMAGE = "Properties/ContainerDefinitions/0/Image"


@pytest.mark.parametrize(
    ("image", "verdict"),
    [
        ("nginx:1.2", None),
        ("nginx:latest", "violation"),
        ({"Fn::Sub": "nginx:${Tag}"}, "violation"),
        ({"Fn::Join": [":", ["nginx", "1.2"]]}, None),
        ({"Fn::Sub": "nginx:${Any}"}, "unresolved"),
        ({"Fn::GetAtt": ["Repository", "Uri"]}, "unresolved"),
        ({"Ref": "AWS::NoValue"}, None),
    ],
)
def test_a_check_of_ones_own_reads_plain_properties(image: Any, verdict: str | None) -> None:
    assert latest(image) == ([("no-latest-image", "app", verdict, IMAGE)] if verdict else [])


def test_plain_properties_hold_no_expressions() -> None:
    seen: list[Any] = []

    class Reads(NoLatestImage):
        id = "reads"
        severity = Severity.MEDIUM
        title = "Reads everything."

        def violation(self, task_definition: Any, container: Any) -> None:
            environment = container.properties["Environment"]
            seen.append([dict(item) for item in environment])
            seen.append((sorted(container.properties), len(container.properties), "Image" in container.properties))
            seen.append((task_definition.properties["NetworkMode"], len(task_definition.containers)))

    environment = [
        {"Name": "A", "Value": {"Fn::Sub": "${One}!"}},
        {"Ref": "AWS::NoValue"},
        {"Name": "B", "Value": ref("AWS::NoValue")},
    ]
    properties = task_definition(
        ContainerDefinitions=[container(Environment=environment, Image=ref("AWS::NoValue")), ref("AWS::NoValue")]
    )
    assert judge(properties, Policy(checks=[Reads()]), Parameters={"One": parameter("1")}) == []
    assert seen == [
        [{"Name": "A", "Value": "1!"}, {"Name": "B"}],
        (["Environment", "Name", "User"], 3, False),
        ("awsvpc", 1),
    ]


def test_a_check_of_the_task_definition() -> None:
    policy = Policy(checks=[HasFamily()])
    assert [(f.check, f.location) for f in judge(task_definition(), policy)] == [("has-family", "Properties/Family")]
    assert judge(task_definition(Family="web"), policy) == []


@pytest.mark.parametrize("enforcement", [DENY, WARN, AUDIT])
def test_a_check_that_raises_is_denied_and_names_the_exception(enforcement: Enforcement) -> None:
    exemptions = [exemption(check="raises")]
    policy = Policy(checks=[Raises()], enforcement={"raises": enforcement}, unresolved=OFF, exemptions=exemptions)
    (finding, *stale) = judge(host(container(), NetworkMode="awsvpc"), policy)
    assert (finding.check, finding.container, finding.enforcement) == ("raises", "app", DENY)
    assert "KeyError at support.py:" in finding.message
    assert "Image" not in finding.message
    assert finding.exemption is None
    assert all(f.check == "stale-exemption" for f in stale)


def test_a_check_that_raises_can_be_switched_off() -> None:
    assert judge(task_definition(), Policy(checks=[Raises()], enforcement={"raises": OFF})) == []


def test_a_check_that_raises_does_not_hide_the_others() -> None:
    assert [f.check for f in judge(BRIDGE, Policy(checks=[Raises(), HasFamily()]))] == [MODE, "raises", "has-family"]


def test_a_check_that_raises_in_one_branch_only_is_denied() -> None:
    class RaisesForA(NoLatestImage):
        id = "raises-for-a"
        severity = Severity.MEDIUM
        title = "Raises."

        def violation(self, task_definition: Any, container: Any) -> None:
            if container.user == "a":
                raise RuntimeError("a")

    policy = Policy(checks=[RaisesForA()], enforcement={"raises-for-a": AUDIT})
    properties = task_definition(ContainerDefinitions=[container(User=ref("User"))])
    (finding,) = judge(properties, policy, Parameters={"User": parameter("b", "a")})
    assert (finding.enforcement, "RuntimeError at test_policy.py:" in finding.message) == (DENY, True)


# --- findings ------------------------------------------------------------------------------------------------------


def test_findings_are_in_the_order_of_the_template() -> None:
    bad = {"Type": "AWS::ECS::TaskDefinition", "Properties": host(container(User="0"))}
    found = evaluate_template({"Resources": {"B": bad, "A": bad}})
    assert [(f.resource, f.check) for f in found] == [
        ("B", MODE),
        ("B", "host-mode-root-user"),
        ("A", MODE),
        ("A", "host-mode-root-user"),
    ]


def test_a_finding_holds_the_severity_of_its_check() -> None:
    severities = {check.id: check.severity for check in ALL}
    for finding in judge(host(container(User="0", Privileged=True)), Policy(profile=Profile.STRICT)):
        assert finding.severity is severities[finding.check]


def test_a_finding_describes_itself() -> None:
    finding = Finding(
        check="c",
        severity=Severity.HIGH,
        verdict=Verdict.VIOLATION,
        enforcement=DENY,
        what="What.",
        why="Why.",
        remedy="Do.",
        resource="Task",
        container="app",
        location="Properties",
        file="app.py",
        line=7,
    )
    text = finding.describe()
    assert [part for part in ("app", "What.\nWhy.", "Do.", "app.py:7") if part not in text] == []
