"""``ecs-guard fix``: what it edits and refuses, its exit codes and messages, and that no file is written in part."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ecs_guard_aspects.gates.command_line.fix import command as fix_module
from ecs_guard_aspects.gates.command_line.write_file import write_file
from ecs_guard_aspects.policy.judging.judge import judge
from ecs_guard_aspects.remediation.text_edits.edits import Edit, TextEditor
from ecs_guard_aspects.sources.text.json_text import read_json
from ecs_guard_aspects.sources.text.yaml_text import read_yaml

from ..conftest import Repository, template

# What no resource of a template runs, and what may lose an address, is refused otherwise: most tests are not about it.
FIX = ("fix", "--run-elsewhere", "--change-addresses")
TASK = """Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      NetworkMode: bridge # as ever
      ContainerDefinitions:
        - Name: web
          Environment:
            - {Name: PASSWORD, Value: hunter2}
          PortMappings:
            - HostPort: 0
              ContainerPort: 80
"""
SERVICE = """  Svc:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
"""
MACHINE = """  Run:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: run.json
"""
FIXED = TASK.replace("bridge", "awsvpc").replace("HostPort: 0\n              ", "")
SHOP = "Resources: {Svc: {Type: AWS::ECS::Service, Properties: {TaskDefinition: shop}}}"
BROKEN = "AWS::ECS::TaskDefinition: ["
DAEMON = TASK + SERVICE + "      SchedulingStrategy: DAEMON\n"

# files, words, exit code without and with --write, and something of standard error
EXIT_CODES: list[tuple[dict[str, str | bytes], list[str], int, int, str]] = [
    ({"a.yaml": TASK}, [], 1, 0, "1 of 1 denied task definition"),
    ({"a.yaml": FIXED}, [], 0, 0, "nothing to fix"),
    (
        {"a.yaml": TASK, "b.yaml": DAEMON},
        [],
        1,
        1,
        "b.yaml:6: b.yaml/Task is not fixed: service b.yaml/Svc is a DAEMON",
    ),
    ({"a.yaml": TASK, "b.yaml": BROKEN}, [], 2, 2, "b.yaml cannot be read"),
    (
        {"a.yaml": TASK + SERVICE},
        [],
        1,
        1,
        "(--subnets and --security-groups give it one, also '${Name}' for a new parameter)",
    ),
    ({"a.yaml": TASK + SERVICE}, ["--subnets", "subnet-1"], 1, 0, "1 of 1 denied task definition"),
    ({"a.yaml": TASK}, ["--no-awsvpc"], 1, 1, "a.yaml:6: a.yaml/Task stays denied by awsvpc-network-mode"),
    (
        {"a.yaml": TASK.replace("bridge", "host")},
        ["--no-awsvpc"],
        1,
        1,
        "sets another user. (--user UID[:GID] sets one)",
    ),
    ({"a.yaml": TASK}, ["--profile", "cyscale"], 0, 0, "nothing to fix"),
    ({"a.yaml": TASK}, ["--exclude", "a.yaml"], 0, 0, "nothing to fix"),
    (
        {"a.json": json.dumps({"containerDefinitions": []})},
        [],
        1,
        0,
        "a.json: what runs its tasks must give them a network: run-task, create-service and update-service",
    ),
    (
        {"a.json": '{"family": "shop", "containerDefinitions": []}', "b.yaml": SHOP},
        ["a.json", "b.yaml"],
        1,
        1,
        "names its family at TaskDefinition: from here it cannot be given a network (if it passes one, name this file",
    ),
    (
        {"a.json": template("host").replace("Properties", 'Metadata": {"aws:cdk:path": ""},"Properties', 1)},
        [],
        1,
        1,
        "is written by `cdk synth`",
    ),
    (
        {"manifest.json": '{"artifacts": {"S": {"type": "aws:cloudformation:stack"}}}', "s/a.yaml": TASK},
        ["s/a.yaml"],
        1,
        1,
        "of a cloud assembly",
    ),
    ({"manifest.json": '{"artifacts": ["a.zip"]}', "a.yaml": TASK}, [], 1, 0, "1 of 1 denied task definition"),
    ({"a.yaml": TASK.encode("utf-16")}, [], 1, 1, "is not in UTF-8"),
    (
        {"a.yaml": TASK + MACHINE, "run.json": '{"States": {"Run": {"Parameters": {"TaskDefinition": "shop"}}}}'},
        ["a.yaml"],
        1,
        1,
        "a.yaml/Task is not fixed: state machine a.yaml/Run runs it without a NetworkConfiguration",
    ),
]


@pytest.mark.parametrize(
    ("files", "words", "shown", "written", "said"), EXIT_CODES, ids=[row[-1] for row in EXIT_CODES]
)
def test_exit_codes(
    files: dict[str, str | bytes], words: list[str], shown: int, written: int, said: str, repository: Repository
) -> None:
    for name, content in files.items():
        repository.put(name, content)
    paths = [] if any(word in files for word in words[:1]) else ["."]
    for code, extra in ((shown, []), (written, ["--write"])):
        run = repository.run(*FIX, *words, *paths, *extra)
        assert run.code == code, run.err
        assert said in run.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name the templates to fix"),
        (["-"], "standard input cannot be fixed"),
        (["nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_what_it_cannot_do(words: list[str], said: str, repository: Repository) -> None:
    run = repository.run(*FIX, *words)
    assert run.code == 2
    assert said in run.err
    assert "nothing to fix" not in run.err


DIFF = """--- a/a.yaml
+++ b/a.yaml
@@ -3,7 +3,7 @@
     Type: AWS::ECS::TaskDefinition
     Properties:
       Family: shop
