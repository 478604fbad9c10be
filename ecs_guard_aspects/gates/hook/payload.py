"""Payloads of change sets: presigned URLs of Amazon S3, read with limits on hosts, time and size.

The URL is in the event, and its query is a secret: messages name only the host.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from .events import EventError

SECONDS = 10.0
"""The maximum time for a payload: CloudFormation waits 30 seconds for the whole function."""

MOST_BYTES = 4_000_000
"""The maximum size of a payload: it has two templates of at most 1 MB each, and the changed properties."""

_REGION = r"[a-z]{2,5}(-[a-z]+)+-\d+"
_SUFFIX = (  # in all partitions
    r"amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov"
)
# Other hosts below amazonaws.com can belong to anyone: load balancers, instances, APIs.
_S3_HOST = re.compile(rf"([a-z0-9][a-z0-9.-]*\.)?s3(-fips)?(\.dualstack)?([.-]{_REGION})?\.({_SUFFIX})", re.ASCII)

Connect = Callable[[str, float], HTTPConnection]
"""Opens a connection to a host, with a timeout in seconds for each step."""


def _over_tls(host: str, seconds: float) -> HTTPConnection:
    return HTTPSConnection(host, timeout=seconds)  # verifies the certificate; follows no redirects and uses no proxy


def fetch(url: str, *, seconds: float = SECONDS, most: int = MOST_BYTES, connect: Connect = _over_tls) -> bytes:
    """Return the content of a presigned URL of Amazon S3.

    Args:
        url: the URL.
        seconds: the maximum time, from the lookup of the host to the last byte.
        most: the maximum number of bytes.
        connect: opens the connection, for tests.

    Raises:
        EventError: if the URL is not one of Amazon S3 over https, or cannot be read within these limits.
    """
    parts = _checked(url)
    host = parts.hostname or ""
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    result: Future[bytes] = Future()

    def read() -> None:
        try:
            result.set_result(_read(connect(host, seconds), host, target, most))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
            result.set_exception(error)

    # In a thread: the timeout of a socket applies to each step, and a slow server can have many steps.
    Thread(target=read, daemon=True).start()
    try:
        return result.result(seconds)
    except TimeoutError:
        raise EventError(f"the payload takes longer than {seconds:g} seconds") from None
    except (OSError, HTTPException) as error:
        raise EventError(f"the payload cannot be read from {host}: {type(error).__name__}") from None


def _read(connection: HTTPConnection, host: str, target: str, most: int) -> bytes:
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        if response.status != 200:
            raise EventError(f"the payload cannot be read: {host} answers with status {response.status}")
        content = response.read(most + 1)
    finally:
        connection.close()
    if len(content) > most:
        raise EventError(f"the payload is larger than {most:,} bytes")
    if response.length:  # bytes are missing: http.client returns fewer bytes than requested without an error
        raise EventError(f"the payload cannot be read from {host}: it ends early")
    return content


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EventError("the URL of the payload cannot be parsed") from None
    if parts.scheme != "https":
        raise EventError(f"the URL of the payload is {parts.scheme or 'relative'}, not https")
    if not _S3_HOST.fullmatch(parts.hostname or "") or port not in (None, 443) or "@" in parts.netloc:
        raise EventError(f"the payload is at {parts.hostname}, which is not a host of Amazon S3")
    return parts
