"""Parameters, conditions and ``Fn::If``: what each can become, and what moves together.

Rows read: the task definition, and what the gate reports about it. ``SECTIONS`` is the template around it.
"""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Declarations
from ecs_guard_aspects.cloudformation.scenario import SCENARIO_LIMIT, Scenario, explore
from ecs_guard_aspects.cloudformation.values import Cause, Unknown

from ..policy.support import NO_VALUE, container, equals, host, if_, judge, parameter, ref, sub, task_definition
from .support import PASSES, SECTIONS, UNRESOLVED, VIOLATION, found, rows

# fmt: off
MODES = rows(
    # parameters
    (ref("Mode"),                                                    VIOLATION),
    (ref("Bridge"),                                                  VIOLATION),
    (ref("Awsvpc"),                                                  None),
    (ref("Free"),                                                    UNRESOLVED),
    (ref("HostByDefault"),                                           VIOLATION),
    (ref("AwsvpcByDefault"),                                         UNRESOLVED),  # its default and anything else
    (ref("Uid"),                                                     VIOLATION),   # never a mode
    (ref("List"),                                                    VIOLATION),   # by default, and never a string
    (ref("Ssm"),                                                     UNRESOLVED),
    (ref("SsmAllowed"),                                              UNRESOLVED),  # limits the name, not the value
    (ref("Undeclared"),                                              UNRESOLVED),
    # pseudo parameters
    (NO_VALUE,                                                       VIOLATION),
    (ref("AWS::Region"),                                             UNRESOLVED),
    (ref("AWS::Invented"),                                           UNRESOLVED),
    # Fn::If
    (if_("IsProd", "awsvpc", "host"),                                VIOLATION),
    (if_("IsProd", "awsvpc", NO_VALUE),                              VIOLATION),
    (if_("IsProd", "awsvpc", "awsvpc"),                              None),
    (if_("Always", "awsvpc", "host"),                                None),
    (if_("Never", "awsvpc", "host"),                                 VIOLATION),
    (if_("IsProd", if_("IsDev", "host", "awsvpc"), "awsvpc"),        None),        # IsDev inside IsProd: unreachable
    (if_("IsProd", if_("IsProd", "awsvpc", "host"), "awsvpc"),       None),
    (if_("IsProd", ref("Awsvpc"), ref("Mode")),                      VIOLATION),
    (if_("IsProd", "awsvpc", ref("Free")),                           UNRESOLVED),
    (if_("IsProd", "bridge", ref("Free")),                           VIOLATION),   # one reachable violation is enough
    (if_("Undefined", "awsvpc", "host"),                             UNRESOLVED),
    (if_("Undefined", "awsvpc", "awsvpc"),                           None),
    (if_("Undefined", "host", "bridge"),                             VIOLATION),   # whichever it is
    (if_("Undefined", if_("Undefined", "awsvpc", "host"), "awsvpc"), None),        # undefined, but one and the same
    (if_("Undefined", "awsvpc", if_("Another", "host", "awsvpc")),   UNRESOLVED),  # two, each by itself
    (if_(equals(ref("Stage"), "prod"), "awsvpc", "host"),            VIOLATION),
    (if_(equals(ref("HostByDefault"), "a"), "awsvpc", ref("HostByDefault")), VIOLATION),  # not a, so host or any other
    (if_(equals(ref("HostByDefault"), "host"), "awsvpc", ref("HostByDefault")), UNRESOLVED),
    # what one condition says of a parameter, the next one knows
    (if_("FreeIsNeither", if_("FreeIsB", "host", "awsvpc"), "awsvpc"),                 None),
    (if_("ByIf", if_("FreeIsA", "awsvpc", "host"), "awsvpc"),                          None),
    (if_(equals(sub("${Free}"), "a"), if_("FreeIsA", "awsvpc", "host"), "awsvpc"),     None),
    (if_(equals({"Fn::Join": ["", ["a", ref("HostByDefault")]]}, "ahost"), "awsvpc",   # not ahost, so not the default
         if_(equals(ref("HostByDefault"), "host"), "host", "awsvpc")),                 None),
)
# fmt: on


@MODES
def test_the_network_mode(node: Any, expected: str | None) -> None:
    properties = task_definition(NetworkMode=node, ContainerDefinitions=[])
    assert found(properties) == ({"awsvpc-network-mode": expected} if expected else PASSES)


# --- conditions ----------------------------------------------------------------------------------------------------

