"""How many scenarios are tried, and what is reported above this limit."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.scenario import SCENARIO_LIMIT
from ecs_guard_aspects.policy import (
    Container,
    ContainerCheck,
    Enforcement,
    Policy,
    Profile,
    Severity,
    TaskDefinition,
    TaskDefinitionCheck,
    Violation,
)

from ...cloudformation.support import UNRESOLVED, VIOLATION
from ..support import (
    ABSENT,
    LITERAL,
    NO_VALUE,
    container,
    equals,
    host,
    if_,
    judge,
    parameter,
    ref,
    task_definition,
    verdicts,
)

ROOT = container(User="root")
SWITCHES = [f"Switch{number}" for number in range(10)]
MANY: dict[str, Any] = {
    "Parameters": {name: parameter("0", "1") for name in SWITCHES},
    "Conditions": {
        **{f"{name}On": equals(ref(name), "1") for name in SWITCHES},
        "AllOn": equals({"Fn::Join": ["", [ref(name) for name in SWITCHES]]}, "1" * len(SWITCHES)),
    },
}
JOINED = {"Fn::Join": ["", [ref(name) for name in SWITCHES]]}
CYSCALE = Policy(profile=Profile.CYSCALE)


def test_the_table_of_bounds_is_above_the_limit() -> None:
    assert 2 ** len(SWITCHES) > SCENARIO_LIMIT


@pytest.mark.parametrize(
    ("properties", "condition"),
    [
        (host(container(User=JOINED)), ABSENT),  # never decided within the limit: 0 comes first, 00 last
        (host(container(User=if_("AllOn", "root", "1000"))), ABSENT),
        (host(container(User="root")), "AllOn"),
        (host() | {"ContainerDefinitions": if_("AllOn", [ROOT], [])}, ABSENT),
        (host() | {"ContainerDefinitions": if_("AllOn", [ROOT, container("b", User="0")], [container("b")])}, ABSENT),
        (host(if_("AllOn", ROOT, NO_VALUE)), ABSENT),
        (if_("AllOn", host(ROOT), task_definition()), ABSENT),
    ],
)
def test_beyond_the_limit_a_violation_is_never_missed(properties: Any, condition: Any) -> None:
    for policy in (LITERAL, CYSCALE):
        findings = judge(properties, policy, condition=condition, **MANY)
        by_container = [f for f in findings if f.check.startswith("host-mode")]
        assert by_container
        assert all(f.enforcement is Enforcement.DENY for f in findings)


def test_beyond_the_limit_it_says_so() -> None:
    properties = host(container("a", User=if_("AllOn", "root", "1000")), container("b", User=if_("AllOn", "0", "1")))
    findings = judge(properties, CYSCALE, **MANY)
    assert [(f.container, f.verdict.value) for f in findings] == [("a", UNRESOLVED), ("b", UNRESOLVED)]
    assert all(f"more than {SCENARIO_LIMIT} combinations" in f.message for f in findings)


def test_a_certain_violation_within_the_limit_stays_one() -> None:
    properties = task_definition(NetworkMode={"Fn::Join": ["", ["host", JOINED]]}, ContainerDefinitions=[])
    assert verdicts(judge(properties, **MANY)) == {("awsvpc-network-mode", None): VIOLATION}


def test_eleven_containers_each_behind_its_own_condition_are_decided() -> None:
    containers = [if_(f"{name}On", container(name, User="root"), NO_VALUE) for name in SWITCHES]
    findings = judge(host(*containers), **MANY)
    assert verdicts(findings) == {
        ("awsvpc-network-mode", None): VIOLATION,
        **{("host-mode-root-user", name): VIOLATION for name in SWITCHES},
    }


def test_one_parameter_with_many_values_is_decided_by_its_conditions() -> None:
    many = [f"v{number}" for number in range(2000)]
    one_of_many = {"Fn::Or": [equals(ref("Big"), value) for value in many[:1000]]}
    sections = {"Parameters": {"Big": parameter(*many)}, "Conditions": {"Low": one_of_many}}
    properties = host(container(User=if_("Low", "1000", "root")), NetworkMode=if_("Low", "host", "awsvpc"))
    assert verdicts(judge(properties, **sections)) == {("awsvpc-network-mode", None): VIOLATION}


def test_deep_nesting_does_not_crash() -> None:
    depth = 3000  # JSON this flat can be read, and a walk along it is deeper than Python's stack
    chain: dict[str, Any] = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(depth)}
    chain[f"C{depth}"] = equals(ref("Free"), {"Fn::GetAtt": ["A", "b"]})
    sections = {"Parameters": {"Free": parameter()}, "Conditions": chain}
    nested: Any = "host"
    for _ in range(300):
        nested = if_(f"C{depth}", "awsvpc", nested)
    for properties, condition in [
        (host(ROOT), "C0"),
        (task_definition(NetworkMode=if_("C0", "awsvpc", "host")), ABSENT),
        (task_definition(NetworkMode=nested), ABSENT),
        (host() | {"ContainerDefinitions": if_("C0", [ROOT], [])}, ABSENT),
    ]:
        findings = judge(properties, LITERAL, condition=condition, **sections)
        assert findings
        assert all(f.enforcement is Enforcement.DENY for f in findings)


class Stops(TaskDefinitionCheck):
    """A custom check that raises what it is given."""

    id = "stops"
    severity = Severity.MEDIUM
    title = "A check that stops the program."

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        raise self._error


class StopsAtContainer(ContainerCheck):
    id = "stops"
    severity = Severity.MEDIUM
    title = "A check that stops the program."

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def violation(self, task_definition: TaskDefinition, container: Container) -> Violation | None:
        raise self._error


@pytest.mark.parametrize("check", [Stops, StopsAtContainer])
class TestChecksThatRaise:
    @pytest.mark.parametrize("error", [KeyError("Image"), SystemExit(0), SystemExit(), GeneratorExit()], ids=repr)
    def test_it_denies(self, check: Any, error: BaseException) -> None:
        (finding,) = judge(task_definition(), Policy(checks=[check(error)], unresolved=Enforcement.AUDIT))
        assert finding.is_denied
        assert finding.what.startswith(f"The check itself failed with {type(error).__name__} at test_check_runner.py:")
        assert finding.remedy == "Correct the check stops. Set ECS_GUARD_DEBUG=1 to see the traceback."

    def test_an_interrupt_passes_on(self, check: Any) -> None:
        with pytest.raises(KeyboardInterrupt):
            judge(task_definition(), Policy(checks=[check(KeyboardInterrupt())]))

    @pytest.mark.parametrize("value", ["", "1"])
    def test_the_traceback(
        self, check: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
    ) -> None:
        monkeypatch.setenv("ECS_GUARD_DEBUG", value)
        judge(task_definition(), Policy(checks=[check(ValueError("hunter2"))]))
        text = capsys.readouterr().err
        assert ("test_check_runner.py" in text) is bool(value)
        assert "hunter2" not in text


def test_a_remedy_that_is_a_text_is_said_as_it_is() -> None:
    class Named(TaskDefinitionCheck):
        id = "named"
        severity = Severity.MEDIUM
        title = "A custom check."

        def violation(self, task_definition: TaskDefinition) -> Violation | None:
            return Violation("NetworkMode {is} odd.", "Because {0}.", "Set NetworkMode to {x} (CDK: y).", "NetworkMode")

    (finding,) = judge(task_definition(), Policy(checks=[Named()]))
    assert finding.message == "NetworkMode {is} odd.\nBecause {0}."
    assert finding.remedy == "Set NetworkMode to {x} (CDK: y)."
