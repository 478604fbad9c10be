"""Payloads: which URLs are read at all, and that no server can make it take long or much. Servers are real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection

import pytest

from ecs_guard_aspects.gates.hook.events import EventError
from ecs_guard_aspects.gates.hook.payload import MOST_BYTES, Connect, fetch

URL = "https://hooks.s3.eu-central-1.amazonaws.com/a/payload?X-Amz-Signature=secret"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[Connect]:
    """Run a server that answers one connection, and return a function that connects to it for every host."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            connection.recv(65_536)
            with suppress(OSError):  # the client has gone, as it should
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield lambda host, seconds: HTTPConnection("127.0.0.1", port, timeout=seconds)
        thread.join(5)


def content(body: bytes, status: str = "200 OK", headers: str = "") -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body)


def test_a_payload_is_read() -> None:
    with server(content(b'{"changedResources": []}')) as connect:
        assert fetch(URL, connect=connect) == b'{"changedResources": []}'


def test_what_is_asked_for_is_the_path_and_the_signature() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        fetch(URL, connect=lambda host, seconds: HTTPConnection("127.0.0.1", port, timeout=seconds))
        thread.join(5)
    assert asked[0].startswith(b"GET /a/payload?X-Amz-Signature=secret HTTP/1.1\r\n")


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # until the client gives up


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        threading.Event().wait(0.01)


SLOW = {"hangs": hang, "sends a byte now and then": drip}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
def test_a_server_that_takes_too_long(answer: Callable[[socket.socket], None]) -> None:
    with server(answer) as connect, pytest.raises(EventError, match=r"takes longer than 0\.2 seconds"):
        fetch(URL, seconds=0.2, connect=connect)


BAD = {
    "a redirect": (content(b"", "302 Found", "Location: file:///etc/passwd\r\n"), "answers with status 302"),
    "a signature that has expired": (content(b"<Error/>", "403 Forbidden"), "answers with status 403"),
    "5 MB": (content(b" " * 5_000_000), f"larger than {MOST_BYTES:,} bytes"),
    "no HTTP": (lambda connection: connection.sendall(b"220 ready\r\n"), "cannot be read from hooks.s3.eu-central-1"),
    "nothing": (lambda connection: None, "cannot be read from hooks.s3.eu-central-1"),
    "half of it": (
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"),
        "cannot be read from hooks.s3.eu-central-1",
    ),
}


@pytest.mark.parametrize(("answer", "message"), BAD.values(), ids=BAD)
def test_a_payload_that_cannot_be_read(answer: Callable[[socket.socket], None], message: str) -> None:
    with server(answer) as connect, pytest.raises(EventError, match=message) as caught:
        fetch(URL, seconds=5, connect=connect)
    assert "secret" not in str(caught.value)


# Never connected to.
REFUSED = [
    ("http://hooks.s3.eu-central-1.amazonaws.com/payload?secret", "is http, not https"),
    ("file:///etc/passwd?secret", "is file, not https"),
    ("ftp://hooks.s3.amazonaws.com/secret", "is ftp, not https"),
    ("data:application/json,{}", "is data, not https"),
    ("/payload?secret", "is relative, not https"),
    ("", "is relative, not https"),
    ("https://", "not a host of Amazon S3"),
    ("https://example.com/payload?secret", "example.com, which is not a host of Amazon S3"),
    ("https://169.254.169.254/latest/meta-data?secret", "not a host of Amazon S3"),
    ("https://localhost/secret", "not a host of Amazon S3"),
    ("https://[::1]/secret", "not a host of Amazon S3"),
    ("https://[::1/secret", "cannot be parsed"),
    ("https://hooks.s3.amazonaws.com:x/secret", "cannot be parsed"),
    ("https://hooks.s3.eu-central-1.amazonaws.com:8443/secret", "not a host of Amazon S3"),
    ("https://user:secret@hooks.s3.eu-central-1.amazonaws.com/", "not a host of Amazon S3"),
    ("https://hooks.s3.eu-central-1.amazonaws.com.example.com/secret", "not a host of Amazon S3"),
    ("https://hooks.s3.eu-central-1.amazonaws.com@example.com/secret", "not a host of Amazon S3"),
    ("https://s3.eu-central-1.amazonaws.com.cn.example/secret", "not a host of Amazon S3"),
    ("https://xs3.eu-central-1.amazonaws.com/secret", "not a host of Amazon S3"),
    ("https://s3.x.execute-api.eu-central-1.amazonaws.com/secret", "not a host of Amazon S3"),
    ("https://s3-123.eu-central-1.elb.amazonaws.com/secret", "not a host of Amazon S3"),
    ("https://ec2-1-2-3-4.eu-central-1.compute.amazonaws.com/secret", "not a host of Amazon S3"),
]


def never(host: str, seconds: float) -> HTTPConnection:
    raise AssertionError(f"{host} is not to be connected to")


@pytest.mark.parametrize(("url", "message"), REFUSED)
def test_a_url_that_is_refused(url: str, message: str) -> None:
    with pytest.raises(EventError, match=message) as caught:
        fetch(url, connect=never)
    assert "secret" not in str(caught.value)


HOSTS = [
    "s3.amazonaws.com",
    "hooks.s3.amazonaws.com",
    "hooks.s3.eu-central-1.amazonaws.com",
    "hooks.s3-us-west-2.amazonaws.com",
    "s3.dualstack.eu-central-1.amazonaws.com",
    "hooks.with.dots.s3-fips.us-gov-west-1.amazonaws.com",
    "hooks.s3.cn-north-1.amazonaws.com.cn",
    "hooks.s3.eusc-de-east-1.amazonaws.eu",
    "HOOKS.S3.EU-CENTRAL-1.AMAZONAWS.COM",
]


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_of_s3(host: str) -> None:
    with server(content(b"{}")) as connect:
        assert fetch(f"https://{host}/payload", connect=connect) == b"{}"


def test_a_connection_is_by_tls() -> None:
    # The machine that runs the tests has no network: whichever step fails, it is not read over plain HTTP.
    with pytest.raises(EventError):
        fetch("https://hooks.s3.eu-central-1.amazonaws.com/payload", seconds=0.01)
