"""Cloud assemblies: which templates are read, what constructs are behind them, and that no harm passes in silence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Among, AnythingBut, Domain
from ecs_guard_aspects.model.inline_exemption import Acknowledgement
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE, Notice
from ecs_guard_aspects.model.place import Place
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION
from ecs_guard_aspects.policy import Exemption, Policy, judge
from ecs_guard_aspects.sources.assembly.documents import read_assembly
from ecs_guard_aspects.sources.assembly.stack import DEEPEST
from ecs_guard_aspects.sources.cloudformation.deployers import PRODUCT as PRODUCT_TYPE

from ..support import BAD, Assembly, deploys, entry, logical_id, stack_of

STACK = "Stack.template.json"
A, B = "A.nested.template.json", "B.nested.template.json"
MANIFEST = "The manifest manifest.json of the cloud assembly cannot be read"
ASSETS = "The asset manifest of Stack.template.json cannot be read"
METADATA = "The metadata of Stack.template.json cannot be read"
ELSEWHERE = "The template of this nested stack is given by URL, or as an asset that was not found."


class TestReadTemplates:
    def test_a_stack_without_nested_stacks(self, assembly: Assembly) -> None:
        assembly.template(Td=BAD)
        assembly.assets(stack=STACK, code="asset.zip")
        assembly.template("Old.nested", Td=BAD)
        assert assembly.said() == {STACK: []}

    def test_nested_stacks_by_the_manifest(self, assembly: Assembly) -> None:
        assembly.template(N0=stack_of("aaa"), N1=stack_of("bbb"))
        assembly.assets(aaa=A, bbb=B, ccc="asset.zip")
        for name in ("A", "B", "Stale"):
            assembly.template(f"{name}.nested")
        assert assembly.said() == {STACK: [], A: [], B: []}

    def test_nested_stacks_of_the_legacy_synthesizer(self, assembly: Assembly) -> None:
        url = {"Fn::Join": ["", ["https://s3/", {"Ref": "AssetParametersaaaS3Bucket"}]]}
        assembly.template(N=deploys(url))
        assembly.metadata(**{"": [entry("asset", {"sourceHash": "aaa", "path": A})]})
        assembly.template("A.nested", Td=BAD)
        assert assembly.said() == {STACK: [], A: []}
        assert assembly.addresses() == ["Stack/<N>/<Td>"]

    @pytest.mark.parametrize("content", [{"Resources": {"Td": BAD}}, [1, 2], "text", b"\xff"], ids=repr)
    def test_a_file_that_nothing_deploys_is_not_read_whatever_its_name(self, assembly: Assembly, content: Any) -> None:
        assembly.template(Td=BAD, Custom={"Type": "Custom::Mail", "Properties": {"Url": "https://s3/aaa.json"}})
        assembly.assets(aaa="mail.template.json")
        assembly.put("mail.template.json", content)
        assembly.metadata(Td=[logical_id("Td")])
        assert assembly.said() == {STACK: []}
        assert assembly.addresses() == ["Stack/Td"]

    @pytest.mark.parametrize(
        ("urls", "is_said"),
        [
            (["https://s3/aaa.json"], False),
            (["https://s3/aaa.json", "https://s3/bbb.json"], False),
            (["https://s3/ccc.json"], False),  # not written by the CDK
            (["https://s3/aaa.json", "https://s3/ddd.json"], True),
            (["https://example.com/x.json"], True),
            ([{"Ref": "Url"}], True),
            ([], True),
        ],
    )
    def test_a_product_of_service_catalog(self, assembly: Assembly, urls: list[Any], is_said: bool) -> None:
        versions = [{"Info": {"LoadTemplateFromURL": url}} for url in urls]
        assembly.template(P={"Type": PRODUCT_TYPE, "Properties": {"ProvisioningArtifactParameters": versions}})
        assembly.assets(aaa="A.product.template.json", bbb="B.product.template.json", ccc="asset.ccc.json")
        for name in ("A.product.template.json", "B.product.template.json", "asset.ccc.json"):
            assembly.put(name, {"Resources": {"Td": BAD}})
        (own, *_) = assembly.read()
        notices = [(item.name, item.kind) for item in own.items if isinstance(item, Notice)]
        assert notices == ([("P", NOT_CHECKED)] if is_said else [])
        known = [url for url in urls if url in ("https://s3/aaa.json", "https://s3/bbb.json", "https://s3/ccc.json")]
        assert assembly.addresses() == ["Stack/<P>/<Td>"] * len(known)

    def test_a_nested_stack_of_the_cdk_whose_template_nobody_names(self, assembly: Assembly) -> None:
        # A synthesizer of a team's own may write it as it likes.
        assembly.template(N=deploys("https://s3/own.json"), Far=deploys("https://s3/far.json"))
        assembly.template("Own.nested", Td=BAD)
        assembly.assets()
        assembly.metadata_of({f"/Stack/{resource_of('Near')}": [logical_id("N")], "/Stack/Far": [logical_id("Far")]})
        found = {item.name: (item.kind, item.address) for item in assembly.read()[0].items if isinstance(item, Notice)}
        resource = "Stack/Near.NestedStack/Near.NestedStackResource"
        assert found == {"N": (UNREADABLE, resource), "Far": (NOT_CHECKED, "Stack/Far")}
        assert not judge(assembly.read()).is_admitted
        known = {"Stack/Near": "Own.nested.template.json"}
        assert [resource.address for resource in assembly.task_definitions(template_files=known)] == ["Stack/Near/<Td>"]

    def test_a_template_that_the_metadata_expects(self, assembly: Assembly) -> None:
        assembly.template()
        assembly.assets()
        assembly.metadata(**{"": [entry("templateFile", STACK)], "Gone": [entry("templateFile", A)]})
        said = assembly.said()
        assert list(said) == [STACK, A]
        assert "FileNotFoundError" in said[A][0]

    def test_a_template_that_the_caller_expects(self, assembly: Assembly) -> None:
        assembly.template()
        assembly.assets()
        assembly.template("A.nested", Td=BAD)
        known = {"Stack/Near": A, "Other/Far": B}
        assert [resource.address for resource in assembly.task_definitions(template_files=known)] == ["Stack/Near/<Td>"]
        assert [document.name for document in assembly.read(template_files=known)] == [STACK, A]

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "null", '"text"', "\ufeff{}", b"\xff\xfe", '{"Resources": {"a": NaN'], ids=range(8)
    )
    def test_what_is_no_template(self, assembly: Assembly, content: Any) -> None:
        assembly.put(STACK, content)
        assembly.assets()
        (document,) = assembly.read()
        (notice,) = document.items
        assert isinstance(notice, Notice)
        assert (notice.kind, notice.name, notice.address) == (UNREADABLE, "", "Stack")
        assert f"The template {STACK} cannot be read" in notice.what

    def test_a_template_that_is_gone(self, assembly: Assembly) -> None:
        assembly.assets()
        assert "FileNotFoundError" in assembly.said()[STACK][0]

    @pytest.mark.parametrize(
        "manifest",
        [
            *["{", "[]", "null", '{"files": []}', '{"files": {"aaa": {}}}', '{"files": {"aaa": null}}'],
            *['{"files": null}', '{"files": {"aaa": {"source": {"path": 5}}}}', "", b"\xff\xfe"],
        ],
        ids=repr,
    )
    def test_a_malformed_asset_manifest_is_denied(self, assembly: Assembly, manifest: Any) -> None:
        assembly.template(N=stack_of("aaa"))
        assembly.put("Stack.assets.json", manifest)
        assert any(ASSETS in text for text in assembly.said()[STACK])
        assert not judge(assembly.read()).is_admitted

    @pytest.mark.parametrize(
        "url",
        [
            "https://example.com/stack.json",
            {"Fn::Sub": "https://${Bucket}/x.json"},
            {"Ref": "Url"},
            None,
            {"Fn::Join": ["", ["https://s3/", "yyy", ".json"]]},
            {"Fn::Join": ["", ["https://s3/", {"Fn::Select": [0, ["zzz.json"]]}]]},
            "https://s3/zzz/other.json",  # a hash that occurs in a URL proves nothing
            "https://s3/other.json?zzz",
            "https://s3/zzzz.json",
        ],
        ids=str,
    )
    def test_a_nested_stack_from_elsewhere(self, assembly: Assembly, url: Any) -> None:
        assembly.template(Far=deploys(url), Near=stack_of("aaa"))
        assembly.assets(aaa=A, zzz="asset.json")
        assembly.template("A.nested", Deep=deploys(url))
        assert assembly.said() == {STACK: [f"Far: {ELSEWHERE}"], A: [f"Deep: {ELSEWHERE}"]}
        notices = [item for document in assembly.read() for item in document.items if isinstance(item, Notice)]
        assert {notice.kind for notice in notices} == {NOT_CHECKED}

    @pytest.mark.parametrize(
        ("resources", "said"),
        [
            (None, [": The Resources of this template are not a map."]),
            ([], [": The Resources of this template are not a map."]),
            ("text", [": The Resources of this template are not a map."]),
            ([1], [": The Resources of this template are not a map."]),
            ({"A": None}, ["A: Resource A is null."]),
            ({"A": 1}, ["A: Resource A is 1."]),
            ({"A": []}, ["A: Resource A is a list."]),
            ({"A": {"Type": NESTED_STACK}}, [f"A: {ELSEWHERE}"]),
        ],
        ids=str,
    )
    def test_odd_resources_do_not_stop_it(self, assembly: Assembly, resources: Any, said: list[str]) -> None:
        assembly.put(STACK, {"Resources": resources})
        assembly.assets()
        assert assembly.said() == {STACK: said}

    def test_a_template_without_resources_has_nothing_to_judge(self, assembly: Assembly) -> None:
        assembly.put(STACK, {})
        assembly.assets()
        assert assembly.said() == {STACK: []}


# --- what is harmed ------------------------------------------------------------------------------------------------


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


def test_what_is_beside_the_harmed_is_judged(assembly: Assembly) -> None:
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


@pytest.mark.parametrize(
    "content", ['{"artifacts": {}}', "{}", '{"artifacts": {"Tree": {"type": "cdk:tree"}}}'], ids=str
)
def test_an_assembly_without_stacks_is_empty(assembly: Assembly, content: str) -> None:
    assembly.put("manifest.json", content)
    assert assembly.read() == []


def test_a_template_of_40_mb_is_read(assembly: Assembly) -> None:
    line = "x" * 1_000_000
    topics = {f"T{number}": {"Type": "AWS::SNS::Topic", "Properties": {"N": line}} for number in range(40)}
    assembly.template(**topics, Td=BAD)
    assembly.assets()
    assert assembly.addresses() == ["Stack/<Td>"]


# --- construct paths -----------------------------------------------------------------------------------------------


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


def test_without_a_display_name_the_id_of_the_artifact_is_the_path(assembly: Assembly) -> None:
    del assembly.artifact["displayName"]
    assembly.manifest(Name=assembly.artifact)
    assembly.template(Td=BAD)
    assembly.assets()
    assert assembly.addresses() == ["Name/<Td>"]


def resource_of(name: str) -> str:
    """Return the construct path of the resource of a NestedStack, below its stack."""
    inside, _, last = f"/{name}".rpartition("/")
    return f"{inside.removeprefix('/')}/{last}.NestedStack/{last}.NestedStackResource".removeprefix("/")


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


@pytest.mark.parametrize("files", [(A, A), (A, B)], ids=["one file", "a file each"])
def test_nested_stacks_with_one_content_are_each_judged(assembly: Assembly, files: tuple[str, str]) -> None:
    assembly.template(N1=stack_of("aaa"), N2=stack_of("aaa"))
    assembly.assets(aaa=A)
    for name in ("A.nested", "B.nested"):
        assembly.template(name, Td=BAD)
    metadata: dict[str, Any] = {}
    for number, name in enumerate(("One", "Two")):
        metadata[f"/Stack/{resource_of(name)}"] = [logical_id(f"N{number + 1}")]
        metadata[f"/Stack/{name}/Td"] = [logical_id("Td")]
        metadata[f"/Stack/{name}"] = [entry("templateFile", files[number])]
    assembly.metadata_of(metadata)
    found = [(document.name, item.address) for document in assembly.read() for item in document.items]
    assert found == [(files[0], "Stack/One/Td"), (files[1], "Stack/Two/Td")]


def test_a_nested_stack_whose_url_was_overridden_is_not_taken_for_the_one_that_was_made(assembly: Assembly) -> None:
    assembly.template(Far=deploys("https://example.com/x.json"), Moved=stack_of("bbb"))
    assembly.assets(aaa=A, bbb=B)
    assembly.template("A.nested")
    assembly.template("B.nested", Td=BAD)
    assembly.metadata_of(
        {
            f"/Stack/{resource_of('Far')}": [logical_id("Far")],
            "/Stack/Far": [entry("templateFile", A)],
            f"/Stack/{resource_of('Moved')}": [logical_id("Moved")],
            "/Stack/Moved": [entry("templateFile", A)],
        }
    )
    assert assembly.said()[STACK] == [f"Far: {ELSEWHERE}"]
    assert assembly.addresses() == ["Stack/Moved/<Td>"]


def test_a_template_no_nested_stack_deploys_has_the_path_of_the_metadata(assembly: Assembly) -> None:
    assembly.template()
    assembly.assets(aaa=A)
    assembly.template("A.nested", Td=BAD)
    assembly.metadata(Product=[entry("templateFile", A)], Product__Td=[logical_id("Td")])
    assert assembly.addresses() == ["Stack/Product/Td"]


# --- accounts ------------------------------------------------------------------------------------------------------

# fmt: off
ACCOUNTS = [
    ("aws://012345678901/eu-central-1",        "012345678901"),
    ("aws://012345678901/unknown-region",      "012345678901"),
    ("aws://unknown-account/unknown-region",   None),
    ("aws://0123456789012/eu-central-1",       None),
    ("aws://12345678901/eu-central-1",         None),
    ("012345678901/eu-central-1",              None),
    ("aws://\u0660" + "0" * 11 + "/eu",        None),
    (5,                                        None),
    (None,                                     None),
]
# fmt: on


@pytest.mark.parametrize(("environment", "account"), ACCOUNTS, ids=repr)
def test_the_account_is_that_of_the_environment(assembly: Assembly, environment: Any, account: str | None) -> None:
    assembly.artifact["environment"] = environment
    assembly.manifest()
    assembly.template(sections={"Transform": "Mine"}, Td=BAD, N=stack_of("aaa"), Far=deploys("x"), Odd=[])
    assembly.template("A.nested", Td=BAD)
    assembly.assets(aaa=A)
    items = [item for document in assembly.read() for item in document.items]
    assert [(item.name, item.account) for item in items] == [
        *((name, account) for name in ("", "Td", "Far", "Odd", "Td"))
    ]
    assert {finding.account for finding in judge(assembly.read()).findings} == {account}


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


# --- Stages --------------------------------------------------------------------------------------------------------


def stage(directory: str) -> dict[str, Any]:
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": directory}}


def stack(path: str, template: str) -> dict[str, Any]:
    properties = {"templateFile": f"{template}.template.json"}
    return {"type": "aws:cloudformation:stack", "properties": properties, "displayName": path}


def test_a_stage_in_a_stage(assembly: Assembly) -> None:
    assembly.manifest(Own=stack("Own", "Own"), Prod=stage("assembly-Prod"))
    assembly.manifest("assembly-Prod/", Eu=stage("assembly-Prod-Eu"))
    assembly.manifest("assembly-Prod/assembly-Prod-Eu/", S=stack("Prod/Eu/S", "ProdEuS"))
    assembly.template("Own")
    assembly.template("assembly-Prod/assembly-Prod-Eu/ProdEuS", Td=BAD)
    assert list(assembly.said()) == [
        "Own.template.json",
        "assembly-Prod/assembly-Prod-Eu/ProdEuS.template.json",
    ]
    assert assembly.addresses() == ["Prod/Eu/S/<Td>"]


def test_two_templates_of_one_file_name(assembly: Assembly) -> None:
    assembly.manifest(S=stack("S", "S"), Default=stage("assembly-Default"))
    assembly.manifest("assembly-Default/", S=stack("Default/S", "S"))
    for folder, mode in (("", "awsvpc"), ("assembly-Default/", "host")):
        assembly.template(f"{folder}S", Td={"Type": TASK_DEFINITION, "Properties": {"NetworkMode": mode}})
    found = [(d.name, item.address, item.properties) for d in assembly.read() for item in d.items]  # type: ignore[union-attr]
    assert found == [
        ("S.template.json", "S/<Td>", {"NetworkMode": "awsvpc"}),
        ("assembly-Default/S.template.json", "Default/S/<Td>", {"NetworkMode": "host"}),
    ]


def test_a_stage_that_cannot_be_read_does_not_hide_the_others(assembly: Assembly) -> None:
    assembly.manifest(Gone=stage("assembly-Gone"), S=stack("S", "S"), Prod=stage("assembly-Prod"))
    assembly.manifest("assembly-Prod/", S=stack("Prod/S", "S"))
    for folder in ("", "assembly-Prod/"):
        assembly.template(f"{folder}S", Td=BAD)
    assert assembly.addresses() == ["S/<Td>", "Prod/S/<Td>"]
    assert list(assembly.said())[1] == "assembly-Gone/manifest.json"
    assert not judge(assembly.read()).is_admitted


# --- what a parent gives -------------------------------------------------------------------------------------------


def modes_in(assembly: Assembly, outer: dict[str, Any], inner: dict[str, Any] | None = None) -> list[Domain]:
    """Return what Mode, a parameter of the asset ``aaa``, can be each time it is deployed by these resources."""
    task_definition = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": {"Ref": "Mode"}}}
    assembly.put(STACK, {"Resources": outer})
    parameters = {"Mode": {"Type": "String"}}
    assembly.put(A, {"Parameters": parameters, "Resources": {"Td": task_definition, **(inner or {})}})
    assembly.assets(aaa=A)
    return [found.declarations.parameters["Mode"].domain for found in assembly.task_definitions()]


LOOP = {"Fn::ForEach::Stacks": ["X", ["a"], {"S${X}": stack_of("aaa", Mode="host")}]}
PRODUCT = {"Product": {"Type": "AWS::ServiceCatalog::CloudFormationProduct", "Properties": {"Url": "s3/aaa.json"}}}


@pytest.mark.parametrize("place", [[], ["Properties"], ["Properties", "Parameters"]], ids="/".join)
def test_what_a_macro_may_change_is_judged_as_it_is_declared(assembly: Assembly, place: list[str]) -> None:
    nested = stack_of("aaa", Mode="awsvpc")
    part = nested
    for name in place:
        part = part[name]
    part["Fn::Transform"] = {"Name": "Mine"}
    assert modes_in(assembly, {"Nested": nested}) == [AnythingBut()]


# fmt: off
DEPLOYED = [
    # what is next to the nested stack                 what Mode can be, each time the template is deployed
    ({},                                               [Among(("awsvpc",))]),
    ({"Twin": stack_of("aaa", Mode="host")},           [Among(("awsvpc",)), Among(("host",))]),
    ({"Twin": stack_of("aaa", Mode={"Ref": "Any"})},   [Among(("awsvpc",)), AnythingBut()]),
    ({"Far": stack_of("bbb", Mode="host")},            [Among(("awsvpc",))]),
    (PRODUCT,                                          [AnythingBut()]),
    (LOOP,                                             [AnythingBut(), AnythingBut()]),
]
# fmt: on


@pytest.mark.parametrize(("others", "domains"), DEPLOYED)
def test_what_else_deploys_the_template(assembly: Assembly, others: Any, domains: list[Domain]) -> None:
    assert modes_in(assembly, {"Nested": stack_of("aaa", Mode="awsvpc"), **others}) == domains


def test_a_template_in_a_loop_is_judged_as_it_is_declared(assembly: Assembly) -> None:
    assert modes_in(assembly, LOOP) == [AnythingBut()]


@pytest.mark.parametrize("given", [{"Ref": "Mode"}, "host", "awsvpc"], ids=str)
def test_a_stack_that_deploys_itself_is_judged_as_it_is_declared_too(assembly: Assembly, given: Any) -> None:
    own = {"Own": stack_of("aaa", Mode=given)}
    domains = modes_in(assembly, {"Nested": stack_of("aaa", Mode="awsvpc")}, own)
    assert domains == [Among(("awsvpc",)), AnythingBut()]
    assert not judge(assembly.read()).is_admitted


def test_what_is_given_through_two_levels(assembly: Assembly) -> None:
    given: dict[str, Any] = {"Parameters": {"Passed": {"Type": "String"}}}
    assembly.template(N=stack_of("aaa", Passed="awsvpc"))
    assembly.put(A, {**given, "Resources": {"N": stack_of("bbb", Mode={"Ref": "Passed"})}})
    mode = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": {"Ref": "Mode"}}}
    assembly.put(B, {"Parameters": {"Mode": {"Type": "String"}}, "Resources": {"Td": mode}})
    assembly.assets(aaa=A, bbb=B)
    (found,) = assembly.task_definitions()
    assert found.declarations.parameters["Mode"].domain == Among(("awsvpc",))


def test_more_nested_stacks_than_the_limit(assembly: Assembly) -> None:
    for count, names in ((20, [STACK, *[A] * 20]), (21, [STACK])):
        assembly.template(**{f"N{number}": stack_of("aaa") for number in range(count)})
        assembly.template("A.nested", Td={"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "awsvpc"}})
        assembly.assets(aaa=A)
        report = judge(assembly.read(nested_limit=20))
        assert [name for name, _ in report.sources] == names
        assert report.is_admitted is (count == 20)
        assert all("nested stacks" in finding.what for finding in report.findings)


def test_every_path_of_nested_stacks_counts(assembly: Assembly) -> None:
    # 3 ** 9 stacks from ten files
    hashes = [f"h{number}x" for number in range(9)]
    for level, source_hash in enumerate([None, *hashes]):
        inner = {f"N{n}": stack_of(hashes[level]) for n in range(3)} if level < len(hashes) else {"Td": BAD}
        assembly.template(source_hash or "Stack", **inner)
    assembly.assets(**{source_hash: f"{source_hash}.template.json" for source_hash in hashes})
    documents = assembly.read()
    assert len(documents) < 2500
    assert not judge(documents).is_admitted


def test_stacks_nested_deeper_than_the_stack_of_python_are_no_crash(assembly: Assembly) -> None:
    hashes = [f"h{number}x" for number in range(1200)]
    for level, source_hash in enumerate([None, *hashes]):
        inner = {"N": stack_of(hashes[level])} if level < len(hashes) else {"Td": BAD}
        assembly.template(source_hash or "Stack", **inner)
    assembly.assets(**{source_hash: f"{source_hash}.template.json" for source_hash in hashes})
    documents = assembly.read()
    assert len(documents) == DEEPEST + 1
    assert not judge(documents).is_admitted


# --- what else is known --------------------------------------------------------------------------------------------


def acknowledges(**reasons: Any) -> dict[str, Any]:
    rules = {f"ecs-guard::{check.replace('_', '-')}": reason for check, reason in reasons.items()}
    return entry("acknowledged-rules", {**rules, "cdk-nag::x": "another tool's"})


MODE = "awsvpc-network-mode"
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
def test_odd_acknowledgements_are_passed_over(assembly: Assembly, data: Any) -> None:
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
    (found,) = assembly.task_definitions(root=None)
    assert found.place_of("") == Place("src/app.py", 7)


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
