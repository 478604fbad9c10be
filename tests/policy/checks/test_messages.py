"""Every text the gate can show, held by the table in messages.md: for each check, launch type and operating system."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ecs_guard_aspects.policy import Exemption, Finding, Policy, Profile, evaluate_template
from tests.code_lines import without_lines

from ..support import (
    ABSENT,
    STRICT,
    TASK_DEFINITION,
    HasFamily,
    Raises,
    container,
    equals,
    host,
    if_,
    judge,
    parameter,
    ref,
    task_definition,
)

TABLE = Path(__file__).with_name("messages.md")

LAUNCH_TYPES: dict[str, Any] = {
    "none given": ABSENT,
    "EC2": ["EC2"],
    "FARGATE": ["FARGATE"],
    "EXTERNAL": ["EXTERNAL"],
    "MANAGED_INSTANCES": ["MANAGED_INSTANCES"],
    "EC2+FARGATE": ["EC2", "FARGATE"],
    "EC2+EXTERNAL": ["EC2", "EXTERNAL"],
    "EC2+MANAGED_INSTANCES": ["EC2", "MANAGED_INSTANCES"],
}
SYSTEMS: dict[str, Any] = {"Linux": ABSENT, "Windows": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


def one(**changes: Any) -> dict[str, Any]:
    return task_definition(ContainerDefinitions=[container(**changes)])


SITUATIONS: dict[str, dict[str, Any]] = {
    "NetworkMode absent": task_definition(NetworkMode=ABSENT),
    "NetworkMode bridge": task_definition(NetworkMode="bridge"),
    "NetworkMode host": task_definition(NetworkMode="host"),
    "NetworkMode none": task_definition(NetworkMode="none"),
    "NetworkMode default": task_definition(NetworkMode="default"),
    "NetworkMode AWSVPC": task_definition(NetworkMode="AWSVPC"),
    "NetworkMode a list": task_definition(NetworkMode=["awsvpc"]),
    "NetworkMode host, User absent": host(container(User=ABSENT)),
    "NetworkMode host, User root": host(container(User="root")),
    "NetworkMode host, User 00": host(container(User="00")),
    "NetworkMode host, User 2147483648": host(container(User="2147483648")),
    "NetworkMode host, Privileged": host(container(Privileged=True)),
    "User absent": one(User=ABSENT),
    "User root": one(User="root"),
    "User 00": one(User="00"),
    "User 2147483648": one(User="2147483648"),
    "User ContainerAdministrator": one(User="ContainerAdministrator"),
    "Privileged": one(Privileged=True),
}
CHECKED = {
    "awsvpc-network-mode": [name for name in SITUATIONS if name.startswith("NetworkMode") and "," not in name],
    "host-mode-root-user": [f"NetworkMode host, User {user}" for user in ("absent", "root", "00", "2147483648")],
    "host-mode-privileged": ["NetworkMode host, Privileged"]
    + [f"NetworkMode host, User {user}" for user in ("root", "00", "2147483648")],
    "no-host-network-mode": ["NetworkMode host"],
    "no-privileged-containers": ["Privileged"],
    "non-root-user": ["User absent", "User root", "User 00", "User 2147483648"],
    "non-admin-windows-user": ["User absent", "User ContainerAdministrator"],
}


class Row(NamedTuple):
    """Heading, situation, operating system and launch type (both empty where they make no difference), text."""

    heading: str
    situation: str
    system: str
    launch_type: str
    text: str


def tables() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of the tables, each with the heading above it, by the names of the columns."""
    heading, columns = "", []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading, columns = line[3:], []
        elif line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if columns:
                yield heading, dict(zip(columns, cells, strict=True))
            columns = columns or cells


def rows() -> Iterator[Row]:
    situation = ""
    for heading, cells in tables():
        situation = cells["Situation"] or situation
        parts = [cells["What"], cells["Why"], cells.get("Note", ""), cells["Fix"]]
        text = "\n".join(part for part in parts if part)
        places = [
            (system, launch_type.strip())
            for system in SYSTEMS
            for launch_type in filter(None, cells.get(system, "").split(","))
        ]
        yield from (Row(heading, situation, *place, text) for place in places or [("", "")])


TEXTS = list(rows())
OF_CHECKS = [row for row in TEXTS if row.heading in CHECKED]
OF_THE_GATE = [row for row in TEXTS if row.heading not in CHECKED]


def text_of(finding: Finding) -> str:
    return "\n".join([finding.message, *finding.notes, finding.remedy])


@pytest.mark.parametrize("row", OF_CHECKS, ids=lambda row: "; ".join(row[:4]))
def test_the_text_of_a_violation(row: Row) -> None:
    changes = {"RequiresCompatibilities": LAUNCH_TYPES[row.launch_type], "RuntimePlatform": SYSTEMS[row.system]}
    properties = SITUATIONS[row.situation] | {name: value for name, value in changes.items() if value is not ABSENT}
    texts = [text_of(finding) for finding in judge(properties, STRICT) if finding.check == row.heading]
    assert texts == ([] if row.text == "(passes)" else [row.text])