TRUE, FALSE, BOTH, OPEN = "always true", "always false", "either", "cannot be decided"
# fmt: off
CONDITIONS = rows(
    ("IsProd",            BOTH),
    ("IsDev",             BOTH),
    ("Always",            TRUE),
    ("Never",             FALSE),
    ("Both",              BOTH),
    ("Either",            BOTH),
    ("Contradiction",     FALSE),
    ("Tautology",         TRUE),
    ("NotContradiction",  TRUE),   # Free is not a and b at once
    ("Nested",            TRUE),
    ("FreeIsA",           BOTH),
    ("FreeIsB",           BOTH),
    ("SameFree",          TRUE),
    ("InUsEast1",         BOTH),
    ("StageIsOther",      BOTH),
    ("StageIsAttribute",  OPEN),
    ("SameAttribute",     TRUE),
    ("ByIf",              BOTH),
    ("FreeIsNeither",     BOTH),
    ("NumberIsText",      BOTH),
    ("TextIsNumber",      TRUE),
    ("TrueIsText",        TRUE),
    ("InMap",             BOTH),
    ("ByJoin",            BOTH),
    ("BySub",             BOTH),
    ("BySubOfFree",       FALSE),  # x... is never y
    ("BySubOfFreePossible", OPEN),
    ("BySelect",          BOTH),
    ("ByAttribute",       OPEN),
    ("BySsm",             OPEN),
    ("Cycle",             OPEN),
    ("CycleA",            OPEN),
    ("Undefined",         OPEN),
    ("UsesUndefined",     OPEN),
    ("UndefinedButTrue",  TRUE),
)
# fmt: on


@CONDITIONS
def test_conditions(node: str, expected: str) -> None:
    where_true = found(task_definition(NetworkMode=if_(node, "host", "awsvpc"))).get("awsvpc-network-mode")
    where_false = found(task_definition(NetworkMode=if_(node, "awsvpc", "host"))).get("awsvpc-network-mode")
    assert (where_true, where_false) == {
        TRUE: (VIOLATION, None),
        FALSE: (None, VIOLATION),
        BOTH: (VIOLATION, VIOLATION),
        OPEN: (UNRESOLVED, UNRESOLVED),
    }[expected]


@CONDITIONS
def test_the_condition_of_the_resource(node: str, expected: str) -> None:
    result = found(task_definition(NetworkMode="host"), condition=node).get("awsvpc-network-mode")
    # Whether it is created at all does not make what it is then any less certain.
    assert result == {TRUE: VIOLATION, BOTH: VIOLATION, FALSE: None, OPEN: VIOLATION}[expected]


@rows(
    ("IsProd", None),
    ("IsDev", VIOLATION),
    ("Contradiction", None),
    ("Never", None),
    ("ByAttribute", VIOLATION),
    (5, VIOLATION),
    (["IsProd"], VIOLATION),
    (None, VIOLATION),
)
def test_the_condition_of_the_resource_and_its_mode_move_together(node: Any, expected: str | None) -> None:
    result = found(task_definition(NetworkMode=if_("IsProd", "awsvpc", "host")), condition=node)
    assert result.get("awsvpc-network-mode") == expected


def test_conditions_written_alike_are_one_condition() -> None:
    node = if_("ByAttribute", if_("ByAttributeToo", "awsvpc", "host"), "awsvpc")
    assert found(task_definition(NetworkMode=node)) == PASSES


def test_the_reason_names_the_expression_and_what_to_do() -> None:
    (finding,) = judge(task_definition(NetworkMode=ref("Free")), **SECTIONS)
    assert finding.message.splitlines()[0] == (
        "It cannot be decided whether NetworkMode is awsvpc: Properties/NetworkMode is ${Free}, "
        "a parameter without AllowedValues."
    )
    assert "AllowedValues" in finding.remedy


# --- parameters behind conditions ----------------------------------------------------------------------------------

