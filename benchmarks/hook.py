"""The gate at deployment: how large its bundle is, how long a cold start takes and how long one judgement."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from ecs_guard_aspects.gates.hook.answer import answer
from ecs_guard_aspects.gates.hook.bundle import HANDLER, bundle
from ecs_guard_aspects.policy import Policy

POLICY = Policy()
JUDGEMENTS = 200

# As Lambda starts it: only the standard library, and no compiled modules.
_IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.process_time()
__import__(sys.argv[2])
print(time.process_time() - start)
"""


class HookCost(NamedTuple):
    """What the gate at deployment costs: bytes of the zip, milliseconds of CPU of an import and of a judgement."""

    size: int
    cold_import: float
    judgement: float


def denied_event() -> dict[str, Any]:
    """Return an event of a resource with two containers and three findings."""
    containers = [{"Name": name, "Image": "nginx", "User": "root", "Memory": 256} for name in ("web", "proxy")]
    properties = {"Family": "web", "NetworkMode": "host", "ContainerDefinitions": containers}
    return {
        "clientRequestToken": "t",
        "awsAccountId": "111122223333",
        "stackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/Web/0a",
        "actionInvocationPoint": "CREATE_PRE_PROVISION",
        "requestData": {
            "targetName": "AWS::ECS::TaskDefinition",
            "targetLogicalId": "Task",
            "targetModel": {"resourceProperties": properties},
        },
    }


def measure(rounds: int) -> HookCost:
    """Return what it costs: medians of rounds."""
    code = bundle(POLICY)
    with TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(code.content)).extractall(folder)
        imports = [_cold_import(folder) for _ in range(rounds)]
    event = denied_event()
    judgements = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(JUDGEMENTS):
            answer(event, POLICY, _no_payload)
        judgements.append(1000 * (time.process_time() - start) / JUDGEMENTS)
    return HookCost(len(code.content), median(imports), median(judgements))


def _cold_import(folder: str) -> float:
    command = [sys.executable, "-S", "-I", "-B", "-c", _IMPORT, folder, HANDLER.rpartition(".")[0]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return 1000 * float(done.stdout)


def _no_payload(url: str) -> bytes:
    raise ValueError("the event has no payload")
