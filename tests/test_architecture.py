"""The policy works without the CDK: in a Lambda function, a linter, a notebook. Who may import what."""

from __future__ import annotations

import ast
import graphlib
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

# -I -S: no site-packages at all, so that whatever is not of the standard library cannot be found. The finder makes
# sure of it, and names who asked.
PROGRAM = """
import sys
sys.path.insert(0, {root!r})

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{"aws_cdk", "jsii", "constructs", "boto3", "botocore"}}:
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocked())
{program}
import json
tops = {{name.partition(".")[0] for name in sys.modules}} - {{"__main__", "ecs_guard_aspects"}}
tops = {{name for name in tops if not name.startswith("_sysconfigdata")}}  # of sysconfig, named after the platform
print(json.dumps({{"result": result, "foreign": sorted(tops - set(sys.stdlib_module_names))}}))
"""


def run(program: str) -> Any:
    code = PROGRAM.format(root=str(ROOT), program=program)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


EVALUATE = """
template = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "bridge"}}}}
result = [(finding.check, finding.enforcement.value) for finding in evaluate_template(template)]
"""


def test_the_policy_judges_templates_without_the_cdk() -> None:
    answer = run(f"from ecs_guard_aspects.policy import evaluate_template\n{EVALUATE}")
    assert answer == {"result": [["awsvpc-network-mode", "deny"]], "foreign": []}


# Of the sources those that the policy and the gate of a CDK app need.
PLAIN_SOURCES = ("sources.assembly", "sources.cloudformation")


def test_every_module_of_the_core_is_plain_python() -> None:
    modules = [
        name
        for name in modules_of("cloudformation", "model", "policy", "remediation", "sources")
        if room_of(name) != "sources" or name.startswith(tuple(f"{PACKAGE}.{part}" for part in PLAIN_SOURCES))
    ]
    assert len(modules) > 40
    answer = run(f"import importlib\nresult = [importlib.import_module(name).__name__ for name in {modules!r}]")
    assert answer["foreign"] == []


def test_texts_for_other_engines_are_made_by_plain_python() -> None:
    modules = [name for name in modules_of("exports") if not name.endswith(".construct")]
    assert len(modules) > 5
    answer = run(f"import importlib\nresult = [importlib.import_module(name).__name__ for name in {modules!r}]")
    assert answer["foreign"] == []


@pytest.mark.parametrize("name", ["Policy", "Profile", "Enforcement", "Exemption", "Finding", "Verdict", "Severity"])
def test_the_public_names_of_the_policy_are_the_same_objects_at_the_top(name: str) -> None:
    program = f"""
import ecs_guard_aspects, ecs_guard_aspects.policy
result = getattr(ecs_guard_aspects, {name!r}) is getattr(ecs_guard_aspects.policy, {name!r})
"""
    assert run(program)["result"] is True


# --- who may import what -------------------------------------------------------------------------------------------

PACKAGE = "ecs_guard_aspects"
# By room: what of the package it may import.
ROOMS = {
    "cloudformation": {"cloudformation"},
    "model": {"cloudformation", "model"},
    "sources": {"cloudformation", "model", "sources"},
    "policy": {"cloudformation", "model", "sources", "policy", "_version", "_lazy"},
    "remediation": {"cloudformation", "model", "policy", "remediation", "sources"},
    "reports": {"model", "policy", "reports", "_version"},
    "exports": {"policy", "exports", "_version"},
}
# What of other packages, beside the standard library.
FOREIGN = {
    "sources": {"yaml", "botocore", "tree_sitter", "tree_sitter_hcl"},
    "reports": {"jinja2", "markupsafe"},
    "exports": {"aws_cdk", "constructs", "jsii"},
}


def modules_of(*rooms: str) -> list[str]:
    """Return the modules of some rooms; without a room, of the whole package."""
    folder = ROOT / PACKAGE
    files = [path for room in rooms for path in (folder / room).rglob("*.py")] if rooms else folder.rglob("*.py")
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    return sorted(name.removesuffix(".__init__") for name in names)


def room_of(module: str) -> str:
    """Return the part of the package a module is in: ``policy`` for ``ecs_guard_aspects.policy.checks.base``."""
    return module.split(".")[1] if "." in module else ""


def file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports_in(node: ast.AST, *, when_called: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports in a node, without those for type checkers only; ``when_called``: inside functions too."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
        return
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        children = iter(node.orelse)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not when_called:
        children = iter(())
    for child in children:
        yield from imports_in(child, when_called=when_called)


@cache
def imported_by(module: str, *, when_called: bool = False) -> frozenset[str]:
    """Return the modules that a module imports, by their whole name."""
    file = file_of(module)
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in imports_in(ast.parse(file.read_text(encoding="utf-8")), when_called=when_called):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*parents, *([node.module] if node.module else [])])
        inner = {f"{base}.{alias.name}" for alias in node.names}
        modules = {name for name in inner if base.startswith(PACKAGE) and file_of(name).is_file()}
        found |= modules
        if modules != inner:
            found.add(base)
    return frozenset(found)


@pytest.mark.parametrize("module", modules_of(*ROOMS))
def test_what_a_room_imports(module: str) -> None:
    room = room_of(module)
    allowed = ROOMS[room]
    for name in imported_by(module, when_called=True):
        top = name.partition(".")[0]
        if top == PACKAGE:
            assert room_of(name) in allowed, f"{module} imports {name}"
        else:
            assert top in FOREIGN.get(room, set()) | set(sys.stdlib_module_names), f"{module} imports {name}"


def test_only_the_rules_for_cfn_lint_import_it() -> None:
    importers = [name for name in modules_of() if any("cfnlint" in one for one in imported_by(name, when_called=True))]
    assert importers == [f"{PACKAGE}.gates.cfn_lint"]


# Who calls AWS, or knows what it answers with.
OF_THE_AUDIT = ("gates.account.", "sources.account.")


def test_only_the_audit_imports_the_sdk() -> None:
    for module in modules_of():
        tops = {name.partition(".")[0] for name in imported_by(module, when_called=True)}
        if tops & {"boto3", "botocore"}:
            assert module.startswith(tuple(f"{PACKAGE}.{name}" for name in OF_THE_AUDIT)), module


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of a circle, none if there is none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = modules_of()
    assert len(modules) > 60
    assert circle_in({module: set(imported_by(module)) & set(modules) - {module} for module in modules}) == []


def test_a_circle_would_be_found() -> None:
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


@pytest.mark.parametrize(
    ("code", "at_import", "when_called"),
    [
        ("import json", ["json"], ["json"]),
        ("from .finding import Finding", [".finding"], [".finding"]),
        ("if TYPE_CHECKING:\n    import json", [], []),
        ("if typing.TYPE_CHECKING:\n    import json\nelse:\n    import re", ["re"], ["re"]),
        ("try:\n    import json\nexcept ImportError:\n    import re", ["json", "re"], ["json", "re"]),
        ("def f():\n    import json", [], ["json"]),
        ("class A:\n    import json\n    def f(self):\n        import re", ["json"], ["json", "re"]),
    ],
)
def test_which_imports_are_seen(code: str, at_import: list[str], when_called: list[str]) -> None:
    for inside, expected in ((False, at_import), (True, when_called)):
        nodes = imports_in(ast.parse(code), when_called=inside)
        names = [f".{n.module}" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in nodes]
        assert names == expected
