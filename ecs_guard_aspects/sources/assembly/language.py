"""The language of a CDK app: how its code sets a property.

Problems name the properties of CloudFormation, as in the synthesized template.
"""

from __future__ import annotations

from ...model.language import Language
from ...model.sentence import NETWORK_MODE, Property

PYTHON = "Python"
TYPESCRIPT = "TypeScript"

_BY_EXTENSION = {
    "py": PYTHON,
    **dict.fromkeys(("ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"), TYPESCRIPT),
}
_CONSTANTS = {"awsvpc": "AWS_VPC", "bridge": "BRIDGE", "none": "NONE"}


class Cdk(Language):
    """The code of a CDK app.

    Args:
        code: ``PYTHON`` or ``TYPESCRIPT``; if None, messages have both.
        is_level_1: whether the construct is a ``CfnTaskDefinition``, whose properties are plain strings.
    """

    decide = "Write a literal value (for a CfnParameter, allowed values are enough)"

    def __init__(self, code: str | None, is_level_1: bool = False) -> None:
        self._code = code
        self._is_level_1 = is_level_1

    def set(self, prop: Property, value: str) -> str:
        constant = None if self._is_level_1 or prop != NETWORK_MODE else _CONSTANTS.get(value)
        python, typescript = _in_both(prop.name, f"ecs.NetworkMode.{constant}" if constant else f'"{value}"')
        return f"set {self._in_code(python, typescript)}"

    def remove(self, prop: Property) -> str:
        if prop == NETWORK_MODE and not self._is_level_1:  # a TaskDefinition without a mode gets bridge
            return "remove NetworkMode with an override (add_property_deletion_override)"
        return f"remove {self._in_code(*_in_both(prop.name, ''))}"

    def _in_code(self, python: str, typescript: str) -> str:
        either = python if python == typescript else f"{python} (TypeScript: {typescript})"
        return {PYTHON: python, TYPESCRIPT: typescript}.get(self._code or "", either)


def cdk_language(path: str, file: str | None, code: str | None) -> Cdk:
    """Return the language of a construct.

    Args:
        path: its construct path: that of the resource of a level 2 construct ends with ``/Resource``.
        file: the code that made it, if it is known.
        code: the language of the whole app, if it is known.
    """
    extension = (file or "").rpartition(".")[2].lower()
    return Cdk(code or _BY_EXTENSION.get(extension), is_level_1=not path.endswith(("/Resource", ">")))


def _in_both(name: str, value: str) -> tuple[str, str]:
    camel = name[:1].lower() + name[1:]
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel)
    return (f"{snake}={value}", f"{camel}: {value}") if value else (snake, camel)
