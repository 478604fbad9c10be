"""Custom checks: those that ``--checks MODULE:NAME`` names. A policy file, which a pull request can change, cannot."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...model.debug import show_traceback
from ..checks import Check, ContainerCheck, TaskDefinitionCheck
from ..errors import PolicyError


def load_checks(names: Iterable[str]) -> list[Check]:
    """Return the checks behind ``MODULE:NAME``: a check, its class, or a list of them.

    Raises:
        PolicyError: if there is no such thing, or it is not a check.
    """
    return [check for name in names for check in _checks(name)]


def _checks(name: str) -> Iterator[Check]:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise PolicyError(f"--checks {name}: it must be MODULE:NAME, such as our_checks:CHECKS")
    found = _load(name, module, attribute)
    for one in found if isinstance(found, list | tuple) else [found]:
        check = one() if isinstance(one, type) else one
        if not isinstance(check, TaskDefinitionCheck | ContainerCheck):
            raise PolicyError(
                f"--checks {name}: {one!r} is not a check: derive from TaskDefinitionCheck or ContainerCheck"
            )
        yield check


def _load(name: str, module: str, attribute: str) -> Any:
    # At the end: what is installed must not be replaced by a file of the same name that lies here.
    sys.path.append(str(Path.cwd()))
    try:
        return getattr(importlib.import_module(module), attribute)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - code of a team may raise anything, and even call sys.exit(0)
        show_traceback(error, f"loading {name}")
        raise PolicyError(f"--checks {name}: {type(error).__name__}: {error}") from None
    finally:
        sys.path.remove(str(Path.cwd()))
