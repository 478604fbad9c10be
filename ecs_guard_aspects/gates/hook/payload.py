"""Payloads of change sets: presigned URLs of Amazon S3, read with a bound on hosts, time and size.

The URL comes with the event, and its query is a secret: a message names the host alone.
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
"""How long a payload may take: CloudFormation waits 30 seconds for the whole function."""

MOST_BYTES = 4_000_000
"""How large a payload may be: a template is 1 MB at most, and a payload has two of them and the changed properties."""

_REGION = r"[a-z]{2,5}(-[a-z]+)+-\d+"
_SUFFIX = (  # of all partitions
    r"amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov"
)
# Other hosts below amazonaws.com are not AWS's own: load balancers, instances, APIs.
_S3_HOST = re.compile(rf"([a-z0-9][a-z0-9.-]*\.)?s3(-fips)?(\.dualstack)?([.-]{_REGION})?\.({_SUFFIX})", re.ASCII)

Connect = Callable[[str, float], HTTPConnection]
"""Opens a connection to a host, with a bound in seconds on each step."""


def _over_tls(host: str, seconds: float) -> HTTPConnection:
    return HTTPSConnection(host, timeout=seconds)  # checks the certificate; follows no redirect and knows no proxy


def fetch(url: str, *, seconds: float = SECONDS, most: int = MOST_BYTES, connect: Connect = _over_tls) -> bytes:
    """Return what a presigned URL of Amazon S3 holds.

    Args:
        url: the URL.
        seconds: how long it may take, from looking up the host to the last byte.
        most: how many bytes it may hold.
        connect: opens the connection, for tests.

    Raises:
        EventError: if the URL is not one of Amazon S3 over https, or cannot be read within these bounds.
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

    # In a thread: the timeout of a socket bounds each step, and a server that sends a byte now and then has many.
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
    if response.length:  # what is still to come: asked for so many bytes, http.client takes fewer for all there is
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
