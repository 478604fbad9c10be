"""Small apps, and what a synth has made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from constructs import Construct, IConstruct

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Finding, Severity
from ecs_guard_aspects.gates.synth.validation_report import suppresses_by_path
from ecs_guard_aspects.policy import TaskDefinition, TaskDefinitionCheck, Violation

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
# Where the CDK would take an acknowledgement anywhere for one of this, what is denied is fatal.
DENIED = "error" if suppresses_by_path() else "fatal"
AWSVPC = "awsvpc-network-mode"
ROOT = "host-mode-root-user"
BY_CLI = {"@aws-cdk/core:failSynthOnValidationErrors": False}
"""The context under which the CDK CLI runs an app: ``synth`` does not raise, the CLI reads the report and fails."""

IMAGE = ecs.ContainerImage.from_registry("example/web")


def make_app(outdir: Path | None = None, **context: Any) -> cdk.App:
    """Return an app as the CDK CLI runs it."""
    return cdk.App(outdir=str(outdir) if outdir else None, context={**BY_CLI, **context}, analytics_reporting=False)


def container(name: str = "web", **properties: Any) -> dict[str, Any]:
    """Return a container in CloudFormation's spelling that passes every check."""
    return {"Name": name, "Image": "example/web", "User": "1000", **properties}


def generic(scope: Construct, name: str = "Td", /, mode: Any = "bridge", **properties: Any) -> cdk.CfnResource:
    """Return a generic task definition; ``mode=None`` leaves it out."""
    given = {"ContainerDefinitions": [container()], **({"NetworkMode": mode} if mode else {}), **properties}
    return cdk.CfnResource(scope, name, type=TASK_DEFINITION, properties=given)


def level1(scope: Construct, name: str = "Td", /, mode: Any = "bridge", **properties: Any) -> ecs.CfnTaskDefinition:
    """Return an L1 task definition."""
    own = [ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="web", image="example/web", user="1000")]
    return ecs.CfnTaskDefinition(scope, name, **{"container_definitions": own, "network_mode": mode, **properties})


def level2(scope: Construct, name: str = "Td", /, **properties: Any) -> ecs.Ec2TaskDefinition:
    """Return an L2 task definition with one container."""
    definition = ecs.Ec2TaskDefinition(scope, name, **properties)
    definition.add_container("web", image=IMAGE, memory_limit_mib=128, user="1000")
    return definition


def permissive_fix(**options: Any) -> EcsGuardFix:
    """Return a fix that permits what most tests are not about: tasks are run elsewhere, and change their addresses."""
    return EcsGuardFix(**{"run_elsewhere": True, "may_change_addresses": True, **options})


def outdir_of(app: IConstruct) -> Path:
    return Path(app.outdir)  # type: ignore[attr-defined]


def written(file: Path) -> Any:
    """Return the content of a file of the cloud assembly."""
    return json.loads(file.read_text(encoding="utf-8"))


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    """Return the written template of a stack, nested or in a Stage too."""
    (file,) = outdir_of(stack.node.root).rglob(stack.template_file)
    return written(file)


def resource_of(node: IConstruct) -> dict[str, Any]:
    """Return a resource of a written template."""
    element = node if isinstance(node, cdk.CfnResource) else node.node.default_child
    stack = cdk.Stack.of(element)
    return template_of(stack)["Resources"][stack.resolve(element.logical_id)]  # type: ignore[attr-defined]


def report_of(app: IConstruct) -> dict[str, Any]:
    """Return what validation-report.json holds of ecs-guard, the entries of both its plugins together."""
    report = written(outdir_of(app) / "validation-report.json")
    mine = [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "ecs-guard"]
    return {
        "success": all(plugin["conclusion"] == "success" for plugin in mine),
        "violations": [
            violation
            for plugin in mine
            for violation in plugin.get("violations", ())
            if violation["ruleName"] != "summary"
        ],
        "suppressed": [violation for plugin in mine for violation in plugin.get("suppressedViolations", ())],
    }


def annotations_of(app: IConstruct) -> list[tuple[str, str, str]]:
    """Return level, path and text of all annotations in the manifests, those of Stages too."""
    found = []
    for manifest in sorted(outdir_of(app).rglob("manifest.json")):
        for artifact in written(manifest)["artifacts"].values():
            metadata = artifact.get("metadata") or {}
            if "additionalMetadataFile" in artifact:
                metadata = {**metadata, **written(manifest.parent / artifact["additionalMetadataFile"])}
            for path, entries in metadata.items():
                found += [
                    (entry["type"].removeprefix("aws:cdk:"), path.strip("/"), entry["data"])
                    for entry in entries
                    if entry["type"] in ("aws:cdk:error", "aws:cdk:warning", "aws:cdk:info")
                ]
    return found


def reported(app: IConstruct) -> list[tuple[str, str, str]]:
    """Return check, place and severity of all that is reported; in a Stage the place is in the metadata alone."""
    violations = report_of(app)["violations"]
    return sorted((v["ruleName"], v.get("ruleMetadata", {}).get("address", ""), v["severity"]) for v in violations)


def notes_of(app: IConstruct) -> list[str]:
    """Return the notes of fixes in the report."""
    return sorted(v["description"] for v in report_of(app)["violations"] if v["ruleName"] == "fix")


def said(app: IConstruct, level: str) -> list[tuple[str, str]]:
    """Return path and text of the annotations of one level."""
    return [(path, text) for found, path, text in annotations_of(app) if found == level]


def facts(guard: EcsGuard) -> set[tuple[str, str, str]]:
    """Return check, address and enforcement of all findings."""
    return {(finding.check, finding.address, finding.enforcement.value) for finding in guard.findings}


def only(findings: tuple[Finding, ...] | list[Finding]) -> Finding:
    (finding,) = findings
    return finding


Harm = Callable[[Path], object]
"""What is done to a folder of a cloud assembly."""


@jsii.implements(cdk.IStackSynthesizer)
class Vandal:
    """Writes no template: it harms those of the stacks before its own, before anything is judged."""

    def __init__(self, harm: Harm) -> None:
        self._harm = harm

    def bind(self, stack: cdk.Stack) -> None:
        pass

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        self._harm(Path(session.outdir))


class Raises(TaskDefinitionCheck):
    """A check with a mistake in it."""

    id = "raises"
    severity = Severity.MEDIUM
    title = "A check with a mistake in it."

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        raise KeyError("Image")


class RaisesLater(TaskDefinitionCheck):
    """A check that fails at an unusual place: when its texts are read, not its verdict."""

    id = "raises-later"
    severity = Severity.MEDIUM
    title = "A check without words."

    def violation(self, task_definition: TaskDefinition) -> Violation | None:
        return Broken()  # type: ignore[return-value]


class Broken:
    """Has only the property that a finding points to."""

    property = "NetworkMode"

    def __getattr__(self, name: str) -> Any:
        raise LookupError("lost")


@contextmanager
def crossings() -> Iterator[list[str]]:
    """Record every request that Python sends to the CDK while the block runs."""
    process = type(jsii.kernel.provider._process)  # type: ignore[attr-defined]
    original = process.send
    sent: list[str] = []

    def send(self: Any, request: Any, response_type: Any) -> Any:
        sent.append(f"{type(request).__name__} {getattr(request, 'method', getattr(request, 'property', ''))}")
        return original(self, request, response_type)

    process.send = send
    try:
        yield sent
    finally:
        process.send = original