-      NetworkMode: bridge # as ever
+      NetworkMode: awsvpc # as ever
       ContainerDefinitions:
         - Name: web
           Environment:
@@ -11,3 +11,2 @@
           PortMappings:
-            - HostPort: 0
-              ContainerPort: 80
+            - ContainerPort: 80
"""


def test_without_write_it_shows_a_diff_and_no_environment(repository: Repository) -> None:
    path = repository.put("a.yaml", TASK)
    run = repository.run(*FIX, "a.yaml")
    assert run.out == DIFF
    assert path.read_text() == TASK


SHOP = """# The shop
Resources:
  Task: # runs on instances
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop
      NetworkMode: bridge   # SHOP-7
      ContainerDefinitions:
        - Name: web
          Image: nginx
          Environment:
            - Name: PASSWORD
              Value: hunter2
          PortMappings:
            - HostPort: 0
              ContainerPort: 80
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
Parameters:
  Cluster: {Type: String}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
"""


def test_the_examples_of_the_page(repository: Repository) -> None:
    page = (Path(__file__).parents[4] / "docs" / "auto-fix.md").read_text(encoding="utf-8")
    repository.put("infra/shop.yaml", SHOP)
    run = repository.run(*FIX, "infra", "--subnets", "${Subnets}")
    assert f"$ ecs-guard fix infra --subnets '${{Subnets}}'\n{run.out}{run.err}$ echo $?\n{run.code}\n" in page
    assert repository.run(*FIX, "infra").err.splitlines()[0] in page


def test_only_templates_are_deployed(repository: Repository) -> None:
    repository.put("a.json", '{"NetworkMode": "bridge", "ContainerDefinitions": []}')
    assert "A deployment" not in repository.run("fix", "a.json", "--run-elsewhere").err


def test_what_a_deployment_needs_is_said_once(repository: Repository) -> None:
    service = "  {0}Svc:\n    Type: AWS::ECS::Service\n    Properties: {{TaskDefinition: !Ref {0}}}\n"
    task = "  {0}:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {{ContainerDefinitions: []}}\n"
    repository.put("a.yaml", "Resources:\n" + "".join((task + service).format(name) for name in "AB"))
    assert repository.run("fix", "a.yaml", "--subnets", "${Subnets}").err.count("Every deployment must give") == 1


def test_with_write_it_says_what_was_changed_from_what(repository: Repository) -> None:
    path = repository.put("a.yaml", TASK)
    run = repository.run(*FIX, "a.yaml", "--write")
    assert path.read_text() == FIXED
    assert run.out == (
        'a.yaml:6: a.yaml/Task: NetworkMode from "bridge" to "awsvpc"\n'
        "a.yaml:12: a.yaml/Task: ContainerDefinitions.0.PortMappings.0.HostPort from 0 to nothing\n"
    )
    again = repository.run(*FIX, "a.yaml", "--write")
    assert (again.code, again.out, again.err) == (0, "", "ecs-guard: nothing to fix\n")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [True, False])
def test_bytes_that_are_not_changed_stay(line_end: str, start: bytes, end: bool, repository: Repository) -> None:
    def content(text: str) -> bytes:
        return start + (text if end else text[:-1]).replace("\n", line_end).encode()

    path = repository.put("a.yaml", content(f"# ünï\n{TASK}"))
    path.chmod(0o640)
    assert repository.run(*FIX, "a.yaml", "--write").code == 0
    assert path.read_bytes() == content(f"# ünï\n{FIXED}")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in repository.root.iterdir() if each.is_file()] == ["a.yaml"]


def test_a_line_that_is_long_or_has_an_environment_is_not_shown(repository: Repository) -> None:
    body: dict[str, Any] = {"Family": "f", "ContainerDefinitions": [{"Environment": [{"Value": "hunter2"}]}]}
    repository.put(
        "a.json", json.dumps({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": body}}})
    )
    run = repository.run(*FIX, "a.json")
    assert run.out == (
        'a.json:1:76: "NetworkMode": "awsvpc", is added (the line is not shown: it is long, or may have secrets)\n'
    )


def test_two_task_definitions_in_a_file_and_one_is_refused(repository: Repository) -> None:
    other = TASK.replace("Resources:\n", "").replace("Task:", "Other:").replace("bridge", "none")
    path = repository.put("a.yaml", TASK + other)
    run = repository.run(*FIX, "a.yaml", "--write")
    assert run.code == 1
    assert path.read_text() == FIXED + other
    assert "a.yaml:17: a.yaml/Other is not fixed: NetworkMode none switches the network off on purpose" in run.err
    assert "1 of 2 denied task definitions fixed, 1 file written" in run.err


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::StackSet", "AWS::CloudFormation::Stack"])
def test_a_task_definition_in_an_inline_template_is_refused_and_the_others_are_fixed(
    kind: str, repository: Repository
) -> None:
    body = json.dumps({"Resources": {"T": {"Type": "AWS::ECS::TaskDefinition", "Properties": {}}}})
    inline = f"  S:\n    Type: {kind}\n    Properties:\n      TemplateBody: '{body}'\n"
    path = repository.put("a.yaml", TASK + inline)
    run = repository.run(*FIX, "a.yaml", "--write")
    assert (run.code, path.read_text()) == (1, FIXED + inline)
    assert "a.yaml/S/T is not fixed: it is in an inline template (TemplateBody), which is not edited" in run.err
    assert "1 of 2 denied task definitions fixed, 1 file written" in run.err


def test_nested_templates_are_fixed_each_by_itself(repository: Repository) -> None:
    parent = "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: in/a.yaml}\n"
    repository.put("parent.yaml", parent)
    path = repository.put("in/a.yaml", TASK)
    assert repository.run(*FIX, "parent.yaml", "--write").code == 0
    assert path.read_text() == FIXED


def test_what_is_exempt_is_left_alone(repository: Repository) -> None:
    exemption = {"path": "a.yaml/Task", "reason": "r", "owner": "o", "expires": "2999-01-01"}
    policy = {"exemptions": [{"check": "awsvpc-network-mode", **exemption}]}
    repository.put("ecs-guard.json", json.dumps(policy))
    repository.put("a.yaml", TASK)
    run = repository.run(*FIX, "a.yaml", "--write")
    said = "nothing to fix (policy: ecs-guard.json, profile default)"
    assert (run.code, run.out, run.err) == (0, "", f"ecs-guard: {said}\n")


def test_a_stale_inline_exemption_prevents_no_fix(repository: Repository) -> None:
    comment = "  # ecs-guard: ignore[host-mode-root-user] owner=o until=2999-01-01 reason\n"
    host = TASK.replace("bridge", "host").replace("  Task:", f"{comment}  Task:").replace("HostPort: 0", "HostPort: 80")
    path = repository.put("a.yaml", host)
    assert repository.run(*FIX, "a.yaml", "--write", "--change-addresses").code == 0
    assert path.read_text() == host.replace("Mode: host", "Mode: awsvpc")

    repository.put("ecs-guard.json", json.dumps({"enforcement": {"stale-exemption": "deny"}}))
    run = repository.run(*FIX, "a.yaml")
    assert run.code == repository.check("a.yaml").code == 1
    assert "a.yaml/Task stays denied by stale-exemption" in run.err


def test_a_warning_is_fixed_once_its_exemption_has_ended(repository: Repository) -> None:
    exemption = {"check": "awsvpc-network-mode", "path": "a.yaml/Task", "reason": "r", "owner": "o"}
    policy = {"enforcement": {"awsvpc-network-mode": "warn"}, "exemptions": [{**exemption, "expires": "2020-01-01"}]}
    repository.put("ecs-guard.json", json.dumps(policy))
    path = repository.put("a.yaml", TASK)
    assert repository.run(*FIX, "a.yaml", "--write").code == 0
    assert path.read_text() == FIXED


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_link_is_followed_and_stays_one(repository: Repository) -> None:
    path = repository.put("real/a.yaml", TASK)
    link = repository.root / "link.yaml"
    link.symlink_to(path)
    assert repository.run(*FIX, "link.yaml", "--write").code == 0
    assert link.is_symlink()
    assert path.read_text() == FIXED


def test_a_link_out_of_the_repository_is_not_followed(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.yaml"
    outside.write_text(TASK)
    (repository.root / "link.yaml").symlink_to(outside)
    run = repository.run(*FIX, ".", "--write")
    assert run.code == 1
    assert "is a link to a file outside of the repository" in run.err
    assert outside.read_text() == TASK
    assert repository.run(*FIX, str(outside), "--write").code == 0


HOST = """Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: host
      ContainerDefinitions:
        - {Name: a, Links: [b]}
