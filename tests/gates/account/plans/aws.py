"""A stand-in for the AWS CLI, which is not a dependency: this process makes the calls of scripts, by boto3."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3

# What scripts find as `aws`: it starts fast, and asks the process of the test.
_CLIENT = """\
#!{python} -IS
import http.client, json, os, sys
connection = http.client.HTTPConnection("127.0.0.1", {port})
connection.request("POST", "/", json.dumps([os.getcwd(), *sys.argv[1:]]))
answer = connection.getresponse()
print(answer.read().decode())
sys.exit(answer.status != 200)
"""


@contextlib.contextmanager
def aws_in(folder: Path) -> Iterator[list[list[str]]]:
    """Put the stand-in into a folder, and yield the list of the command lines that it gets."""
    asked: list[list[str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            where, *words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(words)
            try:
                status, answer = 200, call(words, Path(where))
            except Exception as error:  # noqa: BLE001 - the script has to see it
                status, answer = 400, f"{type(error).__name__}: {error}"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = folder / "aws"
    script.write_text(_CLIENT.format(python=sys.executable, port=server.server_port))
    script.chmod(0o700)
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()


def call(words: list[str], folder: Path) -> str:
    """Make the call of a command line, and return what the AWS CLI prints."""
    service, command, *rest = words
    if command == "wait":
        return ""  # moto has no deployments to wait for
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    client: Any = boto3.client(service, region_name=options.pop("--region", None))  # type: ignore[call-overload]
    query, _ = options.pop("--query", ""), options.pop("--output", "")
    method = command.replace("-", "_")
    operation = client.meta.method_to_api_mapping[method]
    members = client.meta.service_model.operation_model(operation).input_shape.members
    parameters: dict[str, Any] = json.loads(_content(options.pop("--cli-input-json", "{}"), folder))
    by_option = {"--" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(): name for name in members}
    for option, value in options.items():
        name = by_option[option]
        parameters[name] = _value(value, members[name].type_name)
    answer = getattr(client, method)(**parameters)
    for step in query.split(".") if query else ():
        answer = answer[step]
    return answer if isinstance(answer, str) else json.dumps(answer, default=str)


def _value(text: str, kind: str) -> Any:
    if kind == "list" and not text.startswith("["):
        return [text]
    return text if kind == "string" else json.loads(text)


def _content(text: str, folder: Path) -> str:
    return (folder / text.removeprefix("file://")).read_text(encoding="utf-8") if text.startswith("file://") else text
