"""Stacks of a cloud assembly: their templates, those that their resources deploy, and with which parameters."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_guard_aspects.cloudformation.declarations import Among, AnythingBut, Domain
from ecs_guard_aspects.model.notice import NOT_CHECKED, UNREADABLE, Notice
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION
from ecs_guard_aspects.policy import judge
from ecs_guard_aspects.sources.assembly.stack import DEEPEST
from ecs_guard_aspects.sources.cloudformation.deployers import PRODUCT as PRODUCT_TYPE

from ..support import BAD, Assembly, deploys, entry, logical_id, stack_of
from .support import ASSETS, ELSEWHERE, STACK, A, B, resource_of


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
    def test_a_file_that_nothing_deploys_is_not_read_for_any_name(self, assembly: Assembly, content: Any) -> None:
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

    def test_a_nested_stack_of_the_cdk_whose_template_is_not_named(self, assembly: Assembly) -> None:
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
    def test_other_values_than_templates(self, assembly: Assembly, content: Any) -> None:
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


def test_without_a_display_name_the_id_of_the_artifact_is_the_path(assembly: Assembly) -> None:
    del assembly.artifact["displayName"]
    assembly.manifest(Name=assembly.artifact)
    assembly.template(Td=BAD)
    assembly.assets()
    assert assembly.addresses() == ["Name/<Td>"]


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


def test_stacks_nested_deeper_than_the_stack_of_python_do_not_crash(assembly: Assembly) -> None:
    hashes = [f"h{number}x" for number in range(1200)]
    for level, source_hash in enumerate([None, *hashes]):
        inner = {"N": stack_of(hashes[level])} if level < len(hashes) else {"Td": BAD}
        assembly.template(source_hash or "Stack", **inner)
    assembly.assets(**{source_hash: f"{source_hash}.template.json" for source_hash in hashes})
    documents = assembly.read()
    assert len(documents) == DEEPEST + 1
    assert not judge(documents).is_admitted
