"""One message in the words of every language."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.language import CLOUDFORMATION, CLOUDFORMATION_JSON, Language
from ecs_guard_aspects.model.sentence import CAPABILITIES, NETWORK_MODE, Sentence
from ecs_guard_aspects.sources.api_language import API
from ecs_guard_aspects.sources.assembly.language import PYTHON, TYPESCRIPT, Cdk
from ecs_guard_aspects.sources.terraform.language import Terraform

from .messages import ABSENT, AWSVPC, CAUSE, IN_MIDDLE, NON_ROOT, UNPRIVILEGED

NESTED = Sentence("{user} or {mode}: {names}", user=NON_ROOT, mode=NETWORK_MODE, names=CAPABILITIES)

YAML, JSON = CLOUDFORMATION, CLOUDFORMATION_JSON
AWS, AWSCC = Terraform("aws_ecs_task_definition"), Terraform("awscc_ecs_task_definition")
PY, TS, CDK = Cdk(PYTHON), Cdk(TYPESCRIPT), Cdk(None)
PY_1, TS_1 = Cdk(PYTHON, is_level_1=True), Cdk(TYPESCRIPT, is_level_1=True)


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        (YAML, AWSVPC, "Set NetworkMode: awsvpc, and more."),
        (JSON, AWSVPC, 'Set "NetworkMode": "awsvpc", and more.'),
        (YAML, NON_ROOT, 'Set User: "1000:1000" or another.'),
        (YAML, UNPRIVILEGED, "Remove Privileged."),
        (YAML, ABSENT, "NetworkMode is not set."),
        (YAML, CAUSE, "Properties/ContainerDefinitions/0/User is a list."),
        (YAML, IN_MIDDLE, "Write more, and set NetworkMode: awsvpc."),
        (YAML, NESTED, 'Set User: "1000:1000" or another. or NetworkMode: LinuxParameters.Capabilities'),
        (YAML, Sentence("{mode} is {value!r}", mode=NETWORK_MODE, value="{mode} ${x}"), "NetworkMode is '{mode} ${x}'"),
    ],
)
def test_a_remedy_uses_the_words_of_the_place(language: Language, message: str | Sentence, said: str) -> None:
    assert language.remedy(message) == said


@pytest.mark.parametrize("location", ["Properties", "", '{"Fn::Transform": {}}'])
@pytest.mark.parametrize("language", [YAML, AWS, API, PY])
def test_only_locations_of_properties_are_translated(language: Language, location: str) -> None:
    assert language.location(location) == location
