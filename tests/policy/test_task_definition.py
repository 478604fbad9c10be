"""The facts that checks read, each also as an expression."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, Profile, Verdict

from ..cloudformation.support import PASSES, SECTIONS, UNRESOLVED, VIOLATION, found, rows
from .support import ABSENT, NO_VALUE, container, host, if_, judge, ref, sub, task_definition

# --- the other places an expression may stand at -------------------------------------------------------------------

ROOT = container(User="root")
# fmt: off
PLACES = rows(
    # the whole Properties
    (if_("IsProd", host(ROOT), task_definition()),       {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (if_("Never", host(ROOT), task_definition()),        PASSES),
    (if_("IsProd", NO_VALUE, task_definition()),         {"awsvpc-network-mode": VIOLATION}),
    (ref("Free"),                                        {"awsvpc-network-mode": UNRESOLVED,
                                                          "host-mode-root-user": UNRESOLVED}),
    ({"Fn::Transform": {"Name": "AWS::Include"}},        {"awsvpc-network-mode": UNRESOLVED,
                                                          "host-mode-root-user": UNRESOLVED}),
    # the list of containers
    (task_definition(ContainerDefinitions=ref("FreeList")),                  PASSES),
    (host() | {"ContainerDefinitions": {"Fn::GetAtt": ["A", "b"]}},          {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user": UNRESOLVED}),
    (host() | {"ContainerDefinitions": if_("IsProd", [container()], [ROOT])}, {"awsvpc-network-mode": VIOLATION,
                                                                               "host-mode-root-user app": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("IsProd", [ROOT], NO_VALUE)},     {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user app": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("Never", [ROOT], NO_VALUE)},      {"awsvpc-network-mode": VIOLATION}),
    (host() | {"ContainerDefinitions": if_("IsProd", [ROOT, container("b")], [container("b", User="0"), ROOT])},
                                                                             {"awsvpc-network-mode": VIOLATION,
                                                                              "host-mode-root-user app": VIOLATION,
                                                                              "host-mode-root-user b": VIOLATION}),
    # one container
    (host(if_("IsProd", ROOT, NO_VALUE)),                {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (host(if_("Never", ROOT, NO_VALUE)),                 {"awsvpc-network-mode": VIOLATION}),
    (host(NO_VALUE),                                     {"awsvpc-network-mode": VIOLATION}),
    (host(if_("IsProd", ROOT, container())),             {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user app": VIOLATION}),
    (host(if_("IsProd", container("a", User="0"), container("b", User="0"))),
                                                         {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user a": VIOLATION,
                                                          "host-mode-root-user b": VIOLATION}),
    (host({"Fn::GetAtt": ["A", "b"]}),                   {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user": UNRESOLVED}),
    (host({"Fn::Transform": {"Name": "M"}, "Name": "app"}), {"awsvpc-network-mode": VIOLATION,
                                                             "host-mode-root-user": UNRESOLVED}),
    # the name of a container is only shown, as far as the scenario has settled it
    (host(container(sub("${Stage}-app"), User="0")),     {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user ${Stage}-app": VIOLATION}),
    (host(container(sub("${Stage}-app"), User=if_("IsDev", "0", "1"))), {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user dev-app": VIOLATION}),
    (host(container(ref("Free"), User="0")),             {"awsvpc-network-mode": VIOLATION,
                                                          "host-mode-root-user ${Free}": VIOLATION}),
)
# fmt: on


@PLACES
def test_the_other_places(node: Any, expected: dict[str, str]) -> None:
    assert found(node) == expected


# fmt: off
USERS = rows(
    (ref("User"),                                     VIOLATION),
    (ref("NotRoot"),                                  None),
    (ref("Uid"),                                      VIOLATION),
    (ref("PositiveUid"),                              None),
    (ref("ZeroUid"),                                  VIOLATION),
    (ref("FreeUid"),                                  UNRESOLVED),
    (ref("Free"),                                     UNRESOLVED),
    (NO_VALUE,                                        VIOLATION),
    (if_("IsProd", "1000", NO_VALUE),                 VIOLATION),
    (if_("IsProd", "1000", "1001"),                   None),
    (if_("FreeIsA", "1000", ref("Free")),             UNRESOLVED),
    (if_("ByAttribute", "root", "0"),                 VIOLATION),    # root either way
    (sub("${User}:${Free}"),                          VIOLATION),
    (sub("1000:${Free}"),                             None),         # the group does not matter
    (sub("root:${Free}"),                             VIOLATION),
    (sub("0:${Free}"),                                VIOLATION),
    (sub(":${Free}"),                                 VIOLATION),
    (sub("${Free}:0"),                                UNRESOLVED),
    (sub("1${Free}"),                                 UNRESOLVED),   # 1, or 10000000000, which overflows to 0
    (sub("-1${Free}"),                                UNRESOLVED),
    (sub("-a${Free}"),                                None),
    (sub("0${Free}"),                                 UNRESOLVED),   # 0, or 01
    (sub("root${Free}"),                              UNRESOLVED),   # root, or rootless
    (sub("app-${Free}"),                              None),
    (sub("${Uid}:${Uid}"),                            VIOLATION),
    (sub("${PositiveUid}:0"),                         None),
    (sub("${A}:${B}", {"A": "1000", "B": ref("Free")}), None),
    ({"Fn::Join": [":", ["1000", ref("Free")]]},      None),
    ({"Fn::Join": [":", ["0", ref("Free")]]},         VIOLATION),
    ({"Fn::Join": [":", [ref("Free"), "1000"]]},      UNRESOLVED),
    ({"Fn::Join": ["", ["10", {"Fn::GetAtt": ["A", "b"]}]]}, UNRESOLVED),
    ({"Fn::Join": ["", ["a1", {"Fn::GetAtt": ["A", "b"]}]]}, None),
    ("2147483648",                                    VIOLATION),
    ("2147483647",                                    None),
    ("{{resolve:ssm:/uid}}",                          UNRESOLVED),
    ("1000:{{resolve:ssm:/gid}}",                     None),
    ("0:{{resolve:ssm:/gid}}",                        VIOLATION),
    ("[[servicecatalog:provisioner/uid]]",            UNRESOLVED),
    ("1000:[[servicecatalog:provisioner/gid]]",       None),
    (sub("[[servicecatalog:x]]${Free}"),              UNRESOLVED),
    ("{{changeSet:KNOWN_AFTER_APPLY}}",               UNRESOLVED),
    ("app-{{changeSet:KNOWN_AFTER_APPLY}}",           None),
    ("{{mustache}}",                                  "unresolved"),
    ("[[x]]",                                         "unresolved"),
    # a beginning that belongs to the key says nothing of the value found under it
    ({"Fn::FindInMap": [sub("app${AWS::Region}"), "a", "b"]}, UNRESOLVED),
    ({"Fn::FindInMap": ["ByStage", ref("Stage"), "User"]}, VIOLATION),
)
PRIVILEGES = rows(
    # of a root container in host mode: host-mode-root-user, host-mode-privileged
    (ref("Flag"),                                     (VIOLATION, VIOLATION)),
    (ref("BooleanFlag"),                              (VIOLATION, VIOLATION)),
    (ref("Free"),                                     (UNRESOLVED, VIOLATION)),   # root is enough for the second
    (if_("Always", True, False),                      (None, VIOLATION)),
    (if_("Always", "true", "false"),                  (None, VIOLATION)),
    (if_("IsProd", True, NO_VALUE),                   (VIOLATION, VIOLATION)),
    (sub("tru${Free}"),                               (UNRESOLVED, VIOLATION)),
    (sub("no${Free}"),                                (VIOLATION, VIOLATION)),
    ("{{resolve:ssm:/privileged}}",                   (UNRESOLVED, VIOLATION)),
)
FAMILIES = rows(
    # of a container without a user: non-root-user, non-admin-windows-user
    (ref("Family"),                                   (VIOLATION, VIOLATION)),
    (ref("Linux"),                                    (VIOLATION, None)),
    (ref("Free"),                                     (UNRESOLVED, UNRESOLVED)),
    (NO_VALUE,                                        (VIOLATION, None)),
    (if_("Never", "LINUX", "WINDOWS_SERVER_2019_FULL"), (None, VIOLATION)),
    (sub("WINDOWS_SERVER_${Version}_CORE"),           (None, VIOLATION)),   # Windows, whichever version
    (sub("LIN${Free}"),                               (VIOLATION, None)),
    (sub("W${Free}"),                                 (UNRESOLVED, UNRESOLVED)),
)
# fmt: on


@USERS
def test_the_user(node: Any, expected: str | None) -> None:
    assert found(host(container(User=node))).get("host-mode-root-user app") == expected


def both(properties: Any, first: str, second: str) -> tuple[str | None, str | None]:
    result = found(properties, Policy(profile=Profile.STRICT))
    return result.get(f"{first} app"), result.get(f"{second} app")


@PRIVILEGES
def test_privileged(node: Any, expected: tuple[str | None, str | None]) -> None:
    properties = host(container(User="root", Privileged=node))
    assert both(properties, "host-mode-root-user", "host-mode-privileged") == expected


@FAMILIES
def test_the_operating_system_family(node: Any, expected: tuple[str | None, str | None]) -> None:
    platform = {"OperatingSystemFamily": node}
    for written in (platform, if_("Always", platform, NO_VALUE)):
        properties = task_definition(RuntimePlatform=written, ContainerDefinitions=[container(User=ABSENT)])
        assert both(properties, "non-root-user", "non-admin-windows-user") == expected


def test_a_runtime_platform_that_cannot_be_known() -> None:
    properties = task_definition(RuntimePlatform={"Fn::GetAtt": ["A", "b"]}, ContainerDefinitions=[container(User="")])
    assert both(properties, "non-root-user", "non-admin-windows-user") == (UNRESOLVED, UNRESOLVED)


@rows(
    (ref("Free"), VIOLATION),
    ({"Fn::GetAtt": ["A", "b"]}, VIOLATION),
    (if_("ByAttribute", "LINUX", "WINDOWS_SERVER_2019_FULL"), VIOLATION),
    (if_("Undefined", NO_VALUE, NO_VALUE), VIOLATION),
)
def test_what_only_the_message_needs_does_not_unsettle_the_verdict(node: Any, expected: str) -> None:
    for change in ({"RuntimePlatform": {"OperatingSystemFamily": node}}, {"RequiresCompatibilities": node}):
        properties = host(container(User="0"), NetworkMode=if_("IsProd", "host", "awsvpc"), **change)
        assert found(properties) == {"awsvpc-network-mode": expected, "host-mode-root-user app": expected}


@pytest.mark.parametrize("property", ["RuntimePlatform", "RequiresCompatibilities"])
def test_what_only_the_message_needs_does_not_make_a_guess_certain(property: str) -> None:
    container_of = container(User="1000", Privileged=if_("ByAttribute", True, False))
    properties = host(container_of, **{property: if_("ByAttribute", NO_VALUE, NO_VALUE)})
    assert found(properties, Policy(profile=Profile.CYSCALE)) == {"host-mode-privileged app": UNRESOLVED}


# fmt: off
LAUNCH_TYPES = rows(
    # RequiresCompatibilities of a task definition in bridge mode, and what DEFAULT does
    (if_("IsProd", ["EXTERNAL"], ["EXTERNAL"]),                  "warn"),
    (if_("IsProd", ["EXTERNAL"], ["EC2"]),                       "deny"),
    (if_("Always", ["EXTERNAL"], ["EC2"]),                       "warn"),
    ([if_("IsProd", "EXTERNAL", NO_VALUE), "EXTERNAL"],          "warn"),
    ([if_("IsProd", "EXTERNAL", NO_VALUE)],                      "deny"),  # none at all in dev
    ([if_("IsProd", "EC2", NO_VALUE), "EXTERNAL"],               "deny"),
    (ref("LaunchTypes"),                                         "deny"),  # EXTERNAL by default, or anything
    ({"Fn::FindInMap": ["Lists", "x", "LaunchTypes"]},           "warn"),
    (NO_VALUE,                                                   "deny"),
    ({"Fn::Split": [",", "EXTERNAL"]},                           "deny"),
    ([sub("EXTERNAL")],                                          "warn"),
)
# fmt: on


@LAUNCH_TYPES
def test_requires_compatibilities(node: Any, expected: str) -> None:
    (finding,) = judge(task_definition(RequiresCompatibilities=node, NetworkMode="bridge"), Policy(), **SECTIONS)
    assert (finding.verdict, finding.enforcement) == (Verdict.VIOLATION, Enforcement(expected))


# --- locations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "locations"),
    [
        (task_definition(NetworkMode=if_("IsProd", "awsvpc", "host")), ["Properties/NetworkMode/Fn::If/2"]),
        (if_("IsProd", {}, {"NetworkMode": "awsvpc"}), ["Properties/Fn::If/1/NetworkMode"]),
        (
            task_definition(NetworkMode=if_("IsProd", if_("Both", "none", "awsvpc"), "awsvpc")),
            ["Properties/NetworkMode/Fn::If/1/Fn::If/1"],
        ),
        (
            host(container(), if_("IsProd", ROOT, NO_VALUE)),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/1/Fn::If/1/User"],
        ),
        (
            host() | {"ContainerDefinitions": if_("IsProd", [], [container("a"), ROOT])},
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/Fn::If/2/1/User"],
        ),
        (
            host(container(User=if_("IsProd", "1", NO_VALUE))),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/0/User/Fn::If/2"],
        ),
        (
            host(container(User=ref("Free"))),
            ["Properties/NetworkMode", "Properties/ContainerDefinitions/0/User"],
        ),
    ],
)
def test_a_location_follows_the_branches(properties: Any, locations: list[str]) -> None:
    assert [finding.location for finding in judge(properties, **SECTIONS)] == locations


MACRO = {"Fn::Transform": {"Name": "Macro"}}
IN_CONTAINER = host(container(User="1") | MACRO)


@pytest.mark.parametrize(
    ("properties", "where"),
    [
        (MACRO, "Properties is Fn::Transform of 1 property,"),
        ({**MACRO, "NetworkMode": "awsvpc"}, "Properties is a map with Fn::Transform and 1 property,"),
        (IN_CONTAINER, "Properties/ContainerDefinitions/0 is a map with Fn::Transform and 2 properties,"),
    ],
)
def test_what_is_not_known_as_a_whole_is_named_once_and_not_one_property_of_it(properties: Any, where: str) -> None:
    finding = judge(properties)[-1]
    assert finding.what.count(" is ") == 1
    assert f": {where} which only the deployment evaluates." in finding.what
    assert finding.remedy.startswith("Write the value without Fn::Transform. ")
