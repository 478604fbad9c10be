"""The words of CDK apps, in Python and in TypeScript, for constructs of level 1 and 2."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.model.language import Language
from ecs_guard_aspects.model.sentence import NETWORK_MODE, Remove, Sentence
from ecs_guard_aspects.sources.assembly.language import PYTHON, TYPESCRIPT, Cdk, cdk_language
from tests.model.messages import ABSENT, AWSVPC, NON_ROOT, UNPRIVILEGED

PY, TS, CDK = Cdk(PYTHON), Cdk(TYPESCRIPT), Cdk(None)
PY_1, TS_1 = Cdk(PYTHON, is_level_1=True), Cdk(TYPESCRIPT, is_level_1=True)


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        (PY, AWSVPC, "Set network_mode=ecs.NetworkMode.AWS_VPC, and more."),
        (PY_1, AWSVPC, 'Set network_mode="awsvpc", and more.'),
        (TS, AWSVPC, "Set networkMode: ecs.NetworkMode.AWS_VPC, and more."),
        (TS_1, AWSVPC, 'Set networkMode: "awsvpc", and more.'),
        (
            CDK,
            AWSVPC,
            "Set network_mode=ecs.NetworkMode.AWS_VPC (TypeScript: networkMode: ecs.NetworkMode.AWS_VPC), and more.",
        ),
        (PY, NON_ROOT, 'Set user="1000:1000" or another.'),
        (TS, NON_ROOT, 'Set user: "1000:1000" or another.'),
        (PY, UNPRIVILEGED, "Remove privileged."),
        (CDK, UNPRIVILEGED, "Remove privileged."),
        (PY, ABSENT, "NetworkMode is not set."),
    ],
)
def test_a_remedy_in_its_words(language: Language, message: str | Sentence, said: str) -> None:
    assert language.remedy(message) == said


def test_a_level_2_construct_without_a_mode_is_one_in_bridge_mode() -> None:
    absent = Sentence("{change}.", change=Remove(NETWORK_MODE))
    assert "add_property_deletion_override" in PY.say(absent)
    assert PY_1.say(absent) == "Remove network_mode."


# The path of a construct, the file of its code, the language of the app, and how a mode is set.
LANGUAGES: list[tuple[str, str | None, str | None, str]] = [
    ("Stack/Td/Resource", "app.py", None, "set network_mode=ecs.NetworkMode.AWS_VPC"),
    ("Stack/Td", "app.py", None, 'set network_mode="awsvpc"'),
    ("Stack/Td/Resource", "bin/app.ts", None, "set networkMode: ecs.NetworkMode.AWS_VPC"),
    ("Stack/Td", "bin/app.MJS", None, 'set networkMode: "awsvpc"'),
    ("Stack/Td", "bin/app.ts", PYTHON, 'set network_mode="awsvpc"'),
    ("Stack/Td", "App.java", None, 'set network_mode="awsvpc" (TypeScript: networkMode: "awsvpc")'),
    ("Stack/Td", None, None, 'set network_mode="awsvpc" (TypeScript: networkMode: "awsvpc")'),
    ("Stack/<unknown>", "app.py", None, "set network_mode=ecs.NetworkMode.AWS_VPC"),
]


@pytest.mark.parametrize(("path", "file", "code", "expected"), LANGUAGES)
def test_the_language_of_a_construct(path: str, file: str | None, code: str | None, expected: str) -> None:
    assert cdk_language(path, file, code).set(NETWORK_MODE, "awsvpc") == expected
