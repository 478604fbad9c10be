"""JSON with interpolations: known parts are values, holes are unevaluated."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.sources.terraform.json_template import Hole, json_with_holes
from ecs_guard_aspects.sources.terraform.translation import Unevaluated

NAME = Hole("var.name", 11)

PIECES: list[tuple[list[str | Hole], Any]] = [
    (['[{"name": "web"}]'], [{"name": "web"}]),
    (['[{"name": "', NAME, '"}]'], [{"name": Unevaluated("${var.name}")}]),
    (['[{"name": "a-', NAME, '-b"}]'], [{"name": Unevaluated("a-${var.name}-b")}]),
    (['[{"cpu": ', NAME, "}]"], [{"cpu": Unevaluated("${var.name}")}]),
    (['[{"a": "\\"', NAME, '"}]'], [{"a": Unevaluated('"${var.name}')}]),
    (['[{"name": "$${x}"}]'], [{"name": "${x}"}]),
    (['[{"', NAME, '": 1}]'], [Unevaluated("an object whose keys are computed")]),
    (["not JSON"], "not JSON"),
    (["[", NAME], Unevaluated("a template that is JSON only once it is evaluated")),
    (["\ue000"], Unevaluated("a template with too much in it")),
    ([NAME] * 6001, Unevaluated("a template with too much in it")),
]


@pytest.mark.parametrize(("pieces", "expected"), PIECES, ids=range(len(PIECES)))
def test_pieces(pieces: list[str | Hole], expected: Any) -> None:
    assert json_with_holes(pieces)[0] == expected


def test_places_are_those_of_the_code() -> None:
    _, text = json_with_holes(['[{"a": "', NAME, '", "b": 1}]'])
    assert text is not None
    assert text.index_of(("0", "b")) == len('[{"a": "${var.name}", "b": ')
