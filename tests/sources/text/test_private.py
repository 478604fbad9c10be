"""Private values: what no excerpt shows of a container."""

from __future__ import annotations

import pytest

from ecs_guard_aspects.sources.text.private import without_private
from ecs_guard_aspects.sources.text.read import read_text

# fmt: off
TEXTS = [
    ("Environment: [{Name: P}]\nUser: root",           "Environment: ******* ***\nUser: root"),
    ("Environment:\n- Name: P\nUser: root",            "Environment:\n* ***** *\nUser: root"),
    ('{"command": ["a", "b"], "user": "0"}',          '{"command": ***** ****, "user": "0"}'),
    ("dockerLabels: {a: b}",                           "dockerLabels: *** **"),
    ("LogConfiguration:\n  Options:\n    a: b\nX: c",  "LogConfiguration:\n  ********\n    ** *\nX: c"),
    ("x: &x [s]\nSecrets: *x\ny: z",                   "x: ** ***\nSecrets: **\ny: z"),
    ("x: &x s\nSecrets: [{A: *x}]\ny: z",              "x: ** *\nSecrets: **** ****\ny: z"),
    ("NetworkMode: host",                              "NetworkMode: host"),
]
# fmt: on


@pytest.mark.parametrize(("text", "shown"), TEXTS)
def test_a_text_without_private_values(text: str, shown: str) -> None:
    assert without_private(text, read_text(text).root) == shown
