"""The two forms of the gate: what is denied in one is denied in the other, wherever it was added."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk.assertions import Annotations, Match
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, Exemption, Policy

from .support import AWSVPC, facts, generic, make_app, report_of, reported, said


def nested(stack: cdk.Stack) -> Construct:
    return generic(cdk.NestedStack(stack, "Nested"))


PLACES: dict[str, tuple[str, Callable[[cdk.App], object]]] = {
    "stack": ("Stack/Td", lambda app: generic(cdk.Stack(app, "Stack"))),
    "nested": ("Stack/Nested/Td", lambda app: nested(cdk.Stack(app, "Stack"))),
    "stage": ("Prod/Stack/Td", lambda app: generic(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))),
    "stage in a Stage": (
        "Prod/Eu/Stack/Td",
        lambda app: generic(cdk.Stack(cdk.Stage(cdk.Stage(app, "Prod"), "Eu"), "Stack")),
    ),
    "nested in a Stage": ("Prod/Stack/Nested/Td", lambda app: nested(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))),
    "stage below a stack": (
        "Outer/Prod/Stack/Td",
        lambda app: generic(cdk.Stack(cdk.Stage(cdk.Stack(app, "Outer"), "Prod"), "Stack")),
    ),
}


def at(app: cdk.App, path: str) -> IConstruct:
    node: IConstruct = app
    for name in filter(None, path.split("/")):
        node = node.node.find_child(name)
    return node


def outcome(app: cdk.App) -> tuple[list[str], list[str]]:
    """Return where errors are annotated, and what is reported as denied."""
    app.synth()
    denied = [path for _, path, severity in reported(app) if severity in ("error", "fatal")]
    assert report_of(app)["success"] is not bool(denied)
    return [path for path, _ in said(app, "error")], denied


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("scope", ["app", "outermost", "stack", "itself"])
def test_every_place_is_denied_once_wherever_the_aspect_is(app: cdk.App, place: str, scope: str) -> None:
    path, make = PLACES[place]
    make(app)
    names = path.split("/")
    where = {"app": "", "outermost": names[0], "stack": path.removesuffix("/Td"), "itself": path}[scope]
    guard = EcsGuard()
    cdk.Aspects.of(at(app, where)).add(guard)
    annotated, denied = outcome(app)
    assert (annotated, denied) == (([], [path]) if "Prod" in names else ([path], []))
    assert facts(guard) == {(AWSVPC, path, "deny")}


@pytest.mark.parametrize("place", ["stack", "stage"])
@pytest.mark.parametrize("scopes", [["", ""], ["", "outermost"], ["outermost", "itself"]], ids=str)
def test_several_aspects_say_it_once(app: cdk.App, place: str, scopes: list[str]) -> None:
    path, make = PLACES[place]
    make(app)
    for scope in scopes:
        where = {"": "", "outermost": path.split("/")[0], "itself": path}[scope]
        cdk.Aspects.of(at(app, where)).add(EcsGuard())
    annotated, denied = outcome(app)
    assert [*annotated, *denied] == [path]


@pytest.mark.parametrize("place", ["stack", "stage"])
@pytest.mark.parametrize("first", ["aspect", "protect"])
@pytest.mark.parametrize("same", [True, False])
def test_an_aspect_and_protect_report_it_once(app: cdk.App, place: str, first: str, same: bool) -> None:
    path, make = PLACES[place]
    make(app)
    guard = EcsGuard()
    other = guard if same else EcsGuard()
    for form in (first, "protect" if first == "aspect" else "aspect"):
        if form == "aspect":
            cdk.Aspects.of(app).add(guard)
        else:
            other.protect(app)
    assert outcome(app) == ([], [path])


def test_protect_of_a_part_reports_only_that_part(app: cdk.App) -> None:
    for name in ("Web", "Worker"):
        generic(cdk.Stack(app, name))
    cdk.Aspects.of(app).add(EcsGuard())
    EcsGuard().protect(at(app, "Web"))
    assert outcome(app) == (["Worker/Td"], ["Web/Td"])


@jsii.implements(cdk.IAspect)
class AddsTheGuard:
    """An Aspect that adds the guard to the stacks it visits, before these are visited."""

    def visit(self, node: IConstruct) -> None:
        if not node.node.path:
            for child in node.node.children:
                if isinstance(child, cdk.Stack):
                    cdk.Aspects.of(child).add(EcsGuard())


@pytest.mark.parametrize("stabilization", [True, False])
def test_an_aspect_that_another_aspect_adds(tmp_path: Path, stabilization: bool) -> None:
    app = make_app(tmp_path, **{"@aws-cdk/core:aspectStabilization": stabilization})
    generic(cdk.Stack(app, "Stack"))
    cdk.Aspects.of(app).add(AddsTheGuard(), priority=1)
    assert outcome(app) == (["Stack/Td"], [])


@jsii.implements(cdk.IAspect)
class AddsATaskDefinition:
    """An Aspect that adds a construct when the guard has visited the stack."""

    def visit(self, node: IConstruct) -> None:
        if node.node.path == "Stack" and node.node.try_find_child("Late") is None:
            generic(Construct(node, "Late"))  # type: ignore[arg-type]


def test_what_another_aspect_adds_later_is_judged(app: cdk.App) -> None:
    cdk.Stack(app, "Stack")
    guard = EcsGuard()
    cdk.Aspects.of(app).add(guard, priority=1)
    cdk.Aspects.of(app).add(AddsATaskDefinition(), priority=900)
    app.synth()
    assert facts(guard) == {(AWSVPC, "Stack/Late/Td", "deny")}


METADATA: dict[str, dict[str, Any]] = {
    "no logical ids": {"aws:cdk:disable-logicalId-metadata": True},
    "no paths": {"aws:cdk:enable-path-metadata": False},
    "neither": {"aws:cdk:disable-logicalId-metadata": True, "aws:cdk:enable-path-metadata": False},
}


@pytest.mark.parametrize("context", METADATA.values(), ids=METADATA)
@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_metadata_that_is_switched_off(tmp_path: Path, context: dict[str, Any], mode: str) -> None:
    app = make_app(tmp_path, **context)
    generic(cdk.Stack(app, "Stack"), mode=mode)
    cdk.Aspects.of(app).add(EcsGuard())
    annotated, denied = outcome(app)
    assert len([*annotated, *denied]) == (1 if mode == "bridge" else 0)


def test_types_that_are_overridden(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack")
    cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic").add_override("Type", "AWS::ECS::TaskDefinition")
    generic(stack, "Retyped").add_override("Type", "AWS::SNS::Topic")
    cdk.Aspects.of(app).add(EcsGuard())
    app.synth()
    paths = {path for _, path, _ in reported(app)} | {path for path, _ in said(app, "error")}
    assert paths == {"Stack/Topic"}


class TestWhatIsNotWritten:
    """What the Aspect has visited is denied where no template has it."""

    @jsii.implements(cdk.IStackSynthesizer)
    class WritesElsewhere:
        """Writes the template under a name that is in no manifest."""

        def bind(self, stack: cdk.Stack) -> None:
            pass

        def synthesize(self, session: cdk.ISynthesisSession) -> None:
            Path(session.outdir, "elsewhere.json").write_text("{}")

    @pytest.mark.parametrize("mode", ["awsvpc", "bridge"])
    def test_a_stack_that_writes_no_template(self, app: cdk.App, mode: str) -> None:
        generic(cdk.Stack(app, "Fine"), mode="awsvpc")
        generic(cdk.Stack(app, "Lost", synthesizer=self.WritesElsewhere()), mode=mode)  # type: ignore[arg-type]
        guard = EcsGuard()
        cdk.Aspects.of(app).add(guard)
        _, denied = outcome(app)
        assert ("unreadable", "Lost/Td", "deny") in facts(guard)
        assert denied[-1:] == ["Lost/Td"]

    def test_what_another_aspect_removes(self, app: cdk.App) -> None:
        @jsii.implements(cdk.IAspect)
        class Removes:
            def visit(self, node: IConstruct) -> None:
                if node.node.path == "Stack":
                    node.node.try_remove_child("Td")

        generic(cdk.Stack(app, "Stack"))
        guard = EcsGuard()
        cdk.Aspects.of(app).add(guard, priority=1)
        guard.visit(at(app, "Stack/Td"))
        cdk.Aspects.of(app).add(Removes(), priority=900)
        assert outcome(app) == ([], [])


class TestPytest:
    """An app in a test: the CDK raises for what is reported, and not for what is annotated."""

    @pytest.mark.parametrize("place", ["stack", "nested", "stage"])
    @pytest.mark.parametrize("form", ["aspect", "protect"])
    def test_annotations_from_stack(self, tmp_path: Path, place: str, form: str) -> None:
        app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
        path, make = PLACES[place]
        make(app)
        if form == "aspect":
            cdk.Aspects.of(app).add(EcsGuard())
        else:
            EcsGuard().protect(app)
        stack = cdk.Stack.of(at(app, path))
        while stack.nested_stack_parent is not None:
            stack = stack.nested_stack_parent
        raises = form == "protect" or place == "stage"
        with pytest.raises(RuntimeError, match=r"NetworkMode is 'bridge'\.") if raises else nullcontext():
            for _ in range(2):
                error = Match.string_like_regexp(r".*NetworkMode is 'bridge'\..*")
                Annotations.from_stack(stack).has_error(f"/{path}", error)

    def test_the_flag_for_annotations_in_the_report(self, tmp_path: Path) -> None:
        app = make_app(tmp_path, **{"@aws-cdk/core:annotationsInValidationReport": True})
        generic(cdk.Stack(app, "Stack"))
        cdk.Aspects.of(app).add(EcsGuard())
        assert outcome(app) == ([], ["Stack/Td"])


def test_what_an_exemption_admits_is_reported_as_such(app: cdk.App) -> None:
    generic(cdk.Stack(app, "Stack"))
    exempt = Exemption(check=AWSVPC, path="Stack/Td", reason="agent", owner="me", expires="2099-01-01")
    cdk.Aspects.of(app).add(EcsGuard(Policy(exemptions=(exempt,))))
    app.synth()
    assert (said(app, "error"), reported(app)) == ([], [(AWSVPC, "Stack/Td", "info")])


@pytest.mark.parametrize("form", ["aspect", "protect"])
def test_a_service_of_another_stack_starts_what_is_only_for_ecs_anywhere(app: cdk.App, form: str) -> None:
    task_definition = generic(cdk.Stack(app, "Stack"), RequiresCompatibilities=["EXTERNAL"])
    service = {"TaskDefinition": task_definition.ref, "LaunchType": "EC2"}
    cdk.CfnResource(cdk.Stack(app, "Other"), "Web", type="AWS::ECS::Service", properties=service)
    if form == "aspect":
        cdk.Aspects.of(cdk.Stack.of(task_definition)).add(EcsGuard())
    else:
        EcsGuard().protect(app)
    errors, denied = outcome(app)
    assert [*errors, *denied] == ["Stack/Td"]
    assert "Stack/Td" not in [path for path, _ in said(app, "warning")]
