"""The hook as a plain template and as a StackSet: valid, and the same as the construct."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from ecs_guard_aspects import EcsGuardHook, Policy
from ecs_guard_aspects.gates.hook.bundle import Bundle, bundle
from ecs_guard_aspects.gates.hook.template import hook_template, stack_set_template

CODE = bundle(Policy())


def of_construct(*, watch: bool) -> dict[str, Any]:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Platform")
    EcsGuardHook(stack, "Gate", policy=Policy(), watch=watch, exclude_stacks=["legacy-*"])
    template: dict[str, Any] = Template.from_stack(stack).to_json()
    return template


def members(template: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(template["Resources"]["StackSet"]["Properties"]["TemplateBody"])
    return body


# What is made otherwise: where the code is, policies within a role, and the names of targets.
DIFFERS = ("Code", "Runtime", "Description", "Qualifier", "Destination", "AssumeRolePolicyDocument", "Id", "Sid")
PARAMETERS = {"FailureMode": "WARN", "HookStatus": "ENABLED", "AWS::StackName": "Platform"}


def comparable(node: Any, kinds: dict[str, str]) -> Any:
    """Return properties without what differs; a reference names the type it leads to."""
    if isinstance(node, dict):
        if set(node) == {"Ref"}:
            return PARAMETERS.get(node["Ref"], kinds.get(node["Ref"], node["Ref"]))
        if set(node) == {"Fn::GetAtt"}:
            return kinds[node["Fn::GetAtt"][0]]
        if set(node) & {"Fn::Join", "Fn::Sub"}:
            return "event bus"
        return {key: comparable(value, kinds) for key, value in node.items() if key not in DIFFERS}
    if isinstance(node, list):
        return [comparable(item, kinds) for item in node]
    return node


def summary(template: dict[str, Any]) -> dict[str, Any]:
    """Return by type the properties of all resources, and by role what it may do."""
    resources = template["Resources"]
    kinds = {name: resource["Type"] for name, resource in resources.items()}
    found: dict[str, Any] = {}
    statements: list[Any] = []
    for resource in resources.values():
        properties = comparable(resource.get("Properties", {}), kinds)
        if resource["Type"] == "AWS::IAM::Policy":
            statements += properties["PolicyDocument"]["Statement"]
        elif resource["Type"] == "AWS::IAM::Role":
            statements += [
                one for policy in properties.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]
            ]
        else:
            found.setdefault(resource["Type"], []).append(json.dumps(properties, sort_keys=True))
    for one in statements:
        one["Action"] = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
    found["statements"] = [json.dumps(one, sort_keys=True) for one in statements]
    return {kind: sorted(values) for kind, values in found.items()}


@pytest.mark.parametrize("watch", [False, True])
def test_the_template_makes_what_the_construct_makes(watch: bool) -> None:
    plain = summary(hook_template(CODE, watch=watch, exclude_stacks=["legacy-*"]))
    construct = summary(of_construct(watch=watch))
    assert set(plain) == set(construct)
    for kind, values in construct.items():
        assert plain[kind] == values, kind


@pytest.mark.parametrize("watch", [False, True])
def test_cfn_lint_finds_nothing(watch: bool) -> None:
    from cfnlint.api import lint

    stack_set = stack_set_template(CODE, watch=watch)
    for template in (hook_template(CODE, watch=watch), stack_set, members(stack_set)):
        assert [str(match) for match in lint(json.dumps(template))] == []


def test_the_role_holds_what_it_may_do_so_that_the_hook_waits_for_it() -> None:
    resources = hook_template(CODE)["Resources"]
    for name in ("Hook", "ChangeSetHook"):
        assert resources[name]["Properties"]["ExecutionRole"] == {"Fn::GetAtt": ["HookRole", "Arn"]}
    (policy,) = resources["HookRole"]["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == {"Ref": "Live"}


def test_other_code_is_another_version() -> None:
    other = Bundle(CODE.content, "0" * 64)
    versions = [
        {name for name, one in hook_template(code)["Resources"].items() if one["Type"] == "AWS::Lambda::Version"}
        for code in (CODE, other)
    ]
    assert versions[0] != versions[1]
    assert hook_template(CODE)["Parameters"]["CodeKey"]["Default"] == CODE.file_name


def test_the_accounts_of_a_stack_set_read_code_from_their_own_region() -> None:
    template = stack_set_template(CODE, failure_mode="FAIL")
    properties = template["Resources"]["StackSet"]["Properties"]
    assert properties["PermissionModel"] == "SERVICE_MANAGED"
    assert properties["AutoDeployment"]["Enabled"] is True
    member = members(template)
    function = member["Resources"]["Function"]["Properties"]
    assert function["Code"]["S3Bucket"] == {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"}
    assert {one["ParameterKey"] for one in properties["Parameters"]} == set(member["Parameters"])
    assert member["Parameters"]["FailureMode"]["Default"] == "FAIL"
