"""The fix of a template in a file: what only its text, or what is not in it, has against a plan."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION, Resource
from ecs_guard_aspects.policy import Policy, Profile
from ecs_guard_aspects.policy.enforcement import Enforcement
from ecs_guard_aspects.policy.exemptions import Exemption
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.remediation.text_edits.edits import Edit
from ecs_guard_aspects.remediation.text_edits.fixed import Fixed, NotAsPlannedError
from ecs_guard_aspects.remediation.text_edits.template_fix import Template, TemplateFix
from ecs_guard_aspects.sources.cloudformation.template_file import origins_in
from ecs_guard_aspects.sources.recognition import recognize
from ecs_guard_aspects.sources.text.read import read_text

from ..support import texts

PLAIN = FixOptions(run_elsewhere=True)
USER = FixOptions(run_elsewhere=True, may_change_addresses=True, may_replace_root=True, user="1000:1000")
TASK = """
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      NetworkMode: bridge
"""
SERVICE = """
  Svc:
    Type: AWS::ECS::Service
    Properties:
      Cluster: c
      TaskDefinition: !Ref Task
"""
INSTANCE = """
  Host:
    Type: AWS::EC2::Instance
    Metadata:
      AWS::CloudFormation::Init: {config: {commands: {a: {command: aws ecs run-task --task-definition shop}}}}
"""
NET = """
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Late:
    Type: AWS::EC2::Subnet
    DependsOn: Svc
    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}
Parameters:
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
  One: {Type: AWS::EC2::Subnet::Id}
