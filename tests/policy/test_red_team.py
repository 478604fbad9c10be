"""What once got past evaluate_template, or was denied or exempted wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Profile, Severity, evaluate_template

AWSVPC = {"NetworkMode": "awsvpc"}
DENIED = [("awsvpc-network-mode", "deny")]
NOT_CHECKED = [("not-checked", "warn")]


def judge(properties: Any, policy: Policy | None = None, **sections: Any) -> list[tuple[str, str]]:
    resource = {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}
    template = {"Resources": {"Td": resource}, **sections}
    return [(finding.check, finding.enforcement.value) for finding in evaluate_template(template, policy)]


def lookup(**mappings: Any) -> list[tuple[str, str]]:
    mode = {"Fn::FindInMap": ["M", "a", "b", {"DefaultValue": "awsvpc"}]}
    return judge({"NetworkMode": mode}, Mappings=mappings)


INCLUDE = {"Fn::Transform": {"Name": "AWS::Include"}}


@pytest.mark.parametrize(
    "mappings",
    [INCLUDE, {"M": INCLUDE}, {"M": {"a": INCLUDE}}, {"Fn::ForEach::Z": ["X", ["a"], {}]}],
    ids=["all", "one", "level", "loop"],
)
def test_a_mapping_that_the_deployment_fills_has_no_default(mappings: Any) -> None:
    assert lookup(**mappings) == DENIED


def test_a_mapping_that_is_written_down_has() -> None:
    assert lookup(M={"x": {"b": "bridge"}}) == []


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        ("AWS::LanguageExtensions", []),
        (["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"], []),
        ("Mine", NOT_CHECKED),
        (["AWS::LanguageExtensions", "Mine"], NOT_CHECKED),
        ({"Name": "AWS::Include"}, NOT_CHECKED),
        (5, NOT_CHECKED),
    ],
)
def test_a_macro_is_said(transform: Any, expected: list[Any]) -> None:
    assert judge(AWSVPC, Transform=transform) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("AWS::CloudFormation::Stack", NOT_CHECKED),
        ("AWS::CloudFormation::StackSet", NOT_CHECKED),
        ("AWS::Serverless::Application", NOT_CHECKED),
        ("AWS::ServiceCatalog::CloudFormationProvisionedProduct", NOT_CHECKED),
        ("Acme::Ecs::Service::MODULE", NOT_CHECKED),
        ("AWS::SNS::Topic", []),
    ],
)
def test_what_deploys_a_template_of_its_own_is_said(kind: str, expected: list[Any]) -> None:
    findings = evaluate_template({"Resources": {"Other": {"Type": kind}}})
    assert [(finding.check, finding.enforcement.value) for finding in findings] == expected
    assert all((finding.resource, finding.location) == ("Other", "") for finding in findings)
    assert all(finding.severity is Severity.HIGH for finding in findings)


def test_a_macro_at_the_top_is_said() -> None:
    assert judge(AWSVPC, **INCLUDE) == NOT_CHECKED


def test_a_macro_can_be_exempted_and_switched_off() -> None:
    off = Policy(enforcement={"not-checked": Enforcement.OFF})
    assert judge(AWSVPC, off, Transform="Mine") == []


def test_a_macro_next_to_the_properties_may_change_them() -> None:
    resource = {"Type": "AWS::ECS::TaskDefinition", "Properties": AWSVPC, **INCLUDE}
    findings = evaluate_template({"Resources": {"Td": resource}})
    assert {(finding.verdict.value, finding.enforcement.value) for finding in findings} == {("unresolved", "deny")}


@pytest.mark.parametrize(
    ("kind", "denied"),
    [
        ("AWS::SNS::Topic", False),
        ("AWS::ECS::TaskDefinition", True),
        ("AWS::ECS::${X}", True),
        ("AWS::ECS::&{X}", True),
        ({"Fn::Sub": "AWS::ECS::${X}"}, True),
    ],
)
def test_a_loop_is_silent_only_if_its_types_are_plain(kind: Any, denied: bool) -> None:
    loop = ["X", ["TaskDefinition"], {"${X}": {"Type": kind}}]
    findings = evaluate_template({"Resources": {"Fn::ForEach::All": loop}})
    assert [finding.check for finding in findings] == (["unreadable"] if denied else [])


@pytest.mark.parametrize(
    "kind", ["AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "Team::Web::Task::MODULE"]
)
def test_a_loop_that_brings_templates_of_its_own_is_not_checked_and_says_so(kind: str) -> None:
    loop = ["X", ["a"], {"Stack${X}": {"Type": kind, "Properties": {"TemplateURL": "https://s/t.json"}}}]
    (finding,) = evaluate_template({"Resources": {"Fn::ForEach::All": loop}})
    assert (finding.check, finding.resource, finding.enforcement.value) == ("not-checked", "Fn::ForEach::All", "warn")
    assert f"makes {kind} at deployment" in finding.message


CONDITIONS = {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}}
PARAMETERS = {"P": {"Type": "String"}, "N": {"Type": "String", "Default": "agent"}}


@pytest.mark.parametrize(
    ("name", "user", "exempt"),
    [
        ("agent", "root", True),
        ({"Fn::If": ["C", "agent", "web"]}, {"Fn::If": ["C", "root", "1000"]}, True),
        ({"Fn::If": ["C", "agent", "web"]}, {"Fn::If": ["C", "1000", "root"]}, False),
        ({"Ref": "N"}, "root", False),
    ],
)
def test_an_exemption_by_container_holds_for_a_name_that_is_settled(name: Any, user: Any, exempt: bool) -> None:
    exemption = Exemption(
        check="host-mode-root-user", path="Td", reason="agent", owner="infra", expires="2999-01-01", container="agent"
    )
    policy = Policy(exemptions=[exemption], enforcement={"awsvpc-network-mode": Enforcement.OFF})
    properties = {"NetworkMode": "host", "ContainerDefinitions": [{"Name": name, "User": user}]}
    findings = judge(properties, policy, Parameters=PARAMETERS, Conditions=CONDITIONS)
    assert ("host-mode-root-user", "audit" if exempt else "deny") in findings


def test_a_condition_that_cannot_be_decided_does_not_soften_a_violation() -> None:
    conditions = {"C": {"Fn::Equals": [{"Ref": "S"}, "x"]}}
    parameters = {"S": {"Type": "AWS::SSM::Parameter::Value<String>"}}
    resource = {"Type": "AWS::ECS::TaskDefinition", "Condition": "C", "Properties": {"NetworkMode": "bridge"}}
    template = {"Parameters": parameters, "Conditions": conditions, "Resources": {"Td": resource}}
    (finding,) = evaluate_template(template, Policy(unresolved=Enforcement.WARN))
    assert (finding.verdict.value, finding.enforcement.value) == ("violation", "deny")


def test_keys_that_json_does_not_have_do_not_crash() -> None:
    assert judge({"NetworkMode": {1: "a", "b": 2}, "ContainerDefinitions": {1: "a", "b": 2}}) != []


def test_many_conditional_containers_have_a_budget() -> None:
    parameters = {f"P{index}": {"Type": "String"} for index in range(12)}
    conditions = {f"C{index}": {"Fn::Equals": [{"Ref": f"P{index}"}, "x"]} for index in range(12)}
    user: Any = "1000"
    for index in range(12):
        user = {"Fn::If": [f"C{index}", user, {"Fn::If": [f"C{(index + 1) % 12}", user, "1000"]}]}
    containers = [{"Name": f"c{number}", "User": user} for number in range(30)]
    findings = judge(
        {"NetworkMode": "host", "ContainerDefinitions": containers},
        Policy(Profile.CYSCALE),
        Parameters=parameters,
        Conditions=conditions,
    )
    assert len(findings) == 30