"""
USER_ONLY = json.dumps({"enforcement": {"awsvpc-network-mode": "off"}})
WARNS = json.dumps({"enforcement": {"awsvpc-network-mode": "warn"}})
CODE = 'resource "aws_ecs_task_definition" "x" {\n  family = "x"\n  container_definitions = "[]"\n}\n'
CODE_IN_JSON = json.dumps({"resource": {"aws_ecs_task_definition": {"x": {"family": "x"}}}})

# files, words, exit code, standard error
DOES = (
    "a.yaml:6: a.yaml/Task: A deployment replaces the task definition, and each task gets a network interface and an"
    " address of its own."
)
SAID: list[tuple[dict[str, str], list[str], int, list[str]]] = [
    (
        {"a.yaml": HOST, "ecs-guard.json": USER_ONLY},
        [],
        1,
        ["1 of 1 denied task definition can be fixed; --write does it"],
    ),
    (
        {"a.yaml": HOST, "ecs-guard.json": USER_ONLY},
        ["--write"],
        0,
        ["1 of 1 denied task definition fixed, 1 file written"],
    ),
    (
        {"a.yaml": HOST},
        [],
        1,
        [
            "a.yaml:5: a.yaml/Task is not fixed: container a uses links, which only bridge mode has",
            (
                "a.yaml:5: a.yaml/Task is not fixed: no User is set, because its network mode would still be denied:"
                " exempt the mode first, if it has to stay as it is"
            ),
            "0 of 1 denied task definition can be fixed",
        ],
    ),
    (
        {"a.yaml": TASK, "ecs-guard.json": WARNS},
        [],
        1,
        [DOES, "nothing is denied; --write fixes findings with warnings"],
    ),
    (
        {"a.yaml": TASK, "ecs-guard.json": WARNS},
        ["--write"],
        0,
        [DOES, "nothing is denied; 1 file written for findings with warnings"],
    ),
    (
        {"a.tf": CODE, "b.tf.json": CODE_IN_JSON},
        [],
        1,
        [
            (
                "a.tf:1: aws_ecs_task_definition.x is not fixed: a.tf is neither a CloudFormation template"
                " nor JSON of the ECS API, and nothing else is edited"
            ),
            (
                "b.tf.json:1: aws_ecs_task_definition.x is not fixed: b.tf.json is neither a CloudFormation"
                " template nor JSON of the ECS API, and nothing else is edited"
            ),
            "0 of 2 denied task definitions can be fixed",
        ],
    ),
    (
        {"a.yaml": TASK.replace("    Properties", "    DependsOn: Task\n    Properties")},
        [],
        1,
        [
            (
                "a.yaml:7: a.yaml/Task is not fixed: a.yaml/Task (AWS::ECS::TaskDefinition) names it at DependsOn and"
                " may run it without a NetworkConfiguration"
                " (set awsvpc in the task definition itself, and pass a networkConfiguration where the task is run)"
            ),
            "0 of 1 denied task definition can be fixed",
        ],
    ),
]


@pytest.mark.parametrize(("files", "words", "code", "said"), SAID)
def test_the_last_line(
    files: dict[str, str], words: list[str], code: int, said: list[str], repository: Repository
) -> None:
    for name, content in files.items():
        repository.put(name, content)
    run = repository.run(*FIX, ".", "--user", "1000:1000", *words)
    policy = " (policy: ecs-guard.json, profile default)" if "ecs-guard.json" in files else ""
    lines = [*said[:-1], f"{said[-1]}{policy}"]
    assert (run.code, run.err.splitlines()) == (code, [f"ecs-guard: {line}" for line in lines])


def test_a_file_that_changes_meanwhile_is_not_overwritten(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository.put("a.yaml", TASK)

    def late(target: Path, content: bytes, given: str, *, before: bytes) -> None:
        path.write_text("mine")
        write_file(target, content, given, before=before)

    monkeypatch.setattr(fix_module, "write_file", late)
    run = repository.run(*FIX, "a.yaml", "--write")
    assert run.code == 2
    assert "a.yaml cannot be written: it has changed since it was read" in run.err
    assert path.read_text() == "mine"
    assert [each.name for each in repository.root.iterdir() if each.is_file()] == ["a.yaml"]


def test_a_file_that_changes_before_it_is_edited_is_refused(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository.put("a.yaml", TASK)

    def late(*given: Any) -> Any:
        path.write_text(TASK + "# mine\n")
        return judge(*given)

    monkeypatch.setattr(fix_module, "judge", late)
    run = repository.run(*FIX, "a.yaml", "--write")
    assert run.code == 2
    assert "a.yaml is not edited: it has changed since it was judged" in run.err


def test_an_edit_that_is_wrong_is_never_written(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    path = repository.put("a.yaml", TASK)
    monkeypatch.setattr(TextEditor, "edit", lambda *_: Edit(len(TASK), len(TASK), "# no\n"))
    run = repository.run(*FIX, "a.yaml", "--write")
    assert run.code == 2
    assert "a.yaml is not edited: the edited text differs from the plan" in run.err
    assert path.read_text() == TASK


def test_a_new_finding_keeps_a_file_from_being_edited(repository: Repository) -> None:
    repository.put(
        "mine.py",
        "from ecs_guard_aspects.policy import Severity, TaskDefinitionCheck, Violation\n"
        "class NoVpc(TaskDefinitionCheck):\n"
        "    id, severity, title = 'no-vpc', Severity.HIGH, 'No awsvpc.'\n"
        "    def violation(self, task_definition):\n"
        "        if task_definition.network_mode == 'awsvpc':\n"
        "            return Violation('It is.', 'No.', 'Do not.', 'NetworkMode')\n",
    )
    path = repository.put("a.yaml", TASK)
    run = repository.run(*FIX, "a.yaml", "--write", "--checks", "mine:NoVpc")
    assert run.code == 2
    assert "a.yaml is not edited: with the changes a.yaml/Task would not pass no-vpc" in run.err
    assert path.read_text() == TASK


@pytest.mark.parametrize("words", [[], ["--write"]])
@pytest.mark.parametrize(("name", "content"), [("a.yaml", TASK), ("a.json", template("bridge"))])
def test_a_file_is_read_and_judged_once_before_and_once_after(
    name: str, content: str, words: list[str], repository: Repository
) -> None:
    counted = {function.__code__: function.__name__ for function in (read_json, read_yaml, judge)}
    calls: list[str] = []

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in counted:
            calls.append(counted[frame.f_code])

    repository.put(name, content)
    sys.setprofile(count)
    try:
        run = repository.run(*FIX, name, *words)
    finally:
        sys.setprofile(None)
    assert "1 of 1 denied task definition" in run.err
    read = "read_json" if name.endswith(".json") else "read_yaml"
    assert calls == [read, "judge", read, "judge"]


BALANCED = """\
Parameters:
  PrivateSubnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
