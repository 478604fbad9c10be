"""The constructs that a value refers to, through any kind of token."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import IConstruct


class _Recorder(cdk.DefaultTokenResolver):
    def __init__(self) -> None:
        super().__init__(cdk.StringConcat())
        self.found: list[IConstruct] = []

    def resolve_token(self, t: cdk.IResolvable, context: cdk.IResolveContext, post: cdk.IPostProcessor) -> Any:
        if isinstance(t, cdk.Reference):
            self.found.append(t.target)
        return super().resolve_token(t, context, post)


def targets_of(value: Any, scope: IConstruct) -> list[IConstruct]:
    """Return the constructs that a value refers to when ``scope`` uses it. Call it only after all Aspects."""
    recorder = _Recorder()
    cdk.Tokenization.resolve(value, preparing=False, resolver=recorder, scope=scope)
    return recorder.found
