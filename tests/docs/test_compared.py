"""The table of docs/compared.md says what the tools say of the same apps."""

from __future__ import annotations

import pytest

from .test_docs import ROOT

pytest.importorskip("cdk_nag", reason="the oldest CDK that is supported is older than cdk-nag needs")

from examples.peers.compare import CASES, PEERS, denied_by

_TITLES = ("ecs-guard", "cdk-nag 3, NIST 800-53 r5", "Control Tower rules (cfn-guard)")
_REGO = "the CDK's plugin, rules of generate cdk-rego"
# Each run of this plugin takes seconds: it runs where it says something else than ecs-guard.
_ROWS_OF_REGO = ("host mode, root, in a nested stack",)


def rows() -> dict[str, list[bool]]:
    """Return, for each row of the table, whether each tool denies."""
    text = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
    table = text.partition("\n| task definition |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {name.replace("`", ""): [cell.startswith("denies") for cell in row] for name, *row in cells}


def test_the_table_has_each_case_and_each_tool() -> None:
    assert list(rows()) == list(CASES)
    assert list(PEERS) == [*_TITLES, _REGO]


@pytest.mark.parametrize("name", CASES)
def test_what_the_tools_say_of_it(name: str) -> None:
    said = [bool(denied_by(PEERS[title], CASES[name])) for title in _TITLES]
    assert said == rows()[name][: len(_TITLES)]


@pytest.mark.parametrize("name", _ROWS_OF_REGO)
def test_what_the_plugin_of_the_cdk_says_of_it(name: str) -> None:
    assert bool(denied_by(PEERS[_REGO], CASES[name])) is rows()[name][-1]


def test_the_plugin_of_the_cdk_differs_from_ecs_guard_in_no_other_row() -> None:
    assert tuple(name for name, said in rows().items() if said[0] is not said[-1]) == _ROWS_OF_REGO
