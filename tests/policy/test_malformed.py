"""Input that CloudFormation would not take: never a crash, never silence."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Policy, TemplateError, evaluate_template

from .support import ABSENT, LITERAL, TASK_DEFINITION, container, host, judge, task_definition, template, verdicts

MODE = ("awsvpc-network-mode", None)
ANY = ("host-mode-root-user", None)
APP = ("host-mode-root-user", "app")
VIOLATION, UNRESOLVED = "violation", "unresolved"


@pytest.mark.parametrize(
    ("not_a_template", "problem"),
    [
        (None, "a mapping, not a NoneType"),
        ([], "a mapping, not a list"),
        ("Resources", "a mapping, not a str"),
        (5, "a mapping, not a int"),
        ({}, "no Resources"),
        ({"resources": {}}, "no Resources"),
        ({"Resources": None}, "no Resources"),
        ({"Resources": []}, "Resources that are a list"),
        ({"Resources": "x"}, "Resources that are a str"),
        ({"Resources": 0}, "Resources that are a int"),
        ({"Resources": False}, "Resources that are a bool"),
    ],
)
def test_other_values_than_templates_are_a_value_error(not_a_template: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as raised:
        evaluate_template(not_a_template)
    assert isinstance(raised.value, TemplateError)


@pytest.mark.parametrize(
    "resource",
    [
        *[None, [], [{"Type": TASK_DEFINITION}], "x", 5, True, {}, {"Properties": {}}],
        *[{"Type": None}, {"Type": 5}, {"Type": [TASK_DEFINITION]}, {"Type": {"Ref": "X"}}],
    ],
    ids=repr,
)
def test_a_resource_that_may_be_a_task_definition_is_denied(resource: Any) -> None:
    (finding,) = evaluate_template({"Resources": {"Odd": resource}}, Policy(unresolved=Enforcement.OFF))
    assert (finding.check, finding.resource, finding.verdict.value, finding.enforcement.value) == (
        "unreadable",
        "Odd",
        "unresolved",
        "deny",
    )


def test_one_odd_resource_does_not_hide_the_others() -> None:
    resources = {"Odd": [], **template({"NetworkMode": "bridge"})["Resources"], "Bucket": {"Type": "AWS::S3::Bucket"}}
    assert [(f.check, f.resource) for f in evaluate_template({"Resources": resources})] == [
        ("unreadable", "Odd"),
        ("awsvpc-network-mode", "Task"),
    ]


def test_other_resources_are_none_of_its_business() -> None:
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": []}, "Daemon": {"Type": "AWS::ECS::Service"}}
    assert evaluate_template({"Resources": {**resources, "Custom": {"Type": "Custom::Thing"}}}) == []


# fmt: off
PROPERTIES = [
    # Properties                                        what is found
    (ABSENT,                                            {MODE: VIOLATION}),
    (None,                                              {MODE: VIOLATION}),
    ({},                                                {MODE: VIOLATION}),
    ([],                                                {MODE: UNRESOLVED, ANY: UNRESOLVED}),
    (["x"],                                             {MODE: UNRESOLVED, ANY: UNRESOLVED}),
    ("x",                                               {MODE: UNRESOLVED, ANY: UNRESOLVED}),
    (5,                                                 {MODE: UNRESOLVED, ANY: UNRESOLVED}),
    (False,                                             {MODE: UNRESOLVED, ANY: UNRESOLVED}),
    # the mode: simply not the required one; the users are open where it cannot even be read
    (host(container(), NetworkMode=5),                  {MODE: VIOLATION}),
    (host(container(), NetworkMode=True),               {MODE: VIOLATION}),
    (host(container(), NetworkMode=[]),                 {MODE: VIOLATION, APP: UNRESOLVED}),
    (host(container(), NetworkMode=["host"]),           {MODE: VIOLATION, APP: UNRESOLVED}),
    (host(container(), NetworkMode={"a": "b"}),         {MODE: VIOLATION, APP: UNRESOLVED}),
    # the containers
    (task_definition(ContainerDefinitions=ABSENT),      {}),
    (task_definition(ContainerDefinitions=None),        {}),
    (task_definition(ContainerDefinitions=[]),          {}),
    (task_definition(ContainerDefinitions="x"),         {ANY: UNRESOLVED}),
    (task_definition(ContainerDefinitions=5),           {ANY: UNRESOLVED}),
    (task_definition(ContainerDefinitions={}),          {ANY: UNRESOLVED}),
    (task_definition(ContainerDefinitions=container()), {ANY: UNRESOLVED}),
    (host("x"),                                         {MODE: VIOLATION, ANY: UNRESOLVED}),
    (host(5),                                           {MODE: VIOLATION, ANY: UNRESOLVED}),
    (host(False),                                       {MODE: VIOLATION, ANY: UNRESOLVED}),
    (host([container()]),                               {MODE: VIOLATION, ANY: UNRESOLVED}),
    (host({}),                                          {MODE: VIOLATION, ANY: VIOLATION}),  # no name, no user
    (host(None),                                        {MODE: VIOLATION}),                  # null is absence
    (host("x", container(User="root")),                 {MODE: VIOLATION, ANY: UNRESOLVED, APP: VIOLATION}),
    (task_definition(ContainerDefinitions=["x"]),       {ANY: UNRESOLVED}),
    # one container
    (host(container(User=["root"])),                    {MODE: VIOLATION, APP: UNRESOLVED}),
    (host(container(User={"a": "b"})),                  {MODE: VIOLATION, APP: UNRESOLVED}),
    (host(container(User=True)),                        {MODE: VIOLATION}),
    (host(container(User=0)),                           {MODE: VIOLATION, APP: VIOLATION}),
    (host(container(User="root", Privileged=["true"])), {MODE: VIOLATION, APP: VIOLATION}),
    (host(container(User="root", Name=["app"])),        {MODE: VIOLATION, ANY: VIOLATION}),
    (host(container(User="root", Name={"a": "b"})),     {MODE: VIOLATION, ANY: VIOLATION}),
    (host(container(User="root", Name=5)),              {MODE: VIOLATION, ("host-mode-root-user", "5"): VIOLATION}),
    # what only the messages need must not unsettle a verdict
    (host(RuntimePlatform="x"),                         {MODE: VIOLATION}),
    (host(RuntimePlatform=[]),                          {MODE: VIOLATION}),
    (host(RuntimePlatform={"OperatingSystemFamily": []}), {MODE: VIOLATION}),
    (host(container(User="0"), RuntimePlatform="x"),    {MODE: VIOLATION, APP: VIOLATION}),
    (host(RequiresCompatibilities="EC2"),               {MODE: VIOLATION}),
    (host(RequiresCompatibilities=5),                   {MODE: VIOLATION}),
    (host(RequiresCompatibilities=[[], {}, 5, None]),   {MODE: VIOLATION}),
]
# fmt: on


@pytest.mark.parametrize(("properties", "expected"), PROPERTIES, ids=lambda value: str(value)[:70])
def test_malformed_task_definitions(properties: Any, expected: dict[Any, str]) -> None:
    assert verdicts(judge(properties)) == expected


def test_a_malformed_part_is_named_with_its_place() -> None:
    (finding,) = judge(task_definition(ContainerDefinitions=[container(), "x"]))
    assert finding.location == "Properties/ContainerDefinitions/1"
    assert "Properties/ContainerDefinitions/1 is a text, which is not a map of properties." in finding.message


@pytest.mark.parametrize(
    "properties",
    [
        {"ContainerDefinitions": "hunter2"},
        {"ContainerDefinitions": {"Environment": [{"Name": "PASSWORD", "Value": "hunter2"}]}},
        {"ContainerDefinitions": ["hunter2"]},
        {"ContainerDefinitions": [[{"Environment": [{"Name": "PASSWORD", "Value": "hunter2"}]}]]},
        {"ContainerDefinitions": [{"User": [{"Name": "PASSWORD", "Value": "hunter2"}]}]},
        {"ContainerDefinitions": [{"User": {"Value": "hunter2", "Name": "PASSWORD"}}]},
        {"NetworkMode": ["hunter2"]},
        {"NetworkMode": {"Environment": "hunter2", "Name": "PASSWORD"}},
    ],
    ids=str,
)
def test_what_is_malformed_may_hold_secrets_and_is_not_shown(properties: Any) -> None:
    findings = judge(task_definition(**{"NetworkMode": "host", **properties}))
    assert findings
    assert "hunter2" not in "".join(finding.message for finding in findings)


@pytest.mark.parametrize("platform", ["x", [], {"OperatingSystemFamily": []}], ids=repr)
def test_a_malformed_operating_system_is_unresolved_where_the_check_is_about_it(platform: Any) -> None:
    policy = Policy(profile=LITERAL.profile.SECURITY_HUB)
    found = judge(task_definition(RuntimePlatform=platform), policy)
    assert verdicts(found) == {
        ("non-root-user", "app"): UNRESOLVED,
        ("non-admin-windows-user", "app"): UNRESOLVED,
    }


@pytest.mark.parametrize("section", ["Parameters", "Conditions", "Mappings"])
@pytest.mark.parametrize("content", [None, [], "x", 5, {"A": None}, {"A": []}, {"A": "x"}, {"A": {"a": 5}}], ids=repr)
def test_malformed_sections(section: str, content: Any) -> None:
    expressions = [
        {"Ref": "A"},
        {"Fn::If": ["A", "awsvpc", "host"]},
        {"Fn::FindInMap": ["A", "a", "b"]},
        {"Fn::Sub": "${A}"},
    ]
    for expression in expressions:
        properties = task_definition(NetworkMode=expression)
        assert set(verdicts(judge(properties, **{section: content})).values()) <= {UNRESOLVED, VIOLATION}
        assert verdicts(judge(properties, **{section: content}))


# fmt: off
EXPRESSIONS = [
    {"Ref": []}, {"Ref": None}, {"Ref": 5}, {"Ref": {"Ref": "X"}},
    {"Fn::If": []}, {"Fn::If": "X"}, {"Fn::If": ["C", "host"]}, {"Fn::If": None}, {"Fn::If": [[], "awsvpc", "host"]},
    {"Fn::If": [None, "awsvpc", "host"]}, {"Fn::If": [5, "awsvpc", "host"]}, {"Fn::If": [{}, "awsvpc", "host"]},
    {"Fn::If": [{"Fn::Not": []}, "awsvpc", "host"]}, {"Fn::If": [{"Fn::And": "x"}, "awsvpc", "host"]},
    {"Fn::If": [{"Fn::Equals": ["a"]}, "awsvpc", "host"]}, {"Fn::If": [{"Condition": []}, "awsvpc", "host"]},
    {"Fn::FindInMap": []}, {"Fn::FindInMap": ["M"]}, {"Fn::FindInMap": "M"}, {"Fn::FindInMap": [[], {}, None]},
    {"Fn::FindInMap": ["M", "a", "b", "c"]},
    {"Fn::Sub": []}, {"Fn::Sub": None}, {"Fn::Sub": ["${A}", []]}, {"Fn::Sub": [5, {}]}, {"Fn::Sub": ["${A}"]},
    {"Fn::Join": []}, {"Fn::Join": ["", "x"]}, {"Fn::Join": [[], []]}, {"Fn::Join": ["", [[], {}]]},
    {"Fn::Select": []}, {"Fn::Select": ["x", []]}, {"Fn::Select": [5, ["a"]]}, {"Fn::Select": [-1, ["awsvpc"]]},
    {"Fn::Select": ["²", ["awsvpc"] * 9]}, {"Fn::Select": [0, "awsvpc"]}, {"Fn::Select": [None, ["awsvpc"]]},
    {"Fn::Select": [0.5, ["awsvpc"]]}, {"Fn::Select": [0, []]},
    {"Fn::Unknown": "awsvpc"}, {"Fn::": []}, {"Fn::If": ["C", "awsvpc", "awsvpc"], "Fn::Sub": "x"},
    {"Fn::GetAtt": ["A", "b"]},
]
# fmt: on


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=repr)
def test_a_malformed_expression_is_unresolved_or_a_violation_and_named(expression: Any) -> None:
    (finding,) = judge(task_definition(NetworkMode=expression))
    assert finding.check == "awsvpc-network-mode"
    assert finding.location.startswith("Properties/NetworkMode")


# --- what is not a resource ----------------------------------------------------------------------------------------

LOOP = ["Name", ["a", "b"], {"Task${Name}": {"Type": TASK_DEFINITION, "Properties": {}}}]


@pytest.mark.parametrize(
    ("unresolved", "expected"),
    [(Enforcement.DENY, ["deny"]), (Enforcement.WARN, ["warn"]), (Enforcement.AUDIT, ["audit"]), (Enforcement.OFF, [])],
)
def test_a_loop_that_makes_task_definitions_is_unresolved(unresolved: Enforcement, expected: list[str]) -> None:
    found = evaluate_template({"Resources": {"Fn::ForEach::Tasks": LOOP}}, Policy(unresolved=unresolved))
    assert [f.enforcement.value for f in found] == expected
    assert all((f.check, f.resource) == ("unreadable", "Fn::ForEach::Tasks") for f in found)


def test_a_loop_without_task_definitions_is_nothing() -> None:
    loop = ["Name", ["a"], {"Bucket${Name}": {"Type": "AWS::S3::Bucket"}}]
    assert evaluate_template({"Resources": {"Fn::ForEach::Buckets": loop}}) == []


@pytest.mark.parametrize(
    ("enforcement", "expected"),
    [(None, ["warn"]), (Enforcement.DENY, ["deny"]), (Enforcement.AUDIT, ["audit"]), (Enforcement.OFF, [])],
)
def test_a_macro_among_the_resources_is_not_checked_and_says_so(
    enforcement: Enforcement | None, expected: list[str]
) -> None:
    policy = Policy(enforcement={"not-checked": enforcement} if enforcement else {})
    macro = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}
    found = evaluate_template({"Resources": {"Fn::Transform": macro, **template()["Resources"]}}, policy)
    assert [f.enforcement.value for f in found if f.check == "not-checked"] == expected
    assert [f.check for f in found if f.check != "not-checked"] == ["awsvpc-network-mode"]


@pytest.mark.parametrize("function", ["Fn::Transform", "Fn::ForEach::Containers"])
def test_a_macro_inside_the_properties_leaves_all_of_them_open(function: str) -> None:
    properties = {**host(container(User="root")), function: []}
    assert verdicts(judge(properties)) == {MODE: UNRESOLVED, ANY: UNRESOLVED}
