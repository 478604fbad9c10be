"""Launch settings of instances: agents without task ENI, Windows Server 2016, blocked credentials."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.remediation.changes import Blocker
from ecs_guard_aspects.remediation.instances.network import InstanceNetworks
from ecs_guard_aspects.remediation.obstacles.hosts.launch_settings import launch_settings
from ecs_guard_aspects.remediation.obstacles.situation import Situation
from ecs_guard_aspects.remediation.who_runs_it.references import References

from ...instances.support import app, launch, of_template, ref
from ...templates import resource

WINDOWS = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
ROLE = {"TaskRoleArn": "arn:aws:iam::111122223333:role/r"}


def blockers(template: Any) -> list[Blocker]:
    references = References([template])
    (task,) = references.resources("AWS::ECS::TaskDefinition")
    asked = Situation(task, references.consumers_of(task), references, instances=InstanceNetworks(references))
    return [each for each in launch_settings(asked) if isinstance(each, Blocker)]


def commands(text: str) -> dict[str, Any]:
    return {"Fn::Base64": {"Fn::Sub": f"{text}\necho ECS_CLUSTER=${{Cluster}} >> /etc/ecs/ecs.config\n"}}


def of_instances(text: str, mode: Any = "bridge", image: Any = None, **task: Any) -> list[Blocker]:
    """Return what is found where the instances of the service run these commands."""
    return blockers(
        app(
            Launch=launch(UserData=commands(text), ImageId=image),
            Task=resource("AWS::ECS::TaskDefinition", NetworkMode=mode, **task),
            parameters={"Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": image or "a"}},
        )
    )


@pytest.mark.parametrize(
    ("text", "is_obstacle"),
    [
        ("<powershell>\nInitialize-ECSAgent -Cluster c -EnableTaskIAMRole\n</powershell>", True),
        ("initialize-ecsagent -cluster c", True),
        ("Initialize-ECSAgent -Cluster c -EnableTaskENI -EnableTaskIAMRole", False),
        ("Initialize-ECSAgent -Cluster c -EnableTaskENI:$false", True),
        ('[Environment]::SetEnvironmentVariable("ECS_ENABLE_TASK_ENI", $TRUE)\nInitialize-ECSAgent -Cluster c', False),
        ('[Environment]::SetEnvironmentVariable("ECS_ENABLE_TASK_ENI", "false")\nInitialize-ECSAgent', True),
        ("echo ECS_ENABLE_TASK_ENI=false >> /etc/ecs/ecs.config", True),
        ("echo ECS_ENABLE_TASK_ENI=true >> /etc/ecs/ecs.config", False),
        ("yum update", False),
    ],
)
def test_an_agent_that_places_no_task_with_awsvpc(text: str, is_obstacle: bool) -> None:
    found = of_instances(text)
    assert [each.text.partition(":")[2] for each in found] == (
        [" ECS places no task with awsvpc on its instances"] if is_obstacle else []
    )


@pytest.mark.parametrize(
    ("platform", "data", "is_obstacle"),
    [
        (WINDOWS, {"UserData": {"Fn::Base64": "Initialize-ECSAgent -Cluster c"}}, True),
        (WINDOWS, {"UserData": {"Fn::Base64": "Initialize-ECSAgent -Cluster c -EnableTaskENI"}}, False),
        (None, {"UserData": {"Fn::Base64": "Initialize-ECSAgent -Cluster c"}}, False),  # for other tasks
    ],
)
def test_the_instances_of_a_windows_task_may_be_any_of_the_app(platform: Any, data: Any, is_obstacle: bool) -> None:
    found = blockers(
        app(
            Service=None,
            Launch=resource("AWS::EC2::LaunchTemplate", LaunchTemplateData=data),
            Task=resource("AWS::ECS::TaskDefinition", RuntimePlatform=platform),
            Instances=None,
        )
    )
    assert [each.resource for each in found] == (["Stack/Launch"] if is_obstacle else [])


@pytest.mark.parametrize(
    ("image", "is_obstacle"),
    [
        ("/aws/service/ami-windows-latest/Windows_Server-2016-English-Full-ECS_Optimized/image_id", True),
        ("/aws/service/ami-windows-latest/Windows_Server-2019-English-Full-ECS_Optimized/image_id", False),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", False),
    ],
)
def test_windows_server_2016_by_the_image(image: str, is_obstacle: bool) -> None:
    written: list[Any] = [f"{{{{resolve:ssm:{image}}}}}", image]
    for each in written:
        assert bool(of_instances("", image=each)) is is_obstacle


BLOCK = "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config"
DROP = "iptables --insert FORWARD 1 --in-interface docker+ --destination 169.254.169.254/32 --jump DROP"


@pytest.mark.parametrize(
    ("text", "mode", "task", "is_obstacle"),
    [
        (BLOCK, "bridge", {}, True),
        (BLOCK, "bridge", {"TaskRoleArn": {"Ref": "AWS::NoValue"}}, True),
        (f"{BLOCK}\n{DROP}", "host", {}, True),
        (BLOCK, "bridge", ROLE, False),
        (f"{DROP}\n{BLOCK}", "bridge", {}, False),  # tasks in bridge mode do not have them today
        (BLOCK.replace("true", "false"), "bridge", {}, False),
        ("", "bridge", {}, False),
    ],
)
def test_credentials_of_the_instance_role(text: str, mode: str, task: Any, is_obstacle: bool) -> None:
    found = of_instances(text, mode, **task)
    assert [each.lifted_by for each in found] == (["may_change_addresses=True"] if is_obstacle else [])


def test_a_launch_template_is_read_too() -> None:
    template = app(
        Launch=resource("AWS::EC2::LaunchTemplate", LaunchTemplateData={"UserData": commands("Initialize-ECSAgent")}),
        Instances=resource(
            "AWS::AutoScaling::AutoScalingGroup", **{**of_template(), "VPCZoneIdentifier": [ref("Subnet")]}
        ),
    )
    (found,) = blockers(template)
    assert found.resource == "Stack/Instances"
