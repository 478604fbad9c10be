"""Constructs: their kinds, paths, Stages and stacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

import aws_cdk as cdk
from aws_cdk.assertions import Capture, Match
from constructs import IConstruct, Node

from ....model.resource import JUDGED_TYPES, TASK_DEFINITION

_GENERATED = {f"Cfn{kind.rpartition('::')[2]}" for kind in JUDGED_TYPES}

_FOLDER_OF_CDK = Path.cwd()
"""The working directory of the CDK: a process of its own, which starts when it is imported."""


def is_task_definition(node: IConstruct) -> TypeGuard[cdk.CfnResource]:
    """Return whether a construct is a task definition, and not that of a daemon."""
    return _type_of(node) == TASK_DEFINITION


def is_judged(node: IConstruct) -> TypeGuard[cdk.CfnResource]:
    """Return whether a construct is a resource that checks cover. It makes no call into jsii for other classes."""
    return _type_of(node) in JUDGED_TYPES


def _type_of(node: IConstruct) -> str | None:
    return node.cfn_resource_type if _may_be_judged(type(node)) else None  # type: ignore[attr-defined]


@lru_cache(maxsize=1024)
def _may_be_judged(kind: type) -> bool:
    if not issubclass(kind, cdk.CfnResource):
        return False
    generated = [base for base in kind.__mro__ if base.__module__.startswith("aws_cdk.aws_")]
    # A class outside the AWS services is the generic CfnResource or a subclass of it, which can have any type.
    return not generated or any(base.__qualname__ in _GENERATED for base in generated)


def is_within(path: str, scope: str) -> bool:
    """Return whether a construct path is at or below a scope; the scope of the app is ``""``."""
    return not scope or path == scope or path.startswith(f"{scope}/")


def identity_of(node: IConstruct) -> str:
    """Return an id of a construct that is unique in the process.

    For a construct that Python did not make itself, every access gives another Python object.
    """
    return str(node.__jsii_ref__.ref)  # type: ignore[attr-defined]


def identities_in(scope: IConstruct) -> list[str]:
    """Return the identities of a construct and all constructs below it, also in Stages, with one call into jsii."""
    return [identity_of(node) for node in scope.node.find_all()]


def stage_of(scope: IConstruct) -> IConstruct:
    """Return the Stage of ``scope``, which can be itself; the root of its tree if there is none."""
    stage = scope if isinstance(scope, cdk.Stage) else cdk.Stage.of(scope)
    return stage if stage is not None else scope.node.root


def path_of(file: str) -> Path:
    """Return a path that the CDK has given: a relative one is not below the working directory, if the app has changed
    that."""
    return _FOLDER_OF_CDK / file


def outdir_of(stage: IConstruct) -> Path:
    """Return the output folder of a Stage."""
    return path_of(stage.outdir)  # type: ignore[attr-defined]


def folder_of(stage: IConstruct) -> str:
    """Return the folder of a Stage relative to that of its app, with a slash; empty for the app itself."""
    root = stage.node.root
    if not isinstance(stage, cdk.Stage) or not isinstance(root, cdk.Stage):
        return ""
    folder = Path(stage.outdir).relative_to(root.outdir).as_posix()
    return "" if folder == "." else f"{folder}/"


def stacks_of(nodes: Sequence[cdk.CfnResource]) -> list[cdk.Stack]:
    """Return the stacks of resources, and their parent stacks, each once."""
    stacks: dict[str, cdk.Stack] = {}
    for node in nodes:
        stack: cdk.Stack | None = cdk.Stack.of(node)
        while stack is not None and identity_of(stack) not in stacks:
            stacks[identity_of(stack)] = stack
            stack = stack.nested_stack_parent
    return list(stacks.values())


def stacks_in(stage: IConstruct) -> list[cdk.Stack]:
    """Return all stacks of a Stage, also nested ones, but not those of Stages inside it."""
    return stacks_among(stage.node.find_all(), stage)


def stacks_among(nodes: Sequence[IConstruct], stage: IConstruct) -> list[cdk.Stack]:
    """Return the stacks of a Stage that are among some constructs."""
    path = stage.node.path
    stacks = [node for node in nodes if isinstance(node, cdk.Stack)]
    return [stack for stack in stacks if stage_of(stack).node.path == path]


def inner_stages(scope: IConstruct) -> list[IConstruct]:
    """Return the Stages below ``scope``, without a walk through all its constructs if there can be none."""
    root = scope.node.root
    # When a Stage is made, the CDK makes a folder for it.
    if isinstance(root, cdk.Stage) and not any(outdir_of(root).glob("assembly-*")):
        return []
    path = scope.node.path
    return [node for node in scope.node.find_all() if isinstance(node, cdk.Stage) and node.node.path != path]


def environments_of(root: IConstruct, is_served: Callable[[str], bool]) -> set[str]:
    """Return the known environments, ``aws://account/region``, of the task definitions that are served."""
    nodes = [node for node in root.node.find_all() if is_task_definition(node) and is_served(node.node.path)]
    return {env for env in (cdk.Stack.of(node).environment for node in nodes) if "unknown-" not in env}


