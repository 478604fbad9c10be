"""A property: a template, a hook, a change set, CloudTrail and AWS Config lead to the same findings."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecs_guard_aspects.gates.hook.answer import answer_to
from ecs_guard_aspects.policy import Enforcement, Finding, Policy, Profile, evaluate_template

from ...exports.items import config_item
from ...policy.support import template
from .support import event, no_payload

USERS = ["", "root", "0", "0:0", ":1000", "1000", "app:app", "rootless", "4294967296", "ContainerAdministrator"]
MODES = ["awsvpc", "host", "bridge", "none", "HOST", ""]
LAUNCH_TYPES = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]

containers = st.fixed_dictionaries(
    {"Name": st.sampled_from(["app", "sidecar"]), "Image": st.just("example/app:1")},
    optional={"User": st.sampled_from(USERS), "Privileged": st.booleans()},
)
task_definitions = st.fixed_dictionaries(
    {"Family": st.just("agent"), "ContainerDefinitions": st.lists(containers, min_size=1, max_size=3)},
    optional={
        "NetworkMode": st.sampled_from(MODES),
        "RequiresCompatibilities": st.lists(st.sampled_from(LAUNCH_TYPES), unique=True, max_size=2),
        "RuntimePlatform": st.fixed_dictionaries(
            {"OperatingSystemFamily": st.sampled_from(["LINUX", "WINDOWS_SERVER_2022_CORE"])}
        ),
    },
)
policies = st.builds(
    Policy,
    profile=st.sampled_from(Profile),
    enforcement=st.dictionaries(
        st.sampled_from(["awsvpc-network-mode", "host-mode-root-user", "host-mode-privileged"]),
        st.sampled_from(Enforcement),
        max_size=2,
    ),
)


def essence(findings: Any) -> list[tuple[Any, ...]]:
    """Return what depends neither on where it was found nor on the words of that place."""
    return sorted(
        (finding.check, finding.container or "", finding.verdict.value, finding.enforcement.value)
        for finding in findings
    )


def answered(asked: dict[str, Any], policy: Policy, fetch: Any = no_payload) -> tuple[str, list[tuple[Any, ...]]]:
    answer = answer_to(asked, lambda: policy, fetch)
    assert answer.report is not None, answer.error
    return answer.outcome, essence(answer.report.findings)


def as_strings(node: Any) -> Any:
    """Return what a change set makes of it: booleans and numbers are texts there."""
    if isinstance(node, dict):
        return {key: as_strings(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_strings(item) for item in node]
    return str(node).lower() if isinstance(node, bool) else node


def as_the_api_has_it(node: Any) -> Any:
    if isinstance(node, dict):
        return {key[:1].lower() + key[1:]: as_the_api_has_it(value) for key, value in node.items()}
    return [as_the_api_has_it(item) for item in node] if isinstance(node, list) else node


def change_set(properties: dict[str, Any]) -> bytes:
    after = json.dumps({"Properties": as_strings(properties)})
    change = {
        "logicalResourceId": "Task",
        "resourceType": "AWS::ECS::TaskDefinition",
        "action": "CREATE",
        "afterContext": after,
    }
    return json.dumps({"template": "{}", "changedResources": [change]}).encode()


def from_config(properties: dict[str, Any], policy: Policy) -> list[Finding]:
    return evaluate_template(template(config_item(properties)["configuration"]), policy)


@given(properties=task_definitions, policy=policies)
def test_every_way_leads_to_the_same_findings(properties: dict[str, Any], policy: Policy) -> None:
    found = evaluate_template(template(properties), policy)
    expected = ("denied" if any(finding.is_denied for finding in found) else "admitted", essence(found))
    resource = event("resource-create-denied", requestData__targetModel__resourceProperties=properties)
    assert answered(resource, policy) == expected
    assert answered(event("change-set"), policy, lambda url: change_set(properties)) == expected
    registered = event("cloudtrail-registered-denied")
    registered["detail"]["responseElements"]["taskDefinition"] = as_the_api_has_it(properties)
    assert answered(registered, policy) == expected
    assert essence(from_config(properties, policy)) == expected[1]
