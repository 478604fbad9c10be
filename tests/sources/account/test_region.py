"""What is in use in a Region, why, and what could not be read."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy import Policy, Profile, evaluate_template, judge
from ecs_guard_aspects.sources.account.calls import Calls
from ecs_guard_aspects.sources.account.in_use import Clients
from ecs_guard_aspects.sources.account.region import Region as Where
from ecs_guard_aspects.sources.account.region import read_region
from tests.cloud import IRELAND, OWN, Cloud, arn, denied

from .conftest import Read
from .support import NO_POLICY, in_use, said

DAEMON = f"arn:aws:ecs:{IRELAND}:{OWN}:daemon-task-definition/log:1"


def test_the_task_definition_of_a_daemon_is_judged(cloud: Cloud, read: Read) -> None:
    assert cloud.region().register_daemon("log:1", privileged=True, user="root") == DAEMON
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    document = read()
    assert in_use(document) == {"log:1": ("1 task in cluster prod",)}
    strict, default = judge([document], Policy(profile=Profile.STRICT)), judge([document])
    assert [(finding.check, finding.address) for finding in strict.findings] == [
        ("no-privileged-containers", DAEMON),
        ("non-root-user", DAEMON),
    ]
    assert [finding.check for finding in default.findings] == ["not-covered"]
    assert default.is_admitted


def test_the_task_definition_of_a_daemon_that_cannot_be_read(cloud: Cloud, read: Read) -> None:
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    cloud.errors["ecs:DescribeDaemonTaskDefinition"] = denied("ecs:DescribeDaemonTaskDefinition")
    expected = f"Task definition log:1 cannot be read: permission ecs:DescribeDaemonTaskDefinition {NO_POLICY}."
    assert said(read()) == [expected]


def test_a_boto3_without_daemons(cloud: Cloud) -> None:
    cloud.region().run("prod", "x", taskDefinitionArn=DAEMON)
    ecs = Older(cloud.client("ecs", IRELAND))
    document = read_region(Where(OWN, IRELAND), Clients(ecs), Calls(lambda: None, lambda: False))
    reason = "this version of boto3 does not support task definitions of daemons: install a later one"
    assert said(document) == [f"Task definition log:1 cannot be read: {reason}."]


class Older:
    """A client of a boto3 from before there were daemons."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if "daemon" in name:
            raise AttributeError(name)
        return getattr(self._client, name)


def test_a_placeholder_in_a_revision_will_not_be_replaced(cloud: Cloud, read: Read) -> None:
    containers = [{"name": "app", "image": "nginx", "user": "{{ user }}"}]
    cloud.region().register("web:1", mode="host", containerDefinitions=containers)
    cloud.region().run("prod", "web:1")
    findings = judge([read()], Policy(profile=Profile.STRICT)).findings
    (finding,) = (finding for finding in findings if finding.check == "non-root-user")
    placeholder = (
        "containerDefinitions[0].user is {{ user }}, which looks like a placeholder, and is not a valid value."
    )
    assert finding.what.endswith(placeholder)
    assert finding.remedy.startswith("Register a new revision with a literal value.")


TEXTS = st.sampled_from(["root", "0", "1000", "0:0", "${UID}", "", "app", "{{user}}", "<USER>"])
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["a", "b"])},
        optional={"user": TEXTS, "privileged": st.booleans(), "dockerLabels": st.just({"Ref": "x"})},
    ),
    max_size=2,
)
DESCRIBED = st.fixed_dictionaries(
    {"family": st.just("web"), "containerDefinitions": CONTAINERS},
    optional={
        "networkMode": st.sampled_from(["host", "bridge", "awsvpc", "none"]),
        "requiresCompatibilities": st.lists(st.sampled_from(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])),
        "runtimePlatform": st.sampled_from(
            [{"operatingSystemFamily": "LINUX"}, {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}]
        ),
    },
)


def as_template(described: dict[str, Any]) -> dict[str, Any]:
    """Return the task definition as a user writes it in a template, by a list of names and no other code."""
    containers = [
        {{"dockerLabels": "DockerLabels"}.get(key, key.capitalize()): value for key, value in container.items()}
        for container in described["containerDefinitions"]
    ]
    names = {
        "family": "Family",
        "networkMode": "NetworkMode",
        "requiresCompatibilities": "RequiresCompatibilities",
    }
    properties = {names[key]: value for key, value in described.items() if key in names}
    if "runtimePlatform" in described:
        system = described["runtimePlatform"]["operatingSystemFamily"]
        properties["RuntimePlatform"] = {"OperatingSystemFamily": system}
    properties["ContainerDefinitions"] = containers
    return {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}


@given(described=DESCRIBED, profile=st.sampled_from(Profile))
@settings(max_examples=60)
def test_what_runs_is_judged_as_its_template(described: dict[str, Any], profile: Profile) -> None:
    from ecs_guard_aspects.sources.api_json import described_properties

    more = {"taskDefinitionArn": arn("web:1"), "revision": 1, "status": "ACTIVE", "compatibilities": ["EC2"]}
    resource = Resource(arn("web:1"), "AWS::ECS::TaskDefinition", described_properties({**described, **more}))
    policy = Policy(profile=profile)
    found = judge([Document("x", (resource,))], policy).findings
    expected = evaluate_template(as_template(described), policy)
    assert [(f.check, f.verdict, f.container, f.what, f.enforcement) for f in found] == [
        (f.check, f.verdict, f.container, f.what, f.enforcement) for f in expected
    ]