# fmt: off
TOGETHER = rows(
    # the mode is host, or the user root, but never both
    (host(container(User=if_("IsProd", "1000", "root")), NetworkMode=if_("IsProd", "host", "awsvpc")),  None),
    (host(container(User=if_("IsDev", "root", "1000")), NetworkMode=if_("IsProd", "host", "awsvpc")),   None),
    (host(container(User=if_("IsProd", "root", "1000")), NetworkMode=if_("IsProd", "host", "awsvpc")),  VIOLATION),
    (host(container(User=if_("Both", "1000", "root")), NetworkMode=if_("Both", "host", "awsvpc")),      None),
    (host(container(User=if_("Either", "1000", "root")), NetworkMode=if_("Both", "host", "awsvpc")),    None),
    (host(container(User=if_("Both", "1000", "root")), NetworkMode=if_("Either", "host", "awsvpc")),    VIOLATION),
    (host(container(User={"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 None),
    (host(container(User={"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}),
          NetworkMode=if_("IsDev", "host", "awsvpc")),                                                  VIOLATION),
    (host(container(User={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "User"]}),
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode"]}),                        None),
    (host(container(User=if_("InUsEast1", "root", "1000")),
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode"]}),                        None),
    (host(container(User=if_("InUsEast1", "root", "1000")),  # the default is for other regions
          NetworkMode={"Fn::FindInMap": ["Moves", ref("AWS::Region"), "Mode", {"DefaultValue": "host"}]}), None),
    (host(container(User=if_(equals(ref("Mode"), "host"), "1000", "root")), NetworkMode=ref("Mode")),   None),
    (host(container(User=if_(equals(ref("Free"), "host"), "1000", "root")), NetworkMode=ref("Free")),   None),
    (host(container(User=if_(equals(ref("Free"), "host"), "root", "1000")), NetworkMode=ref("Free")),   UNRESOLVED),
    (host(container(User=if_("FreeIsA", if_("FreeIsB", "root", "1000"), "1000"))),                      None),
    (host(container(User="root", Privileged=if_("IsProd", True, False)),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 None),
    (host(container(User="root", Privileged=if_("IsDev", True, False)),
          NetworkMode=if_("IsProd", "host", "awsvpc")),                                                 VIOLATION),
    (host(if_("IsProd", container(User="root"), NO_VALUE), NetworkMode=if_("IsProd", "awsvpc", "host")), None),
    (host(if_("IsProd", container(User="root"), NO_VALUE), NetworkMode=if_("IsDev", "awsvpc", "host")), VIOLATION),
    (host(container(User=if_("ByAttribute", "1000", "root")), NetworkMode=if_("ByAttribute", "host", "awsvpc")), None),
    (host(container(User=if_("ByAttribute", "root", "1000")), NetworkMode=if_("ByAttribute", "host", "awsvpc")),
     UNRESOLVED),
)
# fmt: on


@TOGETHER
def test_what_moves_together_is_judged_together(node: Any, expected: str | None) -> None:
    assert found(node).get("host-mode-root-user app") == expected


# --- exploring -----------------------------------------------------------------------------------------------------

STAGES = Declarations(
    {"Stage": parameter("dev", "prod"), "Size": parameter("s", "m", "l"), "Free": parameter(Default="a")},
    {"IsProd": equals(ref("Stage"), "prod")},
)


@pytest.mark.parametrize(
    ("node", "values"),
    [
        ("awsvpc", ["awsvpc"]),
        (ref("Stage"), ["dev", "prod"]),
        (sub("${Stage}-${Stage}"), ["dev-dev", "prod-prod"]),  # asked for twice, chosen once
        (sub("${Stage}-${Size}"), ["dev-s", "dev-m", "dev-l", "prod-s", "prod-m", "prod-l"]),
        (if_("IsProd", ref("Size"), "x"), ["s", "m", "l", "x"]),  # what nobody reads costs nothing
        (if_("IsProd", ref("Stage"), ref("Stage")), ["prod", "dev"]),
    ],
    ids=str,
)
def test_every_value_comes_once(node: Any, values: list[str]) -> None:
    explored = list(explore(STAGES, lambda scenario: scenario.value(node), SCENARIO_LIMIT))
    assert [result and result[1] for result in explored] == values
    assert all(result and not result[0].undecided for result in explored)


@pytest.mark.parametrize(("limit", "values"), [(1, ["dev", None]), (2, ["dev", "prod"]), (3, ["dev", "prod"])])
def test_more_than_the_limit_is_said_last(limit: int, values: list[str | None]) -> None:
    explored = explore(STAGES, lambda scenario: scenario.value(ref("Stage")), limit)
    assert [result and result[1] for result in explored] == values


def test_what_is_read_aside_is_not_remembered() -> None:
    scenario = Scenario(STAGES)
    open_condition = if_("Undefined", "a", "b")
    assert scenario.aside(lambda: scenario.value(open_condition)) == "a"
    assert scenario.undecided == []
    assert scenario.value(if_("Another", "a", "b")) == "a"
    assert scenario.undecided == [
        Cause("", 'a condition is {"Condition": "Another"}, which the template does not define')
    ]


def test_what_is_settled_is_read_without_settling_more() -> None:
    scenario = Scenario(STAGES)
    assert isinstance(scenario.settled(ref("Stage")), Unknown)
    assert scenario.is_the_only_one
    assert scenario.value(ref("Stage")) == "dev"
    assert scenario.settled(sub("${Stage}!")) == "dev!"
