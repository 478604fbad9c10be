"""The checks in examples/ work as their documentation says, as a team would use them."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, Verdict, evaluate_template
from examples.no_latest_image import NoLatestImage
from examples.no_plain_secrets import NoPlainSecrets

POLICY = Policy(checks=[NoLatestImage(), NoPlainSecrets()])


def judge(policy: Policy = POLICY, **container: Any) -> list[tuple[str, Verdict, Enforcement]]:
    properties = {"NetworkMode": "awsvpc", "ContainerDefinitions": [{"Name": "web", "Image": "web:1", **container}]}
    resources = {"Td": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}
    parameters = {"Tag": {"Type": "String", "Default": "1"}, "Size": {"Type": "String", "AllowedValues": ["s", "l"]}}
    conditions = {"Large": {"Fn::Equals": [{"Ref": "Size"}, "l"]}}
    template = {"Parameters": parameters, "Conditions": conditions, "Resources": resources}
    return [(finding.check, finding.verdict, finding.enforcement) for finding in evaluate_template(template, policy)]


def variables(*names: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": "x"} for name in names]


LATEST = [("no-latest-image", Verdict.VIOLATION, Enforcement.DENY)]
SECRET = [("no-plain-secrets", Verdict.VIOLATION, Enforcement.DENY)]
UNKNOWN = [("no-latest-image", Verdict.UNRESOLVED, Enforcement.DENY)]


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"Image": "nginx:1.29"}, []),
        ({"Image": "host:5000/team/nginx:1.29"}, []),
        ({"Image": "nginx@sha256:0123"}, []),
        ({"Image": "nginx"}, LATEST),
        ({"Image": "host:5000/nginx"}, LATEST),
        ({"Image": "nginx:latest"}, LATEST),
        ({"Image": {"Fn::If": ["Large", "nginx:1", "nginx:latest"]}}, LATEST),
        ({"Image": {"Fn::Sub": "nginx:${Tag}"}}, UNKNOWN),
        ({"Image": {"Fn::GetAtt": ["Repository", "Uri"]}}, UNKNOWN),
        ({"Environment": variables("PORT", "TZ")}, []),
        ({"Environment": variables("PORT", "DB_PASSWORD")}, SECRET),
        ({"Environment": [{"Fn::If": ["Large", *variables("API_KEY"), {"Ref": "AWS::NoValue"}]}]}, SECRET),
    ],
)
def test_verdicts(container: dict[str, Any], expected: list[Any]) -> None:
    assert judge(**container) == expected


def test_they_can_be_relaxed_and_exempted_like_any_other() -> None:
    warn = POLICY.extend(enforcement={"no-latest-image": Enforcement.WARN})
    assert judge(warn, Image="nginx") == [("no-latest-image", Verdict.VIOLATION, Enforcement.WARN)]
    exemption = Exemption(check="no-latest-image", path="Td", reason="pilot", owner="team-web", expires="2999-01-01")
    exempt = POLICY.extend(exemptions=[exemption])
    assert judge(exempt, Image="nginx") == [("no-latest-image", Verdict.VIOLATION, Enforcement.AUDIT)]