class Nodes:
    """The constructs of a tree by their paths, while none is added: each is looked up once.

    Attributes:
        root: the root of the tree.
        stage_path: the path of their Stage; empty for the app itself.
    """

    def __init__(self, root: IConstruct, stage_path: str = "") -> None:
        self.root = root
        self.stage_path = stage_path
        self._found: dict[str, IConstruct | None] = {"": root}
        self._inner: dict[str, Node] = {}

    def learn(self, nodes: Sequence[IConstruct]) -> None:
        """Remember constructs of the tree, with the same few calls into jsii for any number of them."""
        self._found |= dict(zip(_paths_of(nodes), nodes, strict=False))

    def at(self, path: str) -> IConstruct | None:
        """Return the construct at a path, None if there is none."""
        if path not in self._found:
            parent, _, name = path.rpartition("/")
            scope = self.at(parent)
            if scope is not None and parent not in self._inner:
                self._inner[parent] = scope.node
            self._found[path] = None if scope is None else self._inner[parent].try_find_child(name)
        return self._found[path]


def _paths_of(nodes: Sequence[IConstruct]) -> list[str]:
    """Return the construct paths of some constructs; none if the CDK does not show them all at once."""
    if not nodes:
        return []
    captured = Capture()
    with_path = Match.object_like({"node": Match.object_like({"path": captured})})
    Match.array_equals([with_path] * len(nodes)).test(nodes).finished()
    # A private field; the public methods return one value with each call.
    paths = cdk.Stack.of(nodes[0]).resolve(captured).get("_captured")
    return paths if isinstance(paths, list) and len(paths) == len(nodes) else []


class LiveTree:
    """The resources of an app, from its constructs: for templates that are read without a construct tree.

    A logical id of only one construct needs no call into jsii.

    Args:
        root: the app.
    """

    def __init__(self, root: IConstruct) -> None:
        self._nodes = Nodes(root)

    def resources_among(self, paths: Set[str]) -> set[str]:
        """Return those of the construct paths that are of resources; all have the same logical id."""
        if len(paths) < 2:
            return {*paths}
        return {path for path in paths if isinstance(self._nodes.at(path), cdk.CfnResource)}


def node_at(root: IConstruct, path: str) -> IConstruct | None:
    """Return the construct at a path, None if there is none."""
    return Nodes(root).at(path)


def is_synthesized(root: IConstruct) -> bool:
    """Return whether an app has been synthesized, so that ``synth`` returns the same result again."""
    if not isinstance(root, cdk.Stage) or not (outdir_of(root) / "manifest.json").exists():
        return False
    # The manifest can be from an earlier run; only a private field shows whether it is from this one.
    return Match.object_like({"assembly": Match.absent()}).test(root).has_failed()
