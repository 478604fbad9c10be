"""One message in the words of every language."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.cloudformation.values import Cause
from ecs_guard_aspects.model.language import CLOUDFORMATION, CLOUDFORMATION_JSON, Language
from ecs_guard_aspects.model.sentence import CAPABILITIES, NETWORK_MODE, PRIVILEGED, USER, Remove, Sentence, Set
from ecs_guard_aspects.sources.api_language import API, REVISION
from ecs_guard_aspects.sources.assembly.language import PYTHON, TYPESCRIPT, Cdk
from ecs_guard_aspects.sources.terraform.language import Terraform

AWSVPC = Sentence("{change}, and more.", change=Set(NETWORK_MODE, "awsvpc"))
NON_ROOT = Sentence("{change} or another.", change=Set(USER, "1000:1000"))
UNPRIVILEGED = Sentence("{change}.", change=Remove(PRIVILEGED))
ABSENT = Sentence("{mode} is not set.", mode=NETWORK_MODE)
CAUSE = Sentence("{cause}.", cause=Cause("Properties/ContainerDefinitions/0/User", "is a list"))
IN_MIDDLE = Sentence("Write more, and {change}.", change=Set(NETWORK_MODE, "awsvpc"))
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
        (PY, AWSVPC, "Set network_mode=ecs.NetworkMode.AWS_VPC, and more."),
        (PY_1, AWSVPC, 'Set network_mode="awsvpc", and more.'),
        (TS, AWSVPC, "Set networkMode: ecs.NetworkMode.AWS_VPC, and more."),
        (TS_1, AWSVPC, 'Set networkMode: "awsvpc", and more.'),
        (
            CDK,
            AWSVPC,
            "Set network_mode=ecs.NetworkMode.AWS_VPC (TypeScript: networkMode: ecs.NetworkMode.AWS_VPC), and more.",
        ),
        (AWS, AWSVPC, 'Set network_mode = "awsvpc", and more.'),
        (AWSCC, AWSVPC, 'Set network_mode = "awsvpc", and more.'),
        (API, AWSVPC, 'Set "networkMode": "awsvpc", and more.'),
        (REVISION, AWSVPC, 'Register a new revision: set "networkMode": "awsvpc", and more.'),
        (YAML, NON_ROOT, 'Set User: "1000:1000" or another.'),
        (PY, NON_ROOT, 'Set user="1000:1000" or another.'),
        (TS, NON_ROOT, 'Set user: "1000:1000" or another.'),
        (AWS, NON_ROOT, 'Set user = "1000:1000" or another.'),
        (API, NON_ROOT, 'Set "user": "1000:1000" or another.'),
        (YAML, UNPRIVILEGED, "Remove Privileged."),
        (PY, UNPRIVILEGED, "Remove privileged."),
        (CDK, UNPRIVILEGED, "Remove privileged."),
        (AWS, UNPRIVILEGED, "Remove privileged."),
        (REVISION, UNPRIVILEGED, "Register a new revision: remove privileged."),
        (YAML, ABSENT, "NetworkMode is not set."),
        (PY, ABSENT, "NetworkMode is not set."),
        (AWS, ABSENT, "network_mode is not set."),
        (API, ABSENT, "networkMode is not set."),
        (REVISION, ABSENT, "networkMode is not set."),
        (YAML, CAUSE, "Properties/ContainerDefinitions/0/User is a list."),
        (AWS, CAUSE, "container_definitions[0].user is a list."),
        (API, CAUSE, "containerDefinitions[0].user is a list."),
        (YAML, IN_MIDDLE, "Write more, and set NetworkMode: awsvpc."),
        (AWS, IN_MIDDLE, 'Write more, and set network_mode = "awsvpc".'),
        (YAML, NESTED, 'Set User: "1000:1000" or another. or NetworkMode: LinuxParameters.Capabilities'),
        (AWS, Sentence("{names}", names=CAPABILITIES), "linuxParameters.capabilities"),
        (AWSCC, Sentence("{names}", names=CAPABILITIES), "linux_parameters.capabilities"),
        (API, Sentence("{names}", names=CAPABILITIES), "linuxParameters.capabilities"),
        (AWS, "Set {NetworkMode} yourself.", "Set {NetworkMode} yourself."),
        (REVISION, "Do it.", "Do it."),
        (YAML, Sentence("{mode} is {value!r}", mode=NETWORK_MODE, value="{mode} ${x}"), "NetworkMode is '{mode} ${x}'"),
    ],
)
def test_a_remedy_is_said_in_the_words_of_the_place(language: Language, message: str | Sentence, said: str) -> None:
    assert language.remedy(message) == said


@pytest.mark.parametrize("location", ["Properties", "", '{"Fn::Transform": {}}'])
@pytest.mark.parametrize("language", [YAML, AWS, API, PY])
def test_only_locations_of_properties_are_translated(language: Language, location: str) -> None:
    assert language.location(location) == location


def test_a_level_2_construct_without_a_mode_is_one_in_bridge_mode() -> None:
    absent = Sentence("{change}.", change=Remove(NETWORK_MODE))
    assert "add_property_deletion_override" in PY.say(absent)
    assert PY_1.say(absent) == "Remove network_mode."


def test_sentences_of_the_same_words_are_equal() -> None:
    assert Sentence("{a}", a=1) == Sentence("{a}", a=1)
    assert Sentence("{a}", a=1) != Sentence("{a}", a=2)
    assert len({Sentence("{a}", a=1), Sentence("{a}", a=1)}) == 1
