"""The templates a synth has written: of stacks, of stacks inside Stages, of nested stacks.

Nested templates are found through the asset manifest of their stack and never by listing the output folder, where files
of earlier runs may lie.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..policy.policy import NOT_CHECKED
from ..policy.problems import Problem
from ..policy.template import Template
from .nesting import Nesting

_STACK_SUFFIX = ".template.json"


@dataclass(frozen=True)
class WrittenTemplate:
    """A template of the cloud assembly.

    Attributes:
        file: where it is.
        stack_path: construct path of the top-level stack it belongs to.
        body: what it says; None if it cannot be read.
        problems: what could not be read or followed, each with the logical id it is about, if any.
        context: what its expressions refer to, with what its parents give to the parameters of a nested stack.
    """

    file: Path
    stack_path: str
    body: Mapping[str, Any] | None
    problems: tuple[tuple[str | None, Problem], ...] = ()
    context: Template = field(default_factory=Template)


def stack_paths(templates: Iterable[Path]) -> dict[Path, str]:
    """Return the construct path of the stack behind each template, as the manifest beside it says.

    Raises:
        OSError, ValueError, TypeError, AttributeError, KeyError: if a manifest cannot be read or lacks a template.
    """
    by_folder: dict[Path, dict[str, str]] = {}
    paths = {}
    for file in templates:
        if file.parent not in by_folder:
            by_folder[file.parent] = {
                artifact["properties"]["templateFile"]: artifact.get("displayName", name)
                for name, artifact in _artifacts(file.parent).items()
                if artifact["type"] == "aws:cloudformation:stack"
            }
        paths[file] = by_folder[file.parent][file.name]
    return paths


def read_templates(file: Path, stack_path: str, expected: Iterable[str] = ()) -> list[WrittenTemplate]:
    """Return the template of a top-level stack and those of all its nested stacks.

    Args:
        file: the template of the stack.
        stack_path: the construct path of the stack.
        expected: names of template files that the construct tree says belong to it.
    """
    top = _read(file, stack_path)
    assets: dict[str, str] = {}
    if top.body is not None:
        try:
            assets = _template_assets(file)
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            problem = _unreadable(f"The asset manifest of {file.name}", error)
            top = WrittenTemplate(top.file, stack_path, top.body, ((None, problem),))
    names = [name for name in dict.fromkeys([*assets.values(), *expected]) if name != file.name]
    templates = [top, *(_read(file.parent / name, stack_path) for name in names)]
    nesting = Nesting({template.file.name: template.body or {} for template in templates}, assets)
    return [_placed(template, nesting) for template in templates]


def _placed(template: WrittenTemplate, nesting: Nesting) -> WrittenTemplate:
    """Add to a template what only those around it tell."""
    name = template.file.name
    problems = [(logical_id, _ELSEWHERE) for logical_id in nesting.elsewhere(name)]
    return replace(template, problems=(*template.problems, *problems), context=nesting.context_of(name))


def _read(file: Path, stack_path: str) -> WrittenTemplate:
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return WrittenTemplate(file, stack_path, None, ((None, _unreadable(f"The template {file.name}", error)),))
    if not isinstance(body, dict):
        problem = _unreadable(f"The template {file.name}", ValueError(f"it is a {type(body).__name__}, not an object"))
        return WrittenTemplate(file, stack_path, None, ((None, problem),))
    return WrittenTemplate(file, stack_path, body)


def _template_assets(file: Path) -> dict[str, str]:
    """Return the templates among the file assets of a stack, by source hash: nested stacks, Service Catalog products.

    Raises:
        OSError, ValueError, TypeError, AttributeError, KeyError: if the manifest that lists them cannot be read.
    """
    manifest = file.with_name(f"{file.name.removesuffix(_STACK_SUFFIX)}.assets.json")
    if manifest.exists():
        files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
        sources = [(source_hash, asset["source"].get("path")) for source_hash, asset in files.items()]
    else:
        sources = [(entry.get("sourceHash"), entry.get("path")) for entry in _legacy_assets(file)]
    return {
        source_hash: name
        for source_hash, name in sources
        if source_hash and name and name.endswith(_STACK_SUFFIX) and name != file.name
    }


def _legacy_assets(file: Path) -> list[dict[str, Any]]:
    """Return the assets of a stack from the manifest of the assembly, where the legacy synthesizer keeps them."""
    return [
        entry["data"]
        for artifact in _artifacts(file.parent).values()
        if artifact.get("properties", {}).get("templateFile") == file.name
        for _, entries in _metadata(artifact, file.parent)
        for entry in entries
        if entry.get("type") == "aws:cdk:asset"
    ]


def _artifacts(folder: Path) -> dict[str, dict[str, Any]]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest.get("artifacts", {})  # type: ignore[no-any-return]


def _metadata(artifact: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, list[Any]]]:
    """Yield the metadata of an artifact by construct path; newer versions of the CDK put it into a file of its own."""
    yield from artifact.get("metadata", {}).items()
    if "additionalMetadataFile" in artifact:
        file = folder / artifact["additionalMetadataFile"]
        yield from json.loads(file.read_text(encoding="utf-8")).items()


def written_annotations(folder: Path) -> set[tuple[str, str]]:
    """Return the errors and warnings that an assembly holds for the CDK CLI: construct path and text.

    Raises:
        OSError, ValueError, TypeError, AttributeError, KeyError: if the manifest that holds them cannot be read.
    """
    return {
        (path.removeprefix("/"), str(entry.get("data")))
        for artifact in _artifacts(folder).values()
        for path, entries in _metadata(artifact, folder)
        for entry in entries
        if entry.get("type") in ("aws:cdk:error", "aws:cdk:warning")
    }


def _unreadable(what: str, error: Exception) -> Problem:
    return Problem(
        f"{what} cannot be read: {type(error).__name__}: {error}.",
        "The gate fails closed: what it cannot read it denies.",
        "Synthesize into an empty output folder; if it stays so, report it with this message.",
    )


_ELSEWHERE = Problem(
    "The template of this nested stack is given by URL or as an asset the CDK did not synthesize.",
    "The gate cannot see it: a task definition in it is not checked.",
    "Judge that template where it is made, with evaluate_template, or load it with CfnInclude.",
    check=NOT_CHECKED,
)
