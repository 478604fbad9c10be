"""The fix of API JSON: what is edited, in the spelling of the file, and what is refused."""

from __future__ import annotations

import json

import pytest

from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.policy.policy import Policy
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.remediation.text_edits.api_fix import ApiFix
from ecs_guard_aspects.remediation.text_edits.fixed import Fixed
from ecs_guard_aspects.sources.recognition import recognize
from ecs_guard_aspects.sources.text.read import read_text

PERMITTED = FixOptions(run_elsewhere=True, may_change_addresses=True)
PORT = '"portMappings": [{"containerPort": 80, "hostPort": 0}]'

ONE = '{"family": "a", "containerDefinitions": []}'
MODE = '{"networkMode": "awsvpc",'


def fix_of(content: str, options: FixOptions = PERMITTED, policy: Policy = Policy()) -> tuple[ApiFix, list[Fixed]]:
    text = read_text(content)
    document = recognize("a.json", text)
    assert document is not None
    items = [item for item in document.items if isinstance(item, Resource)]
    fix = ApiFix("a.json", text, items, options)
    return fix, [fix.fix_task_definition(item, policy) for item in items]


# What is written, and what is written then.
EDITED = {
    "a mode": (
        '{"family": "a", "networkMode": "bridge", "containerDefinitions": []}',
        '{"family": "a", "networkMode": "awsvpc", "containerDefinitions": []}',
    ),
    "no mode, several lines": (
        '{\r\n\t"containerDefinitions": []\r\n}\r\n',
        '{\r\n\t"networkMode": "awsvpc",\r\n\t"containerDefinitions": []\r\n}\r\n',
    ),
    "a dynamic port": (
        f'{{"networkMode": "bridge", "containerDefinitions": [{{"name": "web", {PORT}}}]}}',
        '{"networkMode": "awsvpc", "containerDefinitions": [{"name": "web", "portMappings": [{"containerPort": 80}]}]}',
    ),
    "the answer of describe-task-definition": (
        '{"taskDefinition": {"containerDefinitions": [], "networkMode": "host", "status": "ACTIVE"}, "tags": []}',
        '{"taskDefinition": {"containerDefinitions": [], "networkMode": "awsvpc", "status": "ACTIVE"}, "tags": []}',
    ),
    "capitals, as .NET and PowerShell write them": (
        '{"ContainerDefinitions": [], "Family": "a"}',
        '{"NetworkMode": "awsvpc","ContainerDefinitions": [], "Family": "a"}',
    ),
    "two of one family": (
        f"[{ONE}, {ONE}]",
        f"[{ONE.replace('{', MODE)}, {ONE.replace('{', MODE)}]",
    ),
    "YAML, with a comment": (
        "family: a # ours\nnetworkMode: host # as ever\ncontainerDefinitions: []\n",
        "family: a # ours\nnetworkMode: awsvpc # as ever\ncontainerDefinitions: []\n",
    ),
}


@pytest.mark.parametrize("case", EDITED)
def test_the_form_of_the_file_stays(case: str) -> None:
    content, wanted = EDITED[case]
    fix, fixed = fix_of(content)
    assert [each.plan.blockers for each in fixed] == [()] * len(fixed)
    after = fix.text_with(fixed).content
    assert after.replace(", ", ",") == wanted.replace(", ", ",")


CONTAINER = '"containerDefinitions": [{"name": "web", %s}]'
REFUSED = {
    f'{{"networkMode": "bridge", {CONTAINER % PORT}}}': "what runs it is not in this file",
    f'{{"networkMode": "bridge", {CONTAINER % json.dumps("links").join(["", ": [1]"])}}}': "uses links",
    '{"networkMode": "${MODE}", "containerDefinitions": []}': "networkMode is a text, which contains a placeholder",
    '{"networkMode": "none", "containerDefinitions": []}': "switches the network off on purpose",
    '{"requiresCompatibilities": ["EXTERNAL", "EC2"], "containerDefinitions": []}': "ECS Anywhere does not support",
    '{"networkMode": "host", "containerDefinitions": [{"name": "web"}]}': "maps no port",
    json.dumps({"resourceType": "AWS::ECS::TaskDefinition", "configuration": '{"ContainerDefinitions": []}'}): "a text",
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.items())
def test_a_refusal_names_the_obstacle(content: str, reason: str) -> None:
    _, (fixed,) = fix_of(content, FixOptions())
    assert (fixed.edits, fixed.plan.changes) == ((), ())
    assert any(reason in each.text for each in fixed.plan.blockers)


def test_another_user_is_set_in_host_mode() -> None:
    content = '{"networkMode": "host", "containerDefinitions": [{"name": "web", "image": "example/web"}]}'
    policy = Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})
    fix, (fixed,) = fix_of(content, FixOptions(user="1000:1000"), policy)
    assert [(each.path, each.new) for each in fixed.plan.changes] == [("containerDefinitions.0.user", "1000:1000")]
    assert fix.text_with([fixed]).value["containerDefinitions"] == [
        {"user": "1000:1000", "name": "web", "image": "example/web"}
    ]


def test_the_next_steps_name_the_network_and_what_is_not_registered() -> None:
    content = '{"taskDefinition": {"containerDefinitions": [], "taskDefinitionArn": "arn:a:1", "status": "ACTIVE"}}'
    network = Network(("subnet-1", "subnet-2"), ("sg-1",))
    fix, fixed = fix_of(content, FixOptions(run_elsewhere=True, network=network))
    network_step, register_step = fix.next_steps(fixed)
    assert "'awsvpcConfiguration={subnets=[subnet-1,subnet-2],securityGroups=[sg-1]}'" in network_step
    assert "without taskDefinitionArn, revision, status" in register_step
