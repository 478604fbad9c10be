"""Findings as annotations and as a message: they keep the limits of AWS, and mark what they cut."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ecs_guard_aspects.gates.hook.answer import answer
from ecs_guard_aspects.gates.hook.findings import cut_to_bytes
from ecs_guard_aspects.policy import Enforcement, Policy, Profile

from .support import event, no_payload

STRICT = Policy(profile=Profile.STRICT)


def many(containers: int, name: str = "app", event_name: str = "resource-create-denied") -> dict[str, Any]:
    definitions = [{"Name": f"{name}{index}", "Image": "example/app:1"} for index in range(containers)]
    return event(event_name, requestData__targetModel__resourceProperties__ContainerDefinitions=definitions)


@pytest.mark.parametrize(("name", "most"), [("resource-create-denied", 4096), ("cloud-control-create-denied", 1024)])
@pytest.mark.parametrize("containers", [1, 3, 10, 200])
@pytest.mark.parametrize("container", ["app", "ä" * 200])
def test_a_message_fits(name: str, most: int, containers: int, container: str) -> None:
    message = answer(many(containers, container, name), STRICT, no_payload)["message"]
    assert len(message.encode()) <= most
    assert message.splitlines()[0].startswith("Denied by ecs-guard (")
    if containers == 200:
        assert message.endswith("more: see the annotations of the hook.")


def test_all_findings_are_in_the_message_or_counted() -> None:
    response = answer(many(10), STRICT, no_payload)
    lines = response["message"].splitlines()
    shown = sum(line.startswith("- ") for line in lines)
    left = int(lines[-1].split()[2])
    total = sum(one["status"] == "FAILED" for one in response["annotations"])
    assert shown + left == total


def test_thousands_of_containers_are_judged_before_the_function_times_out() -> None:
    start = time.process_time()
    message = answer(many(8_000), STRICT, no_payload)["message"]
    assert time.process_time() - start < 20, "CloudFormation waits 30 seconds; in quadratic time it is 70"
    assert message.startswith("Denied by ecs-guard (16002 findings):")


def test_every_text_can_be_sent() -> None:
    # Lambda writes the answer as UTF-8, which has no halves of surrogate pairs.
    response = answer(many(3, "\ud800"), STRICT, no_payload)
    json.dumps(response, ensure_ascii=False).encode()


def test_annotations_fit() -> None:
    response = answer(many(200, "x" * 20_000), STRICT, no_payload)
    assert len(response["annotations"]) <= 100 + len(STRICT.enforced_checks)
    for one in response["annotations"]:
        assert 1 <= len(one["annotationName"]) <= 1024
        assert 1 <= len(one["statusMessage"].encode()) <= 16_384
        assert 1 <= len(one.get("remediationMessage", "-").encode()) <= 16_384
        assert one.get("severityLevel", "HIGH") in ("HIGH", "MEDIUM")


def test_one_finding_that_is_too_long_is_cut() -> None:
    policy = Policy(profile=Profile.CYSCALE, enforcement={"host-mode-root-user": Enforcement.DENY})
    message = answer(many(1, "x" * 20_000, "cloud-control-create-denied"), policy, no_payload)["message"]
    assert len(message.encode()) <= 1024
    assert message.endswith(" [...]")


CUT: list[tuple[str, int, str]] = [
    ("short", 10, "short"),
    ("exactly 10", 10, "exactly 10"),
    ("a little more than that", 16, "a little m [...]"),
    ("ääääääääää", 12, "äää [...]"),
    ("\ud800", 10, "?"),
]


@pytest.mark.parametrize(("text", "most", "expected"), CUT)
def test_a_text_is_cut_between_characters(text: str, most: int, expected: str) -> None:
    assert cut_to_bytes(text, most) == expected
