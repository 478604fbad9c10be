"""Cloud assemblies: which templates are read, what constructs are behind them, and that no harm passes in silence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE
from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import Exemption, Policy, judge
from ecs_guard_aspects.sources.assembly.documents import read_assembly

from ..support import BAD, Assembly, entry, logical_id, stack_of
from .support import ASSETS, ELSEWHERE, MANIFEST, METADATA, MODE, STACK, A


def sound(assembly: Assembly) -> None:
    """Write an assembly with a nested stack, and nothing to find."""
    good = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "awsvpc"}}
    assembly.template(Td=good, N=stack_of("aaa"))
    assembly.template("A.nested", Td=good)
    assembly.assets(aaa=A)
    assembly.metadata(Td=[logical_id("Td")])


def test_a_sound_assembly_is_admitted(assembly: Assembly) -> None:
    sound(assembly)
    assert judge(assembly.read()).is_admitted
    assert assembly.said() == {STACK: [], A: []}


CUT_OFF = '{"artifacts": {"Stack": {"type": "aws:cloudformation:stack"'


NO_MAP = "The Resources of this template are not a map."


def one_stack(**fields: Any) -> str:
    return json.dumps({"artifacts": {"Stack": {"type": "aws:cloudformation:stack", **fields}}})


def one_stage(**fields: Any) -> str:
    return json.dumps({"artifacts": {"Prod": {"type": "cdk:cloud-assembly", **fields}}})


# fmt: off
HARMED = [
    # file                     content                                                 what is said
    ("manifest.json",          None,                                                   MANIFEST),
    ("manifest.json",          "",                                                     MANIFEST),
    ("manifest.json",          CUT_OFF,                                                MANIFEST),
    ("manifest.json",          b"\xff\xfe{}",                                          MANIFEST),
    ("manifest.json",          "[]",                                                   MANIFEST),
    ("manifest.json",          "null",                                                 MANIFEST),
    ("manifest.json",          "[" * 5000,                                             MANIFEST),
    ("manifest.json",          '{"artifacts": []}',                                    MANIFEST),
    ("manifest.json",          '{"artifacts": null}',                                  MANIFEST),
    ("manifest.json",          '{"artifacts": {"S": null}}',                           MANIFEST),
    ("manifest.json",          '{"artifacts": {"S": {}}}',                             MANIFEST),
    ("manifest.json",          one_stack(),                                            MANIFEST),
    ("manifest.json",          one_stack(properties={}),                               MANIFEST),
    ("manifest.json",          one_stack(properties={"templateFile": None}),           MANIFEST),
    ("manifest.json",          one_stack(properties={"templateFile": 5}),              MANIFEST),
    ("manifest.json",          one_stack(properties={"templateFile": [STACK]}),        MANIFEST),
    ("manifest.json",          one_stack(properties={"templateFile": STACK}, displayName=["Stack"]), MANIFEST),
    ("manifest.json",          one_stage(),                                            MANIFEST),
    ("manifest.json",          one_stage(properties={"directoryName": 5}),             MANIFEST),
    ("manifest.json",          one_stage(properties={"directoryName": "x"}),           "The manifest x/manifest.json"),
    ("manifest.json",          one_stage(properties={"directoryName": "."}),           "assemblies are nested too"),
    ("Stack.assets.json",      "{",                                                    ASSETS),
    ("Stack.assets.json",      '{"files": {"a": {}}}',                                 ASSETS),
    ("Stack.assets.json",      '{"files": {}}',                                        ELSEWHERE),
    ("Stack.metadata.json",    None,                                                   METADATA),
    ("Stack.metadata.json",    "",                                                     METADATA),
    ("Stack.metadata.json",    "{",                                                    METADATA),
    ("Stack.metadata.json",    b"\xff",                                                METADATA),
    ("Stack.metadata.json",    "[]",                                                   METADATA),
    ("Stack.metadata.json",    "[1]",                                                  METADATA),
    ("Stack.metadata.json",    "null",                                                 METADATA),
    ("Stack.metadata.json",    '{"/Stack": null}',                                     METADATA),
    ("Stack.metadata.json",    '{"/Stack": [5]}',                                      METADATA),
    ("Stack.metadata.json",    '{"/Stack": [{}]}',                                     METADATA),
    (A,                        None,                                                   "FileNotFoundError"),
    (A,                        "[1]",                                                  "it is a list, not an object"),
    (A,                        "",                                                     f"The template {A} cannot be"),
    (STACK,                    '{"Resources": [1]}',                                     NO_MAP),
    (STACK,                    '{"Resources": {"A": 1}}',                              "Resource A is 1."),
    (STACK,                    '{"Resources": {',                       f"The template {STACK} cannot be read"),
]
# fmt: on


@pytest.mark.parametrize(("file", "content", "part"), HARMED, ids=[f"{row[0]} {str(row[1])[:70]}" for row in HARMED])
def test_what_is_harmed_is_not_admitted(assembly: Assembly, file: str, content: Any, part: str) -> None:
    sound(assembly)
    if content is None:
        (assembly.folder / file).unlink()
    else:
        assembly.put(file, content)
    report = judge(assembly.read())
    assert any(part in finding.message for finding in report.findings), report.findings
    if part != ELSEWHERE:
        assert any(finding.check == UNREADABLE and finding.is_denied for finding in report.findings)
        assert not report.is_admitted


def test_what_is_next_to_a_broken_file_is_judged(assembly: Assembly) -> None:
    sound(assembly)
    assembly.template(Td=BAD, N=stack_of("aaa"))
    for file in ("Stack.assets.json", "Stack.metadata.json"):
        assembly.put(file, "{")
    found = [(finding.check, finding.address) for finding in judge(assembly.read()).findings]
    assert found == [
        (UNREADABLE, "Stack"),
        (UNREADABLE, "Stack"),
        ("awsvpc-network-mode", "Stack/<Td>"),
        (NOT_CHECKED, "Stack/<N>"),
    ]


def test_a_template_of_40_mb_is_read(assembly: Assembly) -> None:
    line = "x" * 1_000_000
    topics = {f"T{number}": {"Type": "AWS::SNS::Topic", "Properties": {"N": line}} for number in range(40)}
    assembly.template(**topics, Td=BAD)
    assembly.assets()
    assert assembly.addresses() == ["Stack/<Td>"]


@pytest.mark.parametrize(
    ("account", "enforcement"), [("012345678901", "audit"), ("109876543210", "deny"), (None, "deny")]
)
def test_an_exemption_for_one_account(assembly: Assembly, account: str | None, enforcement: str) -> None:
    assembly.artifact["environment"] = f"aws://{account or 'unknown-account'}/eu-central-1"
    assembly.manifest()
    assembly.template(Td=BAD)
    assembly.assets()
    assembly.metadata(Td=[logical_id("Td")])
    exemption = Exemption(
        check=MODE, path="Stack/*", account="012345678901", reason="r", owner="o", expires="2999-01-01"
    )
    (finding, *_) = judge(assembly.read(), Policy(exemptions=[exemption])).findings
    assert finding.enforcement.value == enforcement


def test_a_document_has_the_digest_of_its_file(assembly: Assembly) -> None:
    assembly.put(STACK, "[not a template")
    assembly.assets(aaa=A)
    assembly.metadata(Gone=[entry("templateFile", A)])
    digests = {document.name: document.sha256 for document in assembly.read()}
    assert digests == {STACK: hashlib.sha256(b"[not a template").hexdigest(), A: None}


def test_nothing_is_written_and_no_other_file_read(assembly: Assembly) -> None:
    sound(assembly)
    before = {file: file.read_bytes() for file in assembly.folder.rglob("*")}
    assembly.template("Stale", Td=BAD)
    assembly.template("Stale.nested", Td=BAD)
    assert list(assembly.said()) == [STACK, A]
    assert {file: file.read_bytes() for file in before} == before


def test_the_folder_may_be_given_relative(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    sound(assembly)
    monkeypatch.chdir(assembly.folder.parent)
    assert [document.name for document in read_assembly(Path(assembly.folder.name))] == [STACK, A]
