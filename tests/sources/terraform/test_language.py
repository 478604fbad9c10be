"""The words of Terraform, for the resources of both providers."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.language import Language
from ecs_guard_aspects.model.sentence import CAPABILITIES, Sentence
from ecs_guard_aspects.sources.terraform.language import Terraform, TerraformCode
from tests.model.messages import ABSENT, AWSVPC, CAUSE, IN_MIDDLE, NON_ROOT, UNPRIVILEGED

AWS, AWSCC = Terraform("aws_ecs_task_definition"), Terraform("awscc_ecs_task_definition")


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        (AWS, AWSVPC, 'Set network_mode = "awsvpc", and more.'),
        (AWSCC, AWSVPC, 'Set network_mode = "awsvpc", and more.'),
        (AWS, NON_ROOT, 'Set user = "1000:1000" or another.'),
        (AWS, UNPRIVILEGED, "Remove privileged."),
        (AWS, ABSENT, "network_mode is not set."),
        (AWS, CAUSE, "container_definitions[0].user is a list."),
        (AWS, IN_MIDDLE, 'Write more, and set network_mode = "awsvpc".'),
        (AWS, Sentence("{names}", names=CAPABILITIES), "linuxParameters.capabilities"),
        (AWSCC, Sentence("{names}", names=CAPABILITIES), "linux_parameters.capabilities"),
        (AWS, "Set {NetworkMode} yourself.", "Set {NetworkMode} yourself."),
    ],
)
def test_a_remedy_in_its_words(language: Language, message: str | Sentence, said: str) -> None:
    assert language.remedy(message) == said


def test_what_cannot_be_decided_is_decided_by_the_plan() -> None:
    assert AWS.decide == "Set it to a value that is known when Terraform plans"
    assert TerraformCode("aws_ecs_task_definition").decide == (
        "Check the plan: terraform show -json PLAN > plan.json, then ecs-guard check plan.json"
    )


def test_the_reference_is_that_of_the_type() -> None:
    assert AWSCC.reference == "the reference of awscc_ecs_task_definition"


@pytest.mark.parametrize("location", ["Properties", "Type", ""])
def test_only_locations_of_properties_are_translated(location: str) -> None:
    assert AWS.location(location) == location
