"""The policy works without the CDK: in a Lambda function, a linter, a notebook. Who may import what."""

from __future__ import annotations

import ast
import graphlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
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


def test_the_version_of_the_package_is_the_version_of_the_command() -> None:
    program = """
import ecs_guard_aspects
from ecs_guard_aspects._version import VERSION
result = ecs_guard_aspects.__version__ == VERSION
"""
    assert run(program) == {"result": True, "foreign": []}


# --- who may import what -------------------------------------------------------------------------------------------

PACKAGE = "ecs_guard_aspects"
# By room: what of the package it may import.
ENGINE = {"cloudformation", "model"}
VERDICT = {*ENGINE, "sources", "policy", "_version", "_lazy"}
ROOMS = {
    "cloudformation": {"cloudformation"},
    "model": ENGINE,
    "sources": {*ENGINE, "sources"},
    "policy": VERDICT,
    "remediation": {*VERDICT, "remediation"},
    "reports": {"model", "policy", "reports", "_version", "_lazy"},
    "exports": {"policy", "exports", "_version"},
    "gates.synth": {*VERDICT, "remediation", "reports", "gates.synth"},
    "gates.hook": {*VERDICT, "reports", "gates.hook"},
    "gates.account": {*VERDICT, "remediation", "reports", "gates.account"},
    "gates.cfn_lint": {*VERDICT, "reports", "gates.cfn_lint"},
    # It is the front of several gates.
    "gates.command_line": {*VERDICT, "remediation", "reports", "exports", "gates.command_line", "gates.account"},
}
# By room: what of other packages, next to the standard library.
CDK = {"aws_cdk", "constructs", "jsii"}
FOREIGN = {
    "sources": {"yaml", "botocore", "tree_sitter", "tree_sitter_hcl"},
    "reports": {"jinja2", "markupsafe"},
    "exports": CDK,
    "gates.synth": CDK,
    "gates.hook": CDK,
    "gates.account": {"boto3", "botocore"},
    "gates.cfn_lint": {"cfnlint"},
    "gates.command_line": {"libcst", "shtab"},
}


def modules_of(*rooms: str) -> list[str]:
    """Return the modules of some rooms; without a room, of the whole package."""
    folder = ROOT / PACKAGE
    files = [path for room in rooms for path in (folder / room).rglob("*.py")] if rooms else folder.rglob("*.py")
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    return sorted(name.removesuffix(".__init__") for name in names)


def room_of(module: str) -> str:
    """Return the part of the package a module is in: ``policy`` for ``ecs_guard_aspects.policy.checks.base``."""
    _, *parts = module.split(".")
    return ".".join(parts[:2] if parts[:1] == ["gates"] else parts[:1])


def file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports_in(node: ast.AST, *, when_called: bool, for_types: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports in a node.

    Args:
        node: the node.
        when_called: whether those inside functions count.
        for_types: whether those for type checkers only count.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
        return
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not for_types:
        children = iter(node.orelse)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not when_called:
        children = iter(())
    for child in children:
        yield from imports_in(child, when_called=when_called, for_types=for_types)


@cache
def imported_by(module: str, *, when_called: bool = False, for_types: bool = False) -> frozenset[str]:
    """Return the modules that a module imports, by their whole name."""
    file = file_of(module)
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in imports_in(tree, when_called=when_called, for_types=for_types):
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
    """Neither when they are imported, nor when their functions are called, nor for type checkers."""
    modules = set(modules_of())
    assert len(modules) > 60
    graph = {module: set(imported_by(module, when_called=True, for_types=True)) & modules for module in modules}
    assert circle_in({module: others - {module} for module, others in graph.items()}) == []


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
    assert list(imports_in(ast.parse(code), when_called=True, for_types=True)), code
    for inside, expected in ((False, at_import), (True, when_called)):
        nodes = imports_in(ast.parse(code), when_called=inside)
        names = [f".{n.module}" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in nodes]
        assert names == expected


# --- how the package is divided -----------------------------------------------------------------------------------

MOST_MODULES = 14
# Folders that still have more. Remove, never add.
TOO_LONG = ("sources",)
FEWEST_LINES = 25
# Modules that are shorter, and why.
SHORT = {
    "__main__": "python -m",
    "_version": "read by the build",
    "cfn_lint": "the public path of the rules for cfn-lint",
    "errors": "what a room raises",
    "gates.command_line.exit_codes": "what the exit codes mean",
    "gates.command_line.arguments.completion": "one module for each command",
    "gates.command_line.arguments.explain": "one module for each command",
    "gates.command_line.commands.completion": "one module for each command",
    "gates.synth.gc_paused": "one trap of jsii, and its source",
    "model.plural": "how every message counts",
    "policy.checks.wording": "words that checks share",
    "policy.ids": "imported by modules that must not import each other",
    "reports.json_report": "one module for each format",
    "sources.account.scheduled": "shared by the audit and the comparison of reports",
}


def is_listed(module: str, names: Iterable[str]) -> bool:
    """Return whether a module is one of some, named by its path in the package or, for any room, by its last part."""
    path = module.removeprefix(f"{PACKAGE}.")
    return path in names or path.rpartition(".")[2] in {name for name in names if "." not in name}


def test_no_folder_has_too_many_modules() -> None:
    folders = {file_of(module).parent for module in modules_of()}
    for folder in folders - {ROOT / PACKAGE / name for name in TOO_LONG}:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        packages = [path for path in folder.iterdir() if (path / "__init__.py").is_file()]
        assert len(modules) + len(packages) <= MOST_MODULES, folder


@pytest.mark.parametrize("module", [module for module in modules_of() if file_of(module).name != "__init__.py"])
def test_no_module_is_too_short_to_be_one(module: str) -> None:
    lines = file_of(module).read_text(encoding="utf-8").splitlines()
    assert len(lines) >= FEWEST_LINES or is_listed(module, SHORT), f"{module} has {len(lines)} lines"


# Modules without a test file of their name, and why: the tests of what uses them are their tests.
TESTED_BY_OTHERS = {
    "__main__": "python -m",
    "_version": "one constant",
    "cfn_lint": "the public path of the rules for cfn-lint",
    "gates.account.errors": "what the room raises",
    "gates.command_line.errors": "what the room raises",
}


def mirror_of(module: str) -> Path:
    """Return the test file of a module: ``tests/policy/test_policy.py`` for ``ecs_guard_aspects.policy.policy``."""
    *folders, name = module.split(".")[1:]
    return ROOT.joinpath("tests", *folders, f"test_{name}.py")


def test_modules_have_tests_of_their_names() -> None:
    modules = [module for module in modules_of() if file_of(module).name != "__init__.py"]
    assert [one for one in modules if not is_listed(one, TESTED_BY_OTHERS) and not mirror_of(one).is_file()] == []
