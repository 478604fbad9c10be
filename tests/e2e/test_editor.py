"""The findings in an editor: what the language server of the CDK CLI reports about a file of the app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

import pytest

REPOSITORY = Path(__file__).parents[2]
CDK = REPOSITORY / "node_modules/.bin/cdk"

APP = """\
import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from ecs_guard_aspects import EcsGuard

app = cdk.App()
stack = cdk.Stack({scope}, "Stack")
ecs.CfnTaskDefinition(stack, "Td", network_mode="bridge")
{guard}
app.synth()
"""
FORMS = {"protect": "EcsGuard().protect(app)", "aspect": "cdk.Aspects.of(app).add(EcsGuard())"}


class Client:
    """A client of a language server, which speaks JSON-RPC over its standard input and output."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        self._stdin = server.stdin
        self._messages: Queue[dict[str, Any]] = Queue()
        Thread(target=self._read, args=(server.stdout,), daemon=True).start()

    def send(self, method: str, params: dict[str, Any], **more: Any) -> None:
        self._write({"jsonrpc": "2.0", "method": method, "params": params, **more})

    def diagnostics(self, timeout: float) -> list[dict[str, Any]]:
        """Return the diagnostics that the server publishes first, if any; its own requests are answered."""
        while True:
            try:
                message = self._messages.get(timeout=timeout)
            except Empty:
                return []
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["diagnostics"]:
                return list(message["params"]["diagnostics"])
            if "id" in message and "method" in message:
                self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._stdin.flush()

    def _read(self, stream: IO[bytes]) -> None:
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(int(header.partition(b":")[2]))))


def synthesize(folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "PYTEST_"))}
    env |= {
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(folder / "cdk.out"),
        "JSII_HOST_STACK_TRACES": "1",
        "PYTHONPATH": str(REPOSITORY),
    }
    subprocess.run([sys.executable, "app.py"], cwd=folder, env=env, capture_output=True, timeout=120, check=False)


@contextmanager
def language_server(folder: Path) -> Iterator[Client]:
    line = [str(CDK), "lsp"]
    with subprocess.Popen(
        line,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            client = Client(server)
            root = folder.as_uri()
            folders = [{"uri": root, "name": folder.name}]
            client.send(
                "initialize",
                {"processId": None, "rootUri": root, "workspaceFolders": folders, "capabilities": {}},
                id=1,
            )
            client.send("initialized", {})
            yield client
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # with Node.js, where that is a process of its own


@pytest.fixture(scope="module", autouse=True)
def _has_a_language_server() -> None:
    done = subprocess.run([str(CDK), "lsp", "--help"], capture_output=True, text=True, timeout=60, check=False)
    if "Language Server" not in done.stdout:
        pytest.skip("this CDK CLI has no language server")


@pytest.mark.e2e
@pytest.mark.parametrize("form", FORMS)
def test_a_finding_is_at_the_line_that_made_the_task_definition(tmp_path: Path, form: str) -> None:
    file = tmp_path / "app.py"
    file.write_text(APP.format(scope="app", guard=FORMS[form]))
    synthesize(tmp_path)
    with language_server(tmp_path) as client:
        found = client.diagnostics(timeout=60)
    (diagnostic,) = found
    assert (diagnostic["range"]["start"]["line"] + 1, diagnostic["severity"]) == (7, 1)
    assert "NetworkMode is 'bridge'." in diagnostic["message"]
