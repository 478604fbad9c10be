"""The words of the API of ECS, in a file and in an account."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.language import Language
from ecs_guard_aspects.model.sentence import CAPABILITIES, Sentence
from ecs_guard_aspects.sources.api_language import API, REVISION
from tests.model.messages import ABSENT, AWSVPC, CAUSE, NON_ROOT, UNPRIVILEGED


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        (API, AWSVPC, 'Set "networkMode": "awsvpc", and more.'),
        (REVISION, AWSVPC, 'Register a new revision: set "networkMode": "awsvpc", and more.'),
        (API, NON_ROOT, 'Set "user": "1000:1000" or another.'),
        (REVISION, UNPRIVILEGED, "Register a new revision: remove privileged."),
        (API, ABSENT, "networkMode is not set."),
        (REVISION, ABSENT, "networkMode is not set."),
        (API, CAUSE, "containerDefinitions[0].user is a list."),
        (API, Sentence("{names}", names=CAPABILITIES), "linuxParameters.capabilities"),
        (REVISION, "Do it.", "Do it."),
    ],
)
def test_a_remedy_in_its_words(language: Language, message: str | Sentence, said: str) -> None:
    assert language.remedy(message) == said


@pytest.mark.parametrize("location", ["Properties", "Type", ""])
def test_only_locations_of_properties_are_translated(location: str) -> None:
    assert API.location(location) == location


def test_a_placeholder_in_a_file_may_be_replaced_later() -> None:
    assert API.decide == "Write a literal value, or check the file after its placeholders are replaced"
    assert REVISION.decide == "Register a new revision with a literal value"
