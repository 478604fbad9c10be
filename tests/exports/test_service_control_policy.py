"""The service control policy: what it denies, by an evaluator of IAM policies, and what it cannot express."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.exports.service_control_policy import left_out, service_control_policy
from ecs_guard_aspects.policy import Enforcement, Exemption, Policy, PolicyError, Profile

from ..policy.support import STRICT, HasFamily

HERE = Path(__file__).parent
EVALUATOR = HERE.parents[1] / "node_modules" / "@cloud-copilot" / "iam-simulate"

PRIVILEGED = "ecs:privileged"
TYPES = "ecs:compute-compatibility"
REGISTER = "ecs:RegisterTaskDefinition"

# fmt: off
REQUESTS: list[tuple[str, dict[str, Any], bool, bool]] = [
    # action, condition keys                                               denied  denied by fargate_only
    (REGISTER, {},                                                         False,  True),
    (REGISTER, {PRIVILEGED: "false"},                                      False,  True),
    (REGISTER, {PRIVILEGED: "true"},                                       True,   True),
    (REGISTER, {TYPES: []},                                                False,  True),
    (REGISTER, {TYPES: ["EC2"]},                                           False,  True),
    (REGISTER, {TYPES: ["EXTERNAL"]},                                      False,  True),
    (REGISTER, {TYPES: ["FARGATE"]},                                       False,  False),
    (REGISTER, {TYPES: ["FARGATE", "EC2"]},                                False,  True),
    (REGISTER, {TYPES: ["FARGATE", "MANAGED_INSTANCES"]},                  False,  True),
    (REGISTER, {TYPES: ["FARGATE"], PRIVILEGED: "false"},                  False,  False),
    (REGISTER, {TYPES: ["FARGATE"], PRIVILEGED: "true"},                   True,   True),
    ("ecs:DeleteTaskDefinitions", {},                                      False,  False),
    ("ecs:RunTask", {},                                                    False,  False),
]
# fmt: on


@pytest.mark.parametrize("fargate_only", [False, True])
def test_what_is_denied(fargate_only: bool) -> None:
    if not EVALUATOR.is_dir() or not shutil.which("node"):
        pytest.skip("the evaluator of IAM policies is not installed: make setup")
    answers = evaluate(service_control_policy(STRICT, fargate_only=fargate_only))
    expected = [fargate if fargate_only else plain for _, _, plain, fargate in REQUESTS]
    assert [answer["result"] == "ExplicitlyDenied" for answer in answers] == expected
    assert {answer["result"] for answer in answers} == {"ExplicitlyDenied", "Allowed"}


def evaluate(policy: str) -> list[dict[str, Any]]:
    requests = [{"action": action, "context": context} for action, context, _, _ in REQUESTS]
    text = json.dumps({"policy": json.loads(policy), "requests": requests})
    done = subprocess.run(["node", HERE / "simulate.mjs"], input=text, capture_output=True, text=True, check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    # It leaves out condition keys that IAM does not know for the action: there must be none.
    assert [answer for answer in answers if answer["errors"] or answer["ignored"]] == []
    return answers


def test_the_text() -> None:
    statements = json.loads(service_control_policy(Policy(profile=Profile.SECURITY_HUB)))["Statement"]
    assert statements[0] == {
        "Sid": "DenyPrivilegedContainers",
        "Effect": "Deny",
        "Action": REGISTER,
        "Resource": "*",
        "Condition": {"StringEquals": {PRIVILEGED: "true"}},
    }
    assert statements[1:] == [
        {"Sid": "DenyDaemons", "Effect": "Deny", "Action": "ecs:RegisterDaemonTaskDefinition", "Resource": "*"}
    ]
    assert len(service_control_policy(STRICT, fargate_only=True)) < 1_000


NOTHING_TO_SAY = [
    Policy(),
    Policy(profile=Profile.CYSCALE),
    Policy(profile=Profile.STRICT, enforcement={"no-privileged-containers": Enforcement.WARN}),
]


@pytest.mark.parametrize("policy", NOTHING_TO_SAY)
def test_a_policy_of_which_iam_can_say_nothing(policy: Policy) -> None:
    with pytest.raises(PolicyError, match="cannot express this policy: it does not deny no-privileged-containers"):
        service_control_policy(policy)
    statements = json.loads(service_control_policy(policy, fargate_only=True))["Statement"]
    assert [statement["Sid"] for statement in statements] == [
        "DenyWithoutFargate",
        "DenyOtherThanFargate",
        "DenyDaemons",
    ]


EXEMPTION = Exemption(check="non-root-user", family="web", reason="moving", owner="team", expires="2027-01-01")
NO_KEY = "IAM has no condition key for"
NO_EXEMPTIONS = (
    "a service control policy has none; attach it only to accounts and organizational units that need no exemption."
)
NOT_EXPRESSIBLE: list[tuple[Policy, bool, list[str]]] = [
    (
        Policy(profile=Profile.SECURITY_HUB),
        False,
        [
            f"no-host-network-mode: {NO_KEY} the network mode.",
            f"non-root-user: {NO_KEY} the user.",
            f"non-admin-windows-user: {NO_KEY} the user.",
        ],
    ),
    (
        Policy(profile=Profile.SECURITY_HUB),
        True,
        [f"non-root-user: {NO_KEY} the user.", f"non-admin-windows-user: {NO_KEY} the user."],
    ),
    (Policy(), True, []),
    (
        Policy(checks=[HasFamily()], enforcement={"awsvpc-network-mode": Enforcement.WARN}, exemptions=[EXEMPTION]),
        False,
        [
            "awsvpc-network-mode is set to warn: IAM has no warnings.",
            f"host-mode-root-user: {NO_KEY} the network mode, and none for the user.",
            "has-family: it is a custom check.",
            f"Exemptions (1): {NO_EXEMPTIONS}",
        ],
    ),
]


def test_of_each_check_it_is_known_why_it_is_not_said() -> None:
    assert [sentence for sentence in left_out(STRICT) if NO_KEY not in sentence] == []


def test_what_ecs_refuses_itself_is_left_out_and_named() -> None:
    policy = Policy(enforcement={"awsvpc-compatible": Enforcement.DENY, "no-privileged-containers": Enforcement.DENY})
    sentence = "awsvpc-compatible: ECS refuses to register what it denies, so there is nothing to find in an account."
    assert sentence in list(left_out(policy))


@pytest.mark.parametrize(("policy", "fargate_only", "sentences"), NOT_EXPRESSIBLE)
def test_what_it_does_not_say(policy: Policy, fargate_only: bool, sentences: list[str]) -> None:
    assert list(left_out(policy, fargate_only=fargate_only)) == sentences