Resources:
  Cluster: {Type: 'AWS::ECS::Cluster'}
  Instances:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      VPCZoneIdentifier: !Ref PrivateSubnets
      LaunchConfigurationName: !Ref Launch
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      SecurityGroups: [!GetAtt Hosts.GroupId]
      UserData: {'Fn::Base64': !Sub 'echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config'}
  Hosts:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 32768, ToPort: 65535, SourceSecurityGroupId: !Ref Front}
  Front: {Type: 'AWS::EC2::SecurityGroup'}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {SecurityGroups: [!Ref Front]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Port: 80
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions: [{Name: web, Image: nginx, PortMappings: [{ContainerPort: 8080}]}]
  Service:
    Type: AWS::ECS::Service
    DependsOn: Listener
    Properties:
      Role: !Ref ServiceRole
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      LoadBalancers: [{ContainerName: web, ContainerPort: 8080, TargetGroupArn: !Ref Targets}]
"""


def test_a_target_group_is_replaced_if_that_is_permitted(repository: Repository) -> None:
    file = repository.put("shop.yaml", BALANCED)
    refused = repository.run("fix", "shop.yaml", "--write")
    assert refused.code == 1
    assert refused.err.count("(--replace-target-groups permits it)") == 2  # the target group, and the Role
    run = repository.run("fix", "shop.yaml", "--replace-target-groups", "--write")
    assert run.code == 0, run.err
    written = file.read_text(encoding="utf-8")
    for line in (
        "  HostsFromFrontPort8080:\n    Type: AWS::EC2::SecurityGroupIngress\n",
        "      TargetType: ip\n",
        "          Subnets: !Ref PrivateSubnets\n          SecurityGroups: [!GetAtt Hosts.GroupId]\n",
    ):
        assert line in written
    assert "Role:" not in written
    assert repository.run("fix", "shop.yaml", "--replace-target-groups", "--write").err == "ecs-guard: nothing to fix\n"