"""


def fix_of(text: str, options: FixOptions = PLAIN) -> tuple[TemplateFix, Any]:
    read = read_text(text)
    document = recognize("a.yaml", read)
    assert document is not None
    items = {item.name: item for item in document.items}
    return TemplateFix(Template("a.yaml", read, origins_in("a.yaml", read)), options), items["Task"]


def fixed(text: str, options: FixOptions = PLAIN, policy: Policy = Policy()) -> Fixed:
    fix, task = fix_of(text, options)
    return fix.fix_task_definition(task, policy)


def test_what_nothing_in_the_template_runs_is_refused_unless_it_is_permitted() -> None:
    """As at synth: what runs it from elsewhere would need a network."""
    text = f"Resources:{TASK}"

    assert fixed(text, FixOptions()).edits == ()
    assert [blocker.lifted_by for blocker in fixed(text, FixOptions()).plan.blockers] == ["run_elsewhere=True"]
    assert [change.path for change in fixed(text).plan.changes] == ["NetworkMode"]


def test_an_output_that_names_it_is_refused_unless_it_is_permitted() -> None:
    """At synth too: who reads the output may run the task."""
    text = f"Resources:{TASK}{SERVICE}Outputs:\n  Arn: {{Value: !Sub '${{Task}}'}}\n"
    network = Network(("subnet-1",))

    assert fixed(text, FixOptions(network=network)).edits == ()
    assert fixed(text, FixOptions(network=network, run_elsewhere=True)).edits != ()


REFUSED = [
    ("Transform: Mine\nResources:" + TASK, "a macro changes this template at deployment"),
    (f"Resources:{TASK}  Fn::Transform: {{Name: AWS::Include}}\n", "Fn::Transform makes resources at deployment"),
    (f"Resources:{TASK}  Fn::ForEach::X: [I, [a], {{}}]\n", "Fn::ForEach::X makes resources at deployment"),
    (f"Resources:{TASK}  Other:\n    Type: A\n    Fn::Transform: {{}}\n", "a macro changes Other at deployment"),
    (
        f"Resources:{TASK}Parameters:\n  M: {{Type: String, AllowedValues: [host]}}\n".replace("bridge", "!Ref M"),
        "NetworkMode is ${M}: change what decides it",
    ),
    (f"Resources:{TASK}".replace("bridge", "!Ref AWS::NoValue"), "NetworkMode is ${AWS::NoValue}: change what"),
    (f"Resources:{TASK}".replace("bridge", "&m bridge"), "Properties/NetworkMode has an anchor or a tag"),
    (f"Resources:{TASK}".replace("bridge", ">-\n        bridge"), "Properties/NetworkMode is not written on one line"),
    (
        f"Resources:{TASK}".replace("      Family", "      NetworkMode: host\n      Family"),
        "Properties/NetworkMode is repeated",
    ),
    (f"Resources:{TASK}{SERVICE}", "service a.yaml/Svc has no NetworkConfiguration"),
    (
        f"Resources:{TASK}{INSTANCE}",
        "a.yaml/Host (AWS::EC2::Instance) names it at Metadata.AWS::CloudFormation::Init.config.commands.a.command",
    ),
    ("Resources:\n  Task: {Type: AWS::ECS::TaskDefinition}", "Properties is not written here, so nothing can be"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_is_refused(text: str, reason: str) -> None:
    done = fixed(text)
    assert done.edits == ()
    assert done.plan.changes == ()
    assert [said for said in texts(done.plan) if said.startswith(reason)]


GIVEN = [
    (("subnet-1",), "Subnets: [subnet-1]"),
    (("${Subnets}",), "Subnets: !Ref Subnets"),
    (("${One}", "${Subnet}"), "Subnets: [!Ref One, !Ref Subnet]"),
    (("{{resolve:ssm:/net/a}}",), 'Subnets: ["{{resolve:ssm:/net/a}}"]'),
]


@pytest.mark.parametrize(("subnets", "line"), GIVEN)
def test_a_network_of_the_template(subnets: tuple[str, ...], line: str) -> None:
    fix, task = fix_of(f"Resources:{TASK}{SERVICE}{NET}", FixOptions(run_elsewhere=True, network=Network(subnets)))
    text = fix.text_with([fix.fix_task_definition(task, Policy())]).content
    assert line in [each.strip() for each in text.splitlines()]


@pytest.mark.parametrize(
    ("subnet", "reason"),
    [
        ("${Public}", "subnet a.yaml/Public is public"),
        ("${Late}", "a.yaml/Svc would be given a.yaml/Late, which depends on it or its stack"),
    ],
)
def test_a_network_that_does_not_fit(subnet: str, reason: str) -> None:
    done = fixed(f"Resources:{TASK}{SERVICE}{NET}", FixOptions(run_elsewhere=True, network=Network((subnet,))))
    assert [said for said in texts(done.plan) if said.startswith(reason)]


NEW = [
    (
        ("${Tasks}",),
        ("${Groups}",),
        {"Tasks": "List<AWS::EC2::Subnet::Id>", "Groups": "List<AWS::EC2::SecurityGroup::Id>"},
    ),
    (("${One}", "${Two}"), (), {"Two": "AWS::EC2::Subnet::Id"}),
    (("${Subnets}",), ("sg-1",), {}),
]


@pytest.mark.parametrize(("subnets", "groups", "added"), NEW)
def test_a_name_that_the_template_does_not_have_becomes_a_parameter(
    subnets: tuple[str, ...], groups: tuple[str, ...], added: dict[str, str]
) -> None:
    text = f"Resources:{TASK}{SERVICE}{NET}"
    fix, task = fix_of(text, FixOptions(run_elsewhere=True, network=Network(subnets, groups)))
    value: Any = fix.text_with([fix.fix_task_definition(task, Policy())]).value
    before: Any = read_text(text).value
    declared = {name: each["Type"] for name, each in value["Parameters"].items() if name not in before["Parameters"]}
    assert declared == added
    awsvpc = value["Resources"]["Svc"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    named = {name: {"Ref": name} for name in (*before["Parameters"], *added)}
    expected = [named[name[2:-1]] for name in subnets]
    assert awsvpc["Subnets"] == (expected[0] if len(expected) == 1 else expected)


def test_two_task_definitions_need_one_parameter() -> None:
    other = f"{TASK}{SERVICE}".replace("Task", "Other", 1).replace("Svc", "User").replace("!Ref Task", "!Ref Other")
    text = f"Resources:{TASK}{SERVICE}{other.replace('shop', 'other')}{NET}"
    read = read_text(text)
    document = recognize("a.yaml", read)
    assert document is not None
    options = FixOptions(network=Network(("${Tasks}",)))
    fix = TemplateFix(Template("a.yaml", read, origins_in("a.yaml", read)), options)
    tasks = [item for item in document.items if isinstance(item, Resource)]
    after = fix.text_with([fix.fix_task_definition(task, Policy()) for task in tasks]).content
    assert (after.count("NetworkMode: awsvpc"), after.count("  Tasks:\n")) == (2, 1)


ADDED = 'Parameters:\n  S:\n    Type: "List<AWS::EC2::Subnet::Id>"\n    Description: "...'
ADDED += '"\n  G:\n    Type: "List<AWS::EC2::SecurityGroup::Id>"\n    Description: "..."\n'
IN_JSON = '"Parameters": {"S": {"Type": "List<AWS::EC2::Subnet::Id>", "Description": "..."}, '
IN_JSON += '"G": {"Type": "List<AWS::EC2::SecurityGroup::Id>", "Description": "..."}}'
ROWS = f"Resources:{TASK}{SERVICE}"
JSON_TASK = '"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": []}}'
JSON_SERVICE = '"V": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Task"}}}'
JSON_ROWS = f'"Resources": {{{JSON_TASK}, {JSON_SERVICE}}}'
WITHOUT_PARAMETERS = [
    (f"Description: d\n\n# below\n{ROWS}", f"Description: d\n\n{ADDED}# below\nResources:"),
    (f"Description: d\nParameters: {{}}\n{ROWS}", f"Description: d\n{ADDED}Resources:"),
    (f"Parameters:\n{ROWS}", f"{ADDED}Resources:"),
    (f"Parameters: {{}}  # none\n{ROWS}", f"{ADDED.rstrip()}  # none\nResources:"),
    (f'{{"Description": "d", {JSON_ROWS}}}', f'{{"Description": "d", {IN_JSON}, "Resources"'),
    (f'{{"Parameters": {{}}, {JSON_ROWS}}}', f'{{{IN_JSON}, "Resources"'),
]


@pytest.mark.parametrize(("text", "start"), WITHOUT_PARAMETERS)
def test_a_template_without_parameters_gets_them(text: str, start: str) -> None:
    fix, task = fix_of(text, FixOptions(run_elsewhere=True, network=Network(("${S}",), ("${G}",))))
    done = fix.fix_task_definition(task, Policy())
    after = re.sub(r'("?Description"?: )"[^"]{20,}"', r'\1"..."', fix.text_with([done]).content)
    assert after.startswith(start)


EMPTY = [
    "{}",
    "",
    "!Ref AWS::NoValue",
    "{AwsvpcConfiguration: {Subnets: [], AssignPublicIp: DISABLED}}",
    "\n        AwsvpcConfiguration:\n          Subnets: !Ref AWS::NoValue\n          SecurityGroups: []",
]


@pytest.mark.parametrize("written", EMPTY)
def test_a_network_configuration_that_names_nothing_is_replaced(written: str) -> None:
    text = f"Resources:{TASK}{SERVICE}      NetworkConfiguration: {written}\n"
    fix, task = fix_of(text, FixOptions(run_elsewhere=True, network=Network(("subnet-1",))))
    edited = fix.text_with([fix.fix_task_definition(task, Policy())])
    assert edited.value["Resources"]["Svc"]["Properties"]["NetworkConfiguration"] == {
        "AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "DISABLED"}
    }


def test_a_reason_names_the_resource_that_runs_it() -> None:
    text = f"Resources:{TASK}{SERVICE}      NetworkConfiguration: &none {{}}\n      Tags: *none\n"
    reason = "a.yaml/Svc: Properties/NetworkConfiguration is empty: remove it"
    assert texts(fixed(text, FixOptions(run_elsewhere=True, network=Network(("subnet-1",)))).plan) == [reason]


STILL_DENIED = (
    "no User is set, because its network mode would still be denied: exempt the mode first, if it has to stay as it is"
)
HOST = """Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: host
      ContainerDefinitions:
        - Name: a
          Links: [b]
        - {Name: b, User: "0"}
        - Name: c
          User: app