def test_the_table_has_every_check_situation_system_and_launch_type_once() -> None:
    wanted = [
        (check, situation, system, launch_type)
        for check, situations in CHECKED.items()
        for situation in situations
        for system in SYSTEMS
        for launch_type in LAUNCH_TYPES
    ]
    assert Counter(row[:4] for row in OF_CHECKS) == Counter(wanted)


def test_every_violation_says_what_why_and_what_to_do_in_a_line_each() -> None:
    for row in OF_CHECKS:
        lines = row.text.splitlines()
        assert len(lines) == 3 or row.text == "(passes)"
        assert all(line.endswith((".", ")")) for line in lines)


# --- what the gate says besides ------------------------------------------------------------------------------------

TODAY = datetime.date(2026, 6, 1)


def exempt(days: int, **fields: Any) -> Policy:
    exemption = Exemption(
        check="awsvpc-network-mode",
        path="Task",
        reason="moves in Q3",
        owner="team-a",
        expires=TODAY + datetime.timedelta(days),
        **fields,
    )
    return Policy(exemptions=[exemption], today=TODAY)


def exempted(days: int, **fields: Any) -> list[Finding]:
    return judge(task_definition(NetworkMode="bridge"), exempt(days, **fields))


def resources(**resources: Any) -> list[Finding]:
    return evaluate_template({"Resources": {name.replace("__", "::"): value for name, value in resources.items()}})


SWITCHES = [f"P{number}" for number in range(10)]
BROAD = {
    "Parameters": {name: parameter("0", "1") for name in SWITCHES},
    "Conditions": {"AllOn": equals({"Fn::Join": ["", [ref(name) for name in SWITCHES]]}, "1" * len(SWITCHES))},
}
LOOP = {"Task${Name}": {"Type": TASK_DEFINITION}}
CASES: dict[str, Any] = {
    "A parameter": lambda: judge(task_definition(NetworkMode=ref("Mode")), Parameters={"Mode": parameter()}),
    "An SSM parameter": lambda: judge(
        task_definition(NetworkMode=ref("Mode")), Parameters={"Mode": {"Type": "AWS::SSM::Parameter::Value<String>"}}
    ),
    "A pseudo parameter": lambda: judge(task_definition(NetworkMode=ref("AWS::Region"))),
    "A reference to a resource": lambda: judge(task_definition(NetworkMode=ref("Bucket"))),
    "An attribute": lambda: judge(host(container(User={"Fn::GetAtt": ["Bucket", "Arn"]}))),
    "An attribute in a text": lambda: judge(host(container(User={"Fn::Sub": "${Bucket.Arn}"}))),
    "A user that Service Catalog fills in": lambda: judge(host(container(User="[[servicecatalog:provisioner/uid]]"))),
    "What a change set does not know": lambda: judge(task_definition(NetworkMode="{{changeSet:KNOWN_AFTER_APPLY}}")),
    "A dynamic reference": lambda: judge(task_definition(NetworkMode="{{resolve:ssm:/mode}}")),
    "An undefined condition": lambda: judge(task_definition(NetworkMode=if_("C", "awsvpc", "host"))),
    "A condition defined by itself": lambda: judge(
        task_definition(NetworkMode=if_("C", "awsvpc", "host")), Conditions={"C": {"Fn::Not": [{"Condition": "C"}]}}
    ),
    "A condition on an attribute": lambda: judge(
        task_definition(NetworkMode=if_("C", "awsvpc", "host")),
        Conditions={"C": equals({"Fn::GetAtt": ["Bucket", "Arn"]}, "x")},
    ),
    "A key that is in no mapping": lambda: judge(task_definition(NetworkMode={"Fn::FindInMap": ["M", "a", "b"]})),
    "More reasons than fit": lambda: judge(
        host(container(User=ref("A"), Privileged=ref("B"))) | {"NetworkMode": if_("Undefined", ref("C"), ref("C"))},
        Parameters={name: parameter() for name in "ABC"},
    ),
    "More combinations than are looked at": lambda: judge(
        task_definition(NetworkMode="host"), condition="AllOn", **BROAD
    ),
    "Each check": lambda: judge({"Fn::Transform": {"Name": "M"}}, STRICT),
    "Properties": lambda: judge([], Policy(profile=Profile.CYSCALE)),
    "ContainerDefinitions": lambda: judge(task_definition(ContainerDefinitions="app")),
    "A container": lambda: judge(host("app") | {"NetworkMode": "awsvpc"}),
    "User": lambda: judge(one(User=["root"]) | {"NetworkMode": "host"}),
    "A custom check": lambda: judge(task_definition(), Policy(checks=[Raises()])),
    "A custom check that cannot be decided": lambda: judge(ref("X"), Policy(checks=[HasFamily()])),
    "A resource that is a list": lambda: resources(Task=[]),
    "A resource without Type": lambda: resources(Task={}),
    "A resource whose Type is not a text": lambda: resources(Task={"Type": ["AWS::ECS::TaskDefinition"]}),
    "Fn::ForEach": lambda: resources(Fn__ForEach__Tasks=["Name", ["a"], LOOP]),
    "Fn::ForEach of resources without Type": lambda: resources(Fn__ForEach__Tasks=["Name", ["a"], {"Task${Name}": {}}]),
    "Fn::Transform": lambda: resources(Fn__Transform={}),
    "A macro": lambda: evaluate_template({"Resources": {}, "Transform": "Mine"}),
    "A nested stack": lambda: resources(Far={"Type": "AWS::CloudFormation::Stack"}),
    "A product of Service Catalog": lambda: resources(Product={"Type": "AWS::ServiceCatalog::CloudFormationProduct"}),
    "A product of Service Catalog that is provisioned": lambda: resources(
        Product={"Type": "AWS::ServiceCatalog::CloudFormationProvisionedProduct"}
    ),
    "A stack set": lambda: resources(Stacks={"Type": "AWS::CloudFormation::StackSet"}),
    "A serverless application": lambda: resources(App={"Type": "AWS::Serverless::Application"}),
    "A module": lambda: resources(Service={"Type": "Acme::Ecs::Service::MODULE"}),
    "A loop of nested stacks": lambda: resources(
        Fn__ForEach__Stacks=["Name", ["a"], {"S${Name}": {"Type": "AWS::CloudFormation::Stack"}}]
    ),
    "Privileged in host mode, let pass by the profile": lambda: judge(host(container(Privileged=True)), Policy()),
    "15 days left": lambda: exempted(15),
    "14 days left": lambda: exempted(14, ticket="OPS-1"),
    "13 days left": lambda: exempted(13, ticket="OPS-1"),
    "1 day left": lambda: exempted(1),
    "The last day": lambda: exempted(0),
    "Expired": lambda: exempted(-1),
    "Stale": lambda: judge(task_definition(), exempt(100, family="web")),
}
# Where only one text of several is of interest
ABOUT = {
    "More reasons than fit": "host-mode-root-user",
    "A parameter": "awsvpc-network-mode",
    "An SSM parameter": "awsvpc-network-mode",
    "An attribute": "host-mode-root-user",
    "An attribute in a text": "host-mode-root-user",
    "A user that Service Catalog fills in": "host-mode-root-user",
    "User": "host-mode-root-user",
    "More combinations than are looked at": "awsvpc-network-mode",
    "A custom check that cannot be decided": "has-family",
    "Privileged in host mode, let pass by the profile": "host-mode-privileged",
}


