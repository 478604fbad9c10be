"""The core on public task definitions: ../shared/corpus, if it is next to the repository."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ecs_guard_aspects.model.resource import TASK_DEFINITION
from ecs_guard_aspects.policy import (
    Enforcement,
    Finding,
    Policy,
    Profile,
    Resource,
    TemplateError,
    Verdict,
    evaluate,
    evaluate_template,
)

REPOSITORY = Path(__file__).parents[2]
CORPUS = REPOSITORY.parent / "shared" / "corpus"
STRICT = Policy(profile=Profile.STRICT)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no {CORPUS}")


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (CORPUS / folder).glob("*") if path.is_file())


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read(path: Path) -> Any:
    """Return a template as JSON gives it; YAML through the decoder of cfn-lint, which knows the tags."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            pytest.skip(f"no JSON: {error}")
    decode = pytest.importorskip("cfnlint.decode")
    template, problems = decode.decode_str(text)
    if template is None:
        pytest.skip(f"cfn-lint cannot read it: {problems[0].message}")
    return json.loads(json.dumps(template, default=str))


def task_definitions(template: Any) -> dict[str, Any]:
    resources = template.get("Resources") if isinstance(template, dict) else None
    return {
        name: resource.get("Properties") or {}
        for name, resource in (resources or {}).items()
        if isinstance(resource, dict) and resource.get("Type") == TASK_DEFINITION
    }


def require_well_formed(findings: list[Finding], template: dict[str, Any]) -> None:
    places = [(f.resource, f.check, f.container, f.location) for f in findings]
    assert len(set(places)) == len(places), "a finding twice"
    for finding in findings:
        assert finding.resource in template["Resources"]
        assert "itself failed" not in finding.message
        assert len(finding.message.splitlines()) == 2
        assert all(line.strip() for line in finding.message.splitlines())
        assert finding.remedy
        assert finding.enforcement is (Enforcement.WARN if finding.check == "not-checked" else Enforcement.DENY)
        if finding.check not in ("not-checked", "unreadable"):
            assert exists(template["Resources"][finding.resource], finding.location)


def exists(resource: Any, location: str) -> bool:
    """Return whether a location leads through the resource; its last step may be a property that is absent."""
    *steps, _ = location.split("/")
    node = resource
    for step in steps:
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and (step in node or step == "Properties"):
            node = node.get(step)
        else:
            return False
    return True


def is_literal(node: Any) -> bool:
    """Return whether there is no expression in ``node``."""
    if isinstance(node, dict):
        return not any(key == "Ref" or key.startswith("Fn::") for key in node) and all(map(is_literal, node.values()))
    if isinstance(node, list):
        return all(map(is_literal, node))
    return not (isinstance(node, str) and "{{resolve:" in node)


@pytest.mark.parametrize("path", files("cdk", "cloudformation"), ids=name_of)
def test_a_template(path: Path) -> None:
    template = read(path)
    try:
        findings = evaluate_template(template, STRICT)
    except TemplateError:
        assert not task_definitions(template)
        return
    require_well_formed(findings, template)
    for name, properties in task_definitions(template).items():
        if isinstance(properties, dict):
            require_what_literals_say(properties, [f for f in findings if f.resource == name])


@pytest.mark.parametrize("path", files("register-task-definition"), ids=name_of)
def test_an_input_of_register_task_definition(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    try:
        properties = pascal_case(json.loads(text))
    except json.JSONDecodeError as error:
        pytest.skip(f"no JSON: {error}")  # a template of somebody's own templating
    if not isinstance(properties, dict):
        pytest.skip("no task definition")
    properties = properties.get("TaskDefinition", properties)  # the output of describe-task-definition
    findings = evaluate(Resource("Task", TASK_DEFINITION, properties, name="Task"), STRICT)
    require_well_formed(findings, {"Resources": {"Task": {"Type": TASK_DEFINITION, "Properties": properties}}})
    require_what_literals_say(properties, findings)


def pascal_case(node: Any) -> Any:
    """Return the input of an AWS API call in the shape CloudFormation has for it."""
    if isinstance(node, dict):
        return {key[:1].upper() + key[1:]: pascal_case(value) for key, value in node.items()}
    return [pascal_case(item) for item in node] if isinstance(node, list) else node


# --- the oracle: what anyone can say of a task definition without expressions -------------------------------------


def require_what_literals_say(properties: dict[str, Any], findings: list[Finding]) -> None:
    violations = [f for f in findings if f.verdict is Verdict.VIOLATION]
    mode = properties.get("NetworkMode")
    if any(key.startswith("Fn::") for key in properties) or not isinstance(mode, str | None):
        return
    if is_literal(mode):
        assert any(f.check == "awsvpc-network-mode" for f in violations) == (mode != "awsvpc")
        assert any(f.check == "no-host-network-mode" for f in violations) == (mode == "host")
    if not is_literal([properties.get(key) for key in ("NetworkMode", "ContainerDefinitions", "RuntimePlatform")]):
        return
    assert not [f for f in findings if f.verdict is Verdict.UNRESOLVED]
    containers = properties.get("ContainerDefinitions") or []
    for check, is_violated in ORACLE.items():
        expected = [c.get("Name") for c in containers if is_violated(mode, is_windows(properties), c)]
        assert [f.container for f in violations if f.check == check] == expected


def is_windows(properties: dict[str, Any]) -> bool:
    return str((properties.get("RuntimePlatform") or {}).get("OperatingSystemFamily")).startswith("WINDOWS")


def is_privileged(container: dict[str, Any]) -> bool:
    return container.get("Privileged") in (True, "true")


def user_of(container: dict[str, Any]) -> str:
    user = container.get("User")
    return "" if user is None else str(user).split(":")[0]


def is_root(container: dict[str, Any]) -> bool:
    return user_of(container) in ("", "root", "0")  # all that the corpus holds


ORACLE: dict[str, Callable[[Any, bool, dict[str, Any]], bool]] = {
    "host-mode-root-user": lambda mode, _, c: mode == "host" and is_root(c) and not is_privileged(c),
    "host-mode-privileged": lambda mode, _, c: (
        mode == "host" and (is_privileged(c) or (is_root(c) and user_of(c) != ""))
    ),
    "no-privileged-containers": lambda _mode, _windows, c: is_privileged(c),
    "non-root-user": lambda _, windows, c: not windows and is_root(c),
    "non-admin-windows-user": lambda _, windows, c: windows and user_of(c) in ("", "ContainerAdministrator"),
}


def test_the_corpus_is_worth_it() -> None:
    """Guards the tests above: they compare something only where there are literals and violations."""
    counted = list(_literal_modes())
    assert len(counted) > 50
    assert {"awsvpc", "host", None} <= set(counted)


def _literal_modes() -> Iterator[Any]:
    for path in files("cdk"):
        for properties in task_definitions(read(path)).values():
            mode = properties.get("NetworkMode") if isinstance(properties, dict) else {}
            if isinstance(mode, str | None):
                yield mode
