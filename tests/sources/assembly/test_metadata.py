"""Metadata of constructs: the path of a resource, acknowledgements, and the code that made a construct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.inline_exemption import Acknowledgement
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.policy import judge

from ..support import BAD, Assembly, deploys, entry, logical_id, stack_of
from .support import MODE, STACK, A, B, resource_of


def with_path(path: Any) -> dict[str, Any]:
    return {**BAD, "Metadata": {"aws:cdk:path": path}}


# fmt: off
PATHS = [
    # the resource Td                      the metadata of the stack's constructs              its address
    (BAD,                                  {"/Stack/Web/Td/Resource": [logical_id("Td")]},     "Stack/Web/Td/Resource"),
    (with_path("Stack/Web/Td/Resource"),   {"/Stack/Web/Td/Resource": [logical_id("Td")]},     "Stack/Web/Td/Resource"),
    (with_path("Stack/Web/Td/Resource"),   {},                                                 "Stack/<Td>"),
    (with_path("Stack/Lie"),               {"/Stack/Td": [logical_id("Td")]},                  "Stack/Td"),
    (BAD,                                  {"/Stack/Td": [entry("info", "x"), logical_id("Td")]}, "Stack/Td"),
    (BAD,                                  {"/Stack/Td": [logical_id("Other")]},               "Stack/<Td>"),
    (BAD,                                  {"/Stack/Td": [logical_id({"Ref": "Td"})]},         "Stack/<Td>"),
    (BAD,                                  {},                                                 "Stack/<Td>"),
    # of an unknown construct no exemption may take it for another's
    (with_path("Other/Td"),                {},                                                 "Stack/<Td>"),
    (with_path("Stack"),                   {},                                                 "Stack/<Td>"),
    (with_path("StackTwo/Td"),             {},                                                 "Stack/<Td>"),
    (with_path(5),                         {},                                                 "Stack/<Td>"),
    (with_path(None),                      {},                                                 "Stack/<Td>"),
    ({**BAD, "Metadata": "x"},             {},                                                 "Stack/<Td>"),
]
# fmt: on


@pytest.mark.parametrize("in_manifest", [False, True], ids=["in a file", "in the manifest"])
@pytest.mark.parametrize(("resource", "metadata", "address"), PATHS, ids=range(len(PATHS)))
def test_the_construct_path(
    assembly: Assembly, resource: Any, metadata: dict[str, Any], address: str, in_manifest: bool
) -> None:
    assembly.template(Td=resource)
    assembly.assets()
    if in_manifest:
        assembly.artifact["metadata"] = metadata
        assembly.manifest()
    else:
        assembly.metadata_of(metadata)
    assert assembly.addresses() == [address]


@pytest.mark.parametrize("with_template_files", [True, False])
def test_one_logical_id_in_many_stacks(assembly: Assembly, with_template_files: bool) -> None:
    assembly.template(Td=BAD, N=stack_of("aaa"))
    assembly.template("A.nested", Td=BAD, N=stack_of("bbb"))
    assembly.template("B.nested", Td=BAD)
    assembly.assets(aaa=A, bbb=B)
    paths = ["", "Outer/", "Outer/Inner/"]
    metadata = {f"/Stack/{path}Td": [logical_id("Td")] for path in reversed(paths)}
    metadata |= {f"/Stack/{resource_of('Outer')}": [logical_id("N")]}
    metadata |= {f"/Stack/Outer/{resource_of('Inner')}": [logical_id("N")]}
    if with_template_files:
        files = {"/Stack": STACK, "/Stack/Outer": A, "/Stack/Outer/Inner": B}
        metadata |= {path: [entry("templateFile", file)] for path, file in files.items()}
    assembly.metadata_of(metadata)
    assert assembly.addresses() == ["Stack/Td", "Stack/Outer/Td", "Stack/Outer/Inner/Td"]


def acknowledges(**reasons: Any) -> dict[str, Any]:
    rules = {f"ecs-guard::{check.replace('_', '-')}": reason for check, reason in reasons.items()}
    return entry("acknowledged-rules", {**rules, "cdk-nag::x": "another tool's"})


# fmt: off
ACKNOWLEDGED = [
    # on the construct           on the stack               above                        where, and the reason
    (None,                       None,                      None,                        None),
    ("own",                      None,                      None,                        ("Stack/Web/Td", "own")),
    (None,                       "stack",                   None,                        ("Stack", "stack")),
    (None,                       None,                      "app",                       ("", "app")),
    ("own",                      "stack",                   "app",                       ("Stack/Web/Td", "own")),
    (None,                       "stack",                   "app",                       ("Stack", "stack")),
    ("",                         "stack",                   None,                        ("Stack/Web/Td", "")),
    (None,                       "\u200b ",                 "app",                       ("Stack", "\u200b ")),
    (5,                          None,                      None,                        ("Stack/Web/Td", "5")),
]
# fmt: on


@pytest.mark.parametrize(("own", "of_stack", "of_app", "expected"), ACKNOWLEDGED)
def test_the_closest_acknowledgement_counts(
    assembly: Assembly, own: Any, of_stack: Any, of_app: Any, expected: tuple[str, str] | None
) -> None:
    assembly.template(Td=BAD)
    assembly.assets()
    entries: dict[str, list[Any]] = {"Web__Td__Resource": [logical_id("Td")], "Web__Td": [], "": []}
    for name, reason in (("Web__Td", own), ("", of_stack)):
        if reason is not None:
            entries[name].append(acknowledges(awsvpc_network_mode=reason))
    entries["Web__Other"] = [acknowledges(awsvpc_network_mode="of another")]
    assembly.metadata(**entries)
    above = {} if of_app is None else {"": {MODE: of_app}}
    (found,) = assembly.task_definitions(acknowledged=above)
    assert found.acknowledged == ({MODE: Acknowledgement(*expected)} if expected else {})
    (finding,) = judge(assembly.read(acknowledged=above)).findings
    counts = expected is not None and expected[1].strip("\u200b ") != ""
    assert finding.is_denied is not counts
    if expected and not counts:
        assert finding.notes == (f"It is acknowledged at {expected[0]}, but without a reason; that does not count.",)


def test_of_several_acknowledgements_on_one_construct_the_last_counts(assembly: Assembly) -> None:
    assembly.template(Td=BAD)
    assembly.assets()
    said = [acknowledges(awsvpc_network_mode="first"), acknowledges(host_mode_root_user="other")]
    assembly.metadata(Td=[logical_id("Td"), *said, acknowledges(awsvpc_network_mode="second")])
    (found,) = assembly.task_definitions()
    assert found.acknowledged == {
        MODE: Acknowledgement("Stack/Td", "second"),
        "host-mode-root-user": Acknowledgement("Stack/Td", "other"),
    }


@pytest.mark.parametrize("data", ["text", 7, None, [f"ecs-guard::{MODE}"], {"other": "x"}, {MODE: "x"}], ids=repr)
def test_odd_acknowledgements_are_skipped(assembly: Assembly, data: Any) -> None:
    assembly.template(Td=BAD)
    assembly.assets()
    assembly.metadata(Td=[logical_id("Td"), entry("acknowledged-rules", data)])
    (found,) = assembly.task_definitions()
    assert found.acknowledged == {}


def test_what_cannot_be_read_cannot_be_acknowledged(assembly: Assembly) -> None:
    assembly.template(Odd={}, Far=deploys("x"))
    assembly.assets()
    assembly.metadata(**{"": [acknowledges(unreadable="known", not_checked="known")], "Far": [logical_id("Far")]})
    found = {finding.check: finding.acknowledged for finding in judge(assembly.read()).findings}
    assert found == {UNREADABLE: None, NOT_CHECKED: "known"}


def test_what_was_acknowledged_above_holds_where_the_metadata_cannot_be_read(assembly: Assembly) -> None:
    assembly.template(Td=BAD)
    assembly.assets()
    assembly.metadata_of("{")
    (found,) = assembly.task_definitions(acknowledged={"": {MODE: "known"}})
    assert found.acknowledged == {MODE: Acknowledgement("", "known")}


PYTHON = ["visit (/x/lib/python3.11/site-packages/jsii/a.py:3)", "<module> (/app/app.py:7)"]


TYPESCRIPT = ["new Td (/app/node_modules/aws-cdk-lib/x.js:1:2)", "new Web (/app/lib/web.ts:16:18)"]


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        ([entry("creationStack", PYTHON)], Place("app.py", 7)),
        ([entry("creationStack", TYPESCRIPT)], Place("lib/web.ts", 16, 18)),
        ([entry("creationStack", TYPESCRIPT[:1])], Place(STACK)),
        ([entry("creationStack", "text")], Place(STACK)),
        ([entry("creationStack", None)], Place(STACK)),
        ([{"type": "aws:cdk:creationStack"}], Place(STACK)),
        ([], Place(STACK)),
    ],
    ids=str,
)
def test_the_place_is_the_code_that_made_it_or_else_the_template(
    assembly: Assembly, entries: list[Any], place: Place
) -> None:
    assembly.template(Td=BAD)
    assembly.assets()
    assembly.metadata(Td=[logical_id("Td"), *entries])
    (found,) = assembly.task_definitions()
    assert found.place_of("Properties/NetworkMode") == place


def test_source_files_are_shown_relative_to_the_working_directory(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(assembly.folder)
    assembly.template(Td=BAD)
    assembly.assets()
    frame = f"<module> ({assembly.folder / 'src' / 'app.py'}:7)"
    assembly.metadata(Td=[logical_id("Td"), entry("creationStack", [frame])])
    (found,) = assembly.task_definitions(root=Path.cwd())
    assert found.place_of("") == Place("src/app.py", 7)
