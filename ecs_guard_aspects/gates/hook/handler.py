"""The handler of the Lambda function: reads the policy of the bundle, answers, and writes a line to the log."""

from __future__ import annotations

import json
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...model.debug import show_traceback
from ...policy.errors import PolicyError
from ...policy.policy import Policy
from .answer import answer_to
from .log import log_line

POLICY_FILE = "policy.json"
"""The policy at the root of the bundle, next to the package."""


def handler(event: Any, context: Any = None) -> dict[str, Any]:
    """Answer an event of a CloudFormation hook, or one of CloudTrail by way of EventBridge; it never raises."""
    start = time.perf_counter()
    answer = answer_to(event, policy_of_bundle, _fetch)
    if answer.cause is not None:
        show_traceback(answer.cause, f"judging {answer.target or 'an event'}")
    milliseconds = (time.perf_counter() - start) * 1000
    function = getattr(context, "function_name", None) or os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "local")
    print(log_line(answer, function=function, milliseconds=milliseconds, now=int(time.time() * 1000)), flush=True)
    return answer.response


@lru_cache(maxsize=1)
def policy_of_bundle() -> Policy:
    """Return the policy that was deployed with the code.

    Raises:
        PolicyError: if it does not exist, or cannot be read.
    """
    file = Path(__file__).parents[3] / POLICY_FILE
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PolicyError(f"{POLICY_FILE} cannot be read: {type(error).__name__}") from None
    return Policy.from_json(value, POLICY_FILE)


def _fetch(url: str) -> bytes:
    from .payload import fetch  # few events need a connection, and its import takes longer than all others

    return fetch(url)
