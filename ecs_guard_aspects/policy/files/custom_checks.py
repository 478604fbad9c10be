"""Custom checks, which a policy or ``--checks MODULE:NAME`` names.

A pull request can change a policy file, so the checks that a policy names are imported only if the caller allows it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...model.debug import HINT, show_traceback, type_and_place
from ..checks import Check, ContainerCheck, TaskDefinitionCheck
from ..errors import PolicyError


def load_checks(names: Iterable[str], folder: Path | None = None, place: str = "--checks ") -> list[Check]:
    """Return the checks behind ``MODULE:NAME``: a check, its class, or a list of them.

    Args:
        names: the names.
        folder: a folder with modules, in addition to the working directory and installed packages.
        place: the beginning of messages.

    Raises:
        PolicyError: if it does not exist, or is not a check.
    """
    return [check for name in names for check in _checks(name, f"{place}{name}", folder)]


def loader_in(folder: Path) -> Callable[[Iterable[str]], list[Check]]:
    """Return a function that loads the checks which a policy in a folder names."""
    return lambda names: load_checks(names, folder, "checks: ")


def refused_by(construct: str) -> Callable[[Iterable[str]], list[Check]]:
    """Return a function that loads no checks: its error says how to give a construct a policy without them."""

    def load(names: Iterable[str]) -> list[Check]:
        raise PolicyError(
            f"checks: {', '.join(names)} is Python code, which {construct} cannot run. Give it a policy without custom"
            " checks: policy=Policy.from_json(..., allow_checks=True).without_custom_checks(), or with"
            " Policy.from_context(app, allow_checks=True) if the policy is in cdk.json"
        )

    return load


def _checks(name: str, place: str, folder: Path | None) -> Iterator[Check]:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise PolicyError(f"{place}: it must be MODULE:NAME, such as our_checks:CHECKS")
    found = _load(place, module, attribute, folder)
    for one in found if isinstance(found, list | tuple) else [found]:
        check = _made(one, place) if isinstance(one, type) else one
        if not isinstance(check, TaskDefinitionCheck | ContainerCheck):
            raise PolicyError(
                f"{place}: it is of the type {type(one).__name__}, which is not a check: derive from"
                " TaskDefinitionCheck or ContainerCheck"
            )
        yield check


def _made(kind: type, place: str) -> Any:
    with _errors_named(place):
        return kind()


def _load(place: str, module: str, attribute: str, folder: Path | None) -> Any:
    # At the end: a file in these folders must not replace an installed package of the same name.
    folders = [str(path) for path in dict.fromkeys((Path.cwd(), folder)) if path is not None]
    sys.path.extend(folders)
    try:
        with _errors_named(place):
            found = importlib.import_module(module)
            if not hasattr(found, attribute):
                raise ImportError(f"cannot import name {attribute!r} from {module!r}")
            return getattr(found, attribute)
    finally:
        for path in folders:
            sys.path.remove(path)


@contextmanager
def _errors_named(place: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - code of a team may raise anything, and even call sys.exit(0)
        show_traceback(error, f"loading {place}")
        # The text of these two is by Python, with names only; others can contain a secret.
        is_plain = isinstance(error, ImportError | SyntaxError)
        reason = f"{type(error).__name__}: {error}" if is_plain else f"{type_and_place(error)}. {HINT}"
        raise PolicyError(f"{place}: {reason}") from None