def case_texts(name: str) -> list[str]:
    texts = [text_of(f) for f in CASES[name]() if ABOUT.get(name) in (None, f.check)]
    return [without_lines(text) for text in texts]


@pytest.mark.parametrize("name", CASES)
def test_the_other_texts(name: str) -> None:
    assert case_texts(name) == [row.text for row in OF_THE_GATE if row.situation == name]


def test_the_table_has_no_other_texts() -> None:
    assert {row.situation for row in OF_THE_GATE} == set(CASES)


# --- what no text may say ------------------------------------------------------------------------------------------

# Each is the quickest way from exit 1 to exit 0, and makes things worse.
WEAKENS = [
    r"(?i)(?<!remove )\bprivileged\b",
    r"(?i)\bto host\b",
    r"(?i)(set|give|leave) user.{0,20}(\bout|(?<!non-)root|\b0\b)",
    r"(?i)switch(ed)? (it |the \w+ )?off|disable|turn (it )?off|skip|ignore",
    r"(?i)enforcement|unresolved=|--no-|Enforcement\.",
    r"(?i)all capabilities|\bALL\b",
]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: "; ".join(row[:4]))
def test_no_text_proposes_what_weakens_security(row: Row) -> None:
    remedy = row.text.splitlines()[-1]
    assert [pattern for pattern in WEAKENS if re.search(pattern, remedy)] == []


@pytest.mark.parametrize(
    "remedy",
    [
        'Set User to "1000:1000", or NetworkMode to awsvpc; if it must own the instance, say so with Privileged: true.',
        "Set Privileged to true.",
        "Set privileged=True.",
        "Set NetworkMode to host.",
        "Leave User out.",
        "Mend the check raises, or switch it off in the policy meanwhile.",
        "Or give Policy(unresolved=Enforcement.WARN).",
    ],
)
def test_such_a_text_would_be_found(remedy: str) -> None:
    assert any(re.search(pattern, remedy) for pattern in WEAKENS)


def test_no_text_calls_one_mode_the_only_one_of_ecs_anywhere_on_linux() -> None:
    # ECS Anywhere has bridge, host and none; on Windows it has no other than the default.
    for row in TEXTS:
        if row.system != "Windows":
            assert not re.search(r"(?i)\bits only (mode|choice)\b|only bridge|bridge only", row.text)
