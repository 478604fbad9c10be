"""Cloud assemblies written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ecs_guard_aspects.model.document import Document
from ecs_guard_aspects.model.notice import Notice
from ecs_guard_aspects.model.resource import NESTED_STACK, TASK_DEFINITION, Resource
from ecs_guard_aspects.sources.assembly.documents import read_assembly
from ecs_guard_aspects.sources.assembly.stack import AssemblyOptions

BAD: dict[str, Any] = {"Type": TASK_DEFINITION, "Properties": {"NetworkMode": "bridge"}}
ROOT = Path("/app")
"""The root of the user's code in these assemblies."""


def stack_of(source_hash: str, **parameters: Any) -> dict[str, Any]:
    """Return a nested stack that deploys the asset of this hash."""
    return deploys(f"https://s3/{source_hash}.json", **parameters)


def deploys(url: Any, **parameters: Any) -> dict[str, Any]:
    """Return a nested stack that deploys the template at a URL."""
    return {"Type": NESTED_STACK, "Properties": {"TemplateURL": url, "Parameters": parameters}}


def entry(kind: str, data: Any) -> dict[str, Any]:
    """Return an entry of the metadata of a construct."""
    return {"type": f"aws:cdk:{kind}", "data": data}


def logical_id(data: Any) -> dict[str, Any]:
    return entry("logicalId", data)


class Assembly:
    """A cloud assembly with one stack, ``Stack``, unless it is given another manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.artifact: dict[str, Any] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "Stack.template.json"},
            "displayName": "Stack",
        }
        self.manifest()

    def put(self, name: str, content: Any) -> None:
        """Write a file: bytes, a text, or what JSON makes of the content."""
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def manifest(self, folder: str = "", **artifacts: Any) -> None:
        """Write the manifest: with the one stack, or these artifacts."""
        self.put(f"{folder}manifest.json", {"artifacts": artifacts or {"Stack": self.artifact}})

    def assets(self, **paths: str) -> None:
        """Write the asset manifest: path by source hash."""
        files = {name: {"source": {"path": path, "packaging": "file"}} for name, path in paths.items()}
        self.put("Stack.assets.json", {"files": files})

    def metadata(self, **entries: list[Any]) -> None:
        """Write the metadata of the constructs, their paths below the stack: ``Nested__Td``."""
        paths = {f"/Stack/{name.replace('__', '/')}" if name else "/Stack": value for name, value in entries.items()}
        self.metadata_of(paths)

    def metadata_of(self, entries: Any) -> None:
        """Write the metadata of the constructs by construct path."""
        self.artifact["additionalMetadataFile"] = "Stack.metadata.json"
        self.put("Stack.metadata.json", entries)
        self.manifest()

    def template(self, name: str = "Stack", /, sections: dict[str, Any] | None = None, **resources: Any) -> None:
        """Write a template; ``Fn__ForEach__X`` is ``Fn::ForEach::X``."""
        members = {key.replace("__", "::"): value for key, value in resources.items()}
        self.put(f"{name}.template.json", {**(sections or {}), "Resources": members})

    def read(self, **known: Any) -> list[Document]:
        """Read it."""
        return read_assembly(self.folder, AssemblyOptions(**{"root": ROOT, **known}))

    def said(self) -> dict[str, list[str]]:
        """Return by document its notices, without its task definitions."""
        return {
            document.name: [f"{item.name}: {item.what}" for item in document.items if isinstance(item, Notice)]
            for document in self.read()
        }

    def task_definitions(self, **known: Any) -> list[Resource]:
        """Return its task definitions."""
        return [item for document in self.read(**known) for item in document.items if isinstance(item, Resource)]

    def addresses(self) -> list[str]:
        """Return the addresses of its task definitions."""
        return [resource.address for resource in self.task_definitions()]
