"""From an event to the response of the function: a table, and what each response consists of."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.answer import answer, answer_to
from ecs_guard_aspects.policy import (
    Enforcement,
    Exemption,
    Policy,
    PolicyError,
    Profile,
    Severity,
    TaskDefinition,
    TaskDefinitionCheck,
    Violation,
    evaluate_template,
)

from .support import ACCOUNT, URL, event, failing, no_payload, payload

STRICT = Policy(profile=Profile.STRICT)
TODAY = datetime.date(2026, 11, 30)
ROOT = "host-mode-root-user"
AWSVPC = "awsvpc-network-mode"


def annotated(response: dict[str, Any], status: str) -> list[str]:
    return [one["annotationName"] for one in response.get("annotations", ()) if one["status"] == status]


# Event, policy: status, error code, checks that fail, checks that pass.
RESOURCES: list[tuple[str, Policy, str, str | None, list[str], list[str]]] = [
    ("resource-create-denied", Policy(), "FAILED", "NonCompliant", [AWSVPC, ROOT], []),
    ("resource-update-denied", Policy(), "FAILED", "NonCompliant", [AWSVPC, ROOT], []),
    ("resource-create-admitted", Policy(), "SUCCESS", None, [], [AWSVPC, ROOT]),
    ("resource-delete", Policy(), "SUCCESS", None, [], []),
    ("resource-of-another-type", Policy(), "SUCCESS", None, [], []),
    ("resource-spelled-as-in-the-guide", Policy(), "FAILED", "NonCompliant", [AWSVPC, ROOT], []),
    ("resource-secret-not-resolved", Policy(), "FAILED", "NonCompliant", [AWSVPC], [ROOT]),
    ("resource-booleans-are-strings", Policy(), "FAILED", "NonCompliant", [AWSVPC], [ROOT]),
    ("cloud-control-create-denied", Policy(), "FAILED", "NonCompliant", [AWSVPC, ROOT], []),
]


@pytest.mark.parametrize(("name", "policy", "status", "code", "failed", "passed"), RESOURCES)
def test_a_resource(
    name: str, policy: Policy, status: str, code: str | None, failed: list[str], passed: list[str]
) -> None:
    response = answer(event(name), policy, no_payload)
    assert (response["hookStatus"], response.get("errorCode")) == (status, code)
    assert response["clientRequestToken"] == "t-1"
    assert annotated(response, "FAILED") == failed
    assert annotated(response, "PASSED") == passed


def test_the_whole_response() -> None:
    properties = event("resource-create-denied")["requestData"]["targetModel"]["resourceProperties"]
    template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    mode, root = evaluate_template(template)
    links = {check.id: check.controls[0].url for check in Policy().enforced_checks}
    assert answer(event("resource-create-denied"), Policy(), no_payload) == {
        "hookStatus": "FAILED",
        "errorCode": "NonCompliant",
        "message": "Denied by ecs-guard (2 findings):\n"
        f"- {mode.remedy} [{AWSVPC}] Agent/Task: {mode.what}\n"
        f"- {root.remedy} [{ROOT}] Agent/Task, container app: {root.what}",
        "clientRequestToken": "t-1",
        "annotations": [
            {
                "annotationName": AWSVPC,
                "status": "FAILED",
                "statusMessage": f"Agent/Task: {mode.what} {mode.why}",
                "remediationMessage": mode.remedy,
                "remediationLink": links[AWSVPC],
                "severityLevel": "MEDIUM",
            },
            {
                "annotationName": ROOT,
                "status": "FAILED",
                "statusMessage": f"Agent/Task: container app: {root.what} {root.why}",
                "remediationMessage": root.remedy,
                "remediationLink": links[ROOT],
                "severityLevel": "HIGH",
            },
        ],
    }


def test_a_change_set_is_judged_by_what_it_changes() -> None:
    response = answer(event("change-set"), STRICT, payload())
    assert (response["hookStatus"], response["errorCode"]) == ("FAILED", "NonCompliant")
    failed = [one for one in response["annotations"] if one["status"] == "FAILED"]
    assert {(one["annotationName"], one["statusMessage"].split(":")[0]) for one in failed} >= {
        (AWSVPC, "Agent/Host"),
        (ROOT, "Agent/Host"),
        ("non-root-user", "Agent/Later"),  # known after apply
        (AWSVPC, "Agent/Undecided"),  # known after apply
    }
    assert not any(name in json.dumps(response) for name in ("Gone", "Logs"))


def test_what_is_known_after_apply_is_enforced_as_other_unresolved_values() -> None:
    lenient = Policy(unresolved=Enforcement.WARN)
    response = answer(event("change-set"), lenient, payload())
    skipped = [one["statusMessage"] for one in response["annotations"] if one["status"] == "SKIPPED"]
    assert len(skipped) == 1
    assert skipped[0].startswith("Agent/Undecided: ")


EXEMPT: dict[str, Any] = {"check": AWSVPC, "reason": "agent", "owner": "platform"}

# What covers it, and whether it then passes.
EXEMPTIONS: list[tuple[dict[str, Any], bool]] = [
    ({"family": "agent", "expires": "2026-11-30"}, True),
    ({"family": "ag*", "account": ACCOUNT, "expires": "2027-01-31"}, True),
    ({"family": "agent", "expires": "2026-11-29"}, False),
    ({"family": "agent", "account": "444455556666", "expires": "2027-01-31"}, False),
    ({"family": "other", "expires": "2027-01-31"}, False),
    ({"path": "App/Agent/Task/Resource", "expires": "2027-01-31"}, False),
    *(({"path": path, "expires": "2027-01-31"}, False) for path in ("Agent/Task", "Agent/*", "*/*", "Agent/**")),
    ({"path": "**", "family": "agent", "expires": "2027-01-31"}, True),
    ({"path": "Agent/**", "family": "agent", "expires": "2027-01-31"}, False),
]


@pytest.mark.parametrize(("fields", "holds"), EXEMPTIONS)
def test_an_exemption(fields: dict[str, Any], holds: bool) -> None:
    policy = Policy(exemptions=[Exemption(**EXEMPT, **fields)], today=TODAY, enforcement={ROOT: Enforcement.WARN})
    response = answer(event("resource-create-denied"), policy, no_payload)
    assert response["hookStatus"] == ("SUCCESS" if holds else "FAILED")
    assert annotated(response, "SKIPPED" if holds else "FAILED")[:1] == [AWSVPC]


def test_exemptions_for_other_task_definitions_are_not_called_stale() -> None:
    policy = Policy(
        exemptions=[Exemption(**EXEMPT, family="other", expires="2027-01-31")],
        enforcement={"stale-exemption": Enforcement.DENY},
        today=TODAY,
    )
    response = answer(event("resource-create-admitted"), policy, no_payload)
    assert (response["hookStatus"], annotated(response, "FAILED")) == ("SUCCESS", [])


def test_a_warning_passes_and_says_first_what_to_change() -> None:
    policy = Policy(enforcement={AWSVPC: Enforcement.WARN, ROOT: Enforcement.AUDIT})
    response = answer(event("resource-create-denied"), policy, no_payload)
    assert response["hookStatus"] == "SUCCESS"
    assert response["message"].startswith(
        "Admitted by ecs-guard (1 task definition), with 2 remarks:\n- Set NetworkMode"
    )


DAEMON = {"Family": "agent", "ContainerDefinitions": [{"Name": "agent", "Privileged": True}]}
OF_DAEMON = [
    event(
        "resource-create-denied",
        requestData__targetName="AWS::ECS::DaemonTaskDefinition",
        requestData__targetModel__resourceProperties=DAEMON,
    ),
    event("cloudtrail-daemon"),
]


@pytest.mark.parametrize("asked", OF_DAEMON, ids=["hook", "watch"])
@pytest.mark.parametrize(
    ("enforcement", "outcome"),
    [(Enforcement.DENY, "denied"), (Enforcement.WARN, "admitted"), (Enforcement.OFF, "ignored")],
)
def test_a_daemon_that_no_check_covers_is_enforced_as_the_policy_says(
    asked: Any, enforcement: Enforcement, outcome: str
) -> None:
    found = answer_to(asked, lambda: Policy(enforcement={"not-covered": enforcement}), no_payload)
    assert found.outcome == outcome
    assert ("no check of the policy covers daemons" in found.response["message"]) is (outcome != "ignored")
    assert bool(found.target) is (outcome != "ignored" or found.gate == "hook")
    if found.gate == "hook":
        assert found.response["hookStatus"] == ("FAILED" if outcome == "denied" else "SUCCESS")


# Bad events: the event, how its payload is read, and what the message says.
BAD: list[tuple[str, object, Any, str]] = [
    ("no event", None, no_payload, "the event is not an object but null"),
    ("a list", [], no_payload, "the event is not an object but a list"),
    ("nothing in it", {}, no_payload, "the event has no requestData"),
    ("no data", event("resource-create-denied", requestData=None), no_payload, "the event has no requestData"),
    (
        "no point",
        event("resource-create-denied", actionInvocationPoint=None),
        no_payload,
        "the event has no actionInvocationPoint",
    ),
    (
        "no target",
        event("resource-create-denied", requestData__targetName=None),
        no_payload,
        "the event has no requestData.targetName",
    ),
    (
        "no model",
        event("resource-create-denied", requestData__targetModel=None),
        no_payload,
        "the event has no requestData.targetModel.resourceProperties",
    ),
    (
        "properties that are a list",
        event("resource-create-denied", requestData__targetModel__resourceProperties=[1]),
        no_payload,
        "the event has no requestData.targetModel.resourceProperties",
    ),
    ("no URL", event("change-set", requestData__payload=None), no_payload, "the event has no requestData.payload"),
    ("a URL that fails", event("change-set"), failing("the payload takes longer"), "the payload takes longer"),
    ("not JSON", event("change-set"), lambda url: b"<html>", "the payload is not JSON"),
    ("nested too deeply", event("change-set"), lambda url: b"[" * 100_000, "the payload is not JSON"),
    ("another shape", event("change-set"), lambda url: b"[]", "the payload is not an object but a list"),
    ("no changes", event("change-set"), lambda url: b"{}", "the payload has no changedResources"),
    ("a template in YAML", event("stack"), payload("payload-of-a-stack"), "RESOURCE and CHANGE_SET, not STACK"),
    (
        "half a change",
        event("change-set"),
        lambda url: b'{"changedResources": [{"logicalResourceId": "Task"}]}',
        "changedResources[0] of the payload has no resourceType",
    ),
    (
        "a change without its result",
        event("change-set"),
        lambda url: b'{"changedResources": [{"resourceType": "AWS::ECS::TaskDefinition", "action": "CREATE"}]}',
        "changedResources[0] of the payload has no afterContext with Properties",
    ),
]


@pytest.mark.parametrize(("what", "bad", "fetch", "message"), BAD, ids=[what for what, *_ in BAD])
def test_what_cannot_be_judged_fails(what: str, bad: object, fetch: Any, message: str) -> None:
    response = answer(bad, Policy(), fetch)
    assert (response["hookStatus"], response["errorCode"]) == ("FAILED", "InternalFailure")
    assert message in response["message"]
    assert response["clientRequestToken"] == ("t-1" if isinstance(bad, dict) and "clientRequestToken" in bad else "")
    assert "secret" not in response["message"]


def test_an_unexpected_error_is_named_by_its_place_alone() -> None:
    def fetch(url: str) -> bytes:
        raise KeyError(url)

    answered = answer_to(event("change-set"), Policy, fetch)
    assert answered.response["errorCode"] == "InternalFailure"
    assert "unexpected KeyError at test_answer.py:" in answered.response["message"]
    assert URL not in json.dumps(answered.response)
    assert isinstance(answered.cause, KeyError)


class Crashes(TaskDefinitionCheck):
    id, severity, title = "crashes", Severity.HIGH, "It does not crash."

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        raise KeyError("secret")


@pytest.mark.parametrize(
    ("name", "code"), [("resource-create-admitted", "InternalFailure"), ("resource-create-denied", "NonCompliant")]
)
def test_a_check_that_fails_is_an_error_of_the_gate(name: str, code: str) -> None:
    response = answer(event(name), Policy(checks=[Crashes()]), no_payload)
    assert (response["hookStatus"], response["errorCode"]) == ("FAILED", code)
    assert "crashes" in annotated(response, "FAILED")


def test_a_policy_that_cannot_be_read_fails() -> None:
    def load() -> Policy:
        raise PolicyError("profile is 'odd'")

    response = answer_to(event("resource-create-admitted"), load, no_payload).response
    assert (response["hookStatus"], response["errorCode"]) == ("FAILED", "InternalFailure")
    assert "its policy is invalid: profile is 'odd'" in response["message"]


# Event of CloudTrail: outcome, checks, account.
WATCHED: list[tuple[str, str, list[str]]] = [
    ("cloudtrail-registered-denied", "denied", [AWSVPC, ROOT]),
    ("cloudtrail-registered-admitted", "admitted", []),
    ("cloudtrail-call-failed", "ignored", []),
    ("cloudtrail-of-another-account", "denied", [AWSVPC, ROOT]),
    ("cloudtrail-parameters-omitted", "error", []),
]


@pytest.mark.parametrize(("name", "outcome", "checks"), WATCHED)
def test_a_call_that_registers(name: str, outcome: str, checks: list[str]) -> None:
    notice = answer(event(name), Policy(), no_payload)
    assert notice["outcome"] == outcome
    assert [finding["check"] for finding in notice.get("findings", ())] == checks
    assert notice["registered_by"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/developer/jo"


def test_an_exemption_for_an_account_is_for_the_account_that_registers() -> None:
    exemptions = [
        Exemption(**{**EXEMPT, "check": check}, family="agent", account=ACCOUNT, expires="2027-01-31")
        for check in (AWSVPC, ROOT)
    ]
    policy = Policy(exemptions=exemptions, today=TODAY)
    assert answer(event("cloudtrail-registered-denied"), policy, no_payload)["outcome"] == "admitted"
    assert answer(event("cloudtrail-of-another-account"), policy, no_payload)["outcome"] == "denied"