"""


def test_where_awsvpc_is_refused_and_stays_denied_nothing_is_changed() -> None:
    done = fixed(HOST, USER)
    assert texts(done.plan) == ["container a uses links, which only bridge mode has", STILL_DENIED]
    assert done.edits == ()


NO_MODE = Policy(enforcement={"awsvpc-network-mode": Enforcement.OFF})


def test_what_awsvpc_is_refused_may_get_another_user_where_that_is_enough() -> None:
    fix, task = fix_of(HOST, USER)
    done = fix.fix_task_definition(task, NO_MODE)
    assert texts(done.plan) == ["container a uses links, which only bridge mode has"]
    expected = HOST.replace("- Name: a", '- User: "1000:1000"\n          Name: a').replace('"0"', '"1000:1000"')
    assert fix.text_with([done]).content == expected


def test_an_exempt_container_keeps_its_user() -> None:
    exemption = Exemption(
        check="host-mode-root-user", path="a.yaml/Task", container="a", reason="r", owner="o", expires="2999-01-01"
    )
    done = fixed(HOST, USER, replace(NO_MODE, exemptions=(exemption,)))
    assert [change.path for change in done.plan.changes] == ["ContainerDefinitions.1.User"]


def exempt(check: str, until: str = "2999-01-01", container: str = "") -> str:
    return f"# ecs-guard: ignore[{check}] owner=o until={until} {container} reason"


# an exemption beside the task definition, the changes that are made all the same
IN_PLACE = [
    (exempt("host-mode-root-user", container="container=a"), ["ContainerDefinitions.1.User"]),
    (exempt("host-mode-root-user"), []),
    (exempt("host-mode-root-user", "2001-01-01"), ["ContainerDefinitions.0.User", "ContainerDefinitions.1.User"]),
    (exempt("awsvpc-network-mode"), ["ContainerDefinitions.0.User", "ContainerDefinitions.1.User"]),
]


@pytest.mark.parametrize(("comment", "changes"), IN_PLACE)
def test_what_is_exempt_inline_is_left_alone(comment: str, changes: list[str]) -> None:
    done = fixed(HOST.replace("\n  Task:", f"\n  {comment}\n  Task:"), USER, NO_MODE)
    assert [change.path for change in done.plan.changes] == changes


def test_an_exemption_that_ends_soon_still_admits() -> None:
    exemption = Exemption(check="no-host-network-mode", path="**", reason="r", owner="o", expires="2030-01-10")
    policy = Policy(Profile.SECURITY_HUB, exemptions=(exemption,), today=datetime.date(2030, 1, 9))
    assert fixed(f"Resources:{TASK}".replace("bridge", "host"), policy=policy).plan.changes == ()


def test_what_the_policy_admits_is_left_alone() -> None:
    assert fixed(f"Resources:{TASK}", policy=Policy(Profile.CYSCALE)).plan.changes == ()


def test_a_text_that_says_something_else_is_not_given_out() -> None:
    fix, task = fix_of(f"Resources:{TASK}")
    done = fix.fix_task_definition(task, Policy())
    for wrong in (Edit(0, 0, "x: 1\n"), Edit(0, 0, "["), done.edits[0]._replace(text="host")):
        edits = (wrong,) if wrong.start else (*done.edits, wrong)
        with pytest.raises(NotAsPlannedError):
            fix.text_with([Fixed(task, done.plan, edits)])


def test_json_too() -> None:
    template = {"Resources": {"Task": {"Type": TASK_DEFINITION, "Properties": {"Family": "f"}}}}
    text = json.dumps(template, indent=2)
    fix, task = fix_of(text)
    assert fix.text_with([fix.fix_task_definition(task, Policy())]).content == text.replace(
        '        "Family"', '        "NetworkMode": "awsvpc",\n        "Family"'
    )


def test_a_blocker_says_what_lifts_it() -> None:
    blockers = fixed(f"Resources:{TASK}{SERVICE}").plan.blockers
    assert [each.lifted_by.startswith("network=") for each in blockers] == [True]
