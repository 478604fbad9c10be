"""The bundle: a zip with the policy and the modules that the handler needs, the same on every machine."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from ...policy.errors import PolicyError
from ...policy.policy import Policy
from .handler import POLICY_FILE, handler

HANDLER = f"{handler.__module__}.{handler.__name__}"
"""The handler, as Lambda names it."""

_PACKAGE = __name__.partition(".")[0]

# Modules that are imported only for some events: with a payload, or from CloudTrail.
_ENTRIES = (handler.__module__, *(f"{__name__.rpartition('.')[0]}.{name}" for name in ("cloudtrail", "payload")))

# For every file in the zip: the earliest possible time, and readable by all.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


class Bundle(NamedTuple):
    """The code of the function.

    Attributes:
        content: the zip.
        sha256: the digest of its files, which changes with the policy and the version.
    """

    content: bytes
    sha256: str

    @property
    def file_name(self) -> str:
        """The name of the zip, which is different for other content."""
        return f"ecs-guard-hook-{self.sha256[:16]}.zip"


def bundle(policy: Policy) -> Bundle:
    """Return the code of the function, with the policy.

    Raises:
        PolicyError: if the policy cannot be written as JSON: it has custom checks or a fixed day.
    """
    files = {POLICY_FILE: _policy_text(policy).encode(), **modules()}
    buffer = io.BytesIO()
    # The digest of the files, not of the zip: versions of zlib compress the same files to different bytes.
    digest = hashlib.sha256()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = 3, _MODE  # 3 is Unix, also when this runs on Windows
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
            digest.update(json.dumps([name, hashlib.sha256(files[name]).hexdigest()]).encode())
    return Bundle(buffer.getvalue(), digest.hexdigest())


def modules() -> dict[str, bytes]:
    """Return the source of the handler and of all modules that it imports, by file name."""
    found: dict[str, bytes] = {}
    wanted = list(_ENTRIES)
    seen: set[str] = set()
    while wanted:
        module = wanted.pop()
        if module in seen:
            continue
        seen.add(module)
        name = _file_of(module)
        if name is None:  # a name in a module
            continue
        source = _text_of(name)
        found[name] = source.encode()
        package = module if name.endswith("/__init__.py") else module.rpartition(".")[0]
        wanted += [module.rpartition(".")[0], *_imports(ast.parse(source), package)]
    return found


def _policy_text(policy: Policy) -> str:
    if policy.checks:
        names = ", ".join(check.id for check in policy.checks)
        raise PolicyError(
            f"custom checks are Python, which the policy of the hook cannot contain: {names}. Give the hook the policy"
            " without them (policy.without_custom_checks()), and make these checks at synth or with ecs-guard check"
        )
    if policy.today is not None:
        raise PolicyError("the policy has a fixed day (today), which is for tests: leave it out")
    return json.dumps(policy.to_json(), indent=1, sort_keys=True)


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the modules of the package that a module imports when it is imported, and the names in them."""
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(f"{_PACKAGE}."))
        elif isinstance(node, ast.ImportFrom) and node.level:
            parents = package.split(".")
            base = ".".join([*parents[: len(parents) - node.level + 1], *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run on import: not those in functions, nor those for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _executed(child)


def _file_of(module: str) -> str | None:
    """Return the file of a module of the package, by its path from the folder that has the package."""
    path = module.replace(".", "/")
    names = (f"{path}/__init__.py", f"{path}.py")
    return next((name for name in names if _in_package(name).is_file()), None) if module else None


def _text_of(name: str) -> str:
    return _in_package(name).read_text(encoding="utf-8")


def _in_package(name: str) -> Traversable:
    # The package may be in a zip: tools/zip_app.py.
    return files(_PACKAGE).joinpath(*name.split("/")[1:])
