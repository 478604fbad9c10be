"""Errors of AWS calls: the reason as a phrase that names what to change."""

from __future__ import annotations

import re

from botocore import exceptions
from botocore.parsers import ResponseParserError

CALL_ERRORS = (
    exceptions.BotoCoreError,
    exceptions.ClientError,
    ResponseParserError,
    OSError,
    ValueError,
    EOFError,
)
"""The exceptions of a call, including those of files, commands and prompts that provide credentials."""

NO_ANSWER = (exceptions.ConnectionError, exceptions.HTTPClientError)
"""The exceptions of a call without an answer."""

# fmt: off
THROTTLED = frozenset((
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
    "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete",
))
_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"))
_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired"))
_REJECTED = frozenset((
    "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired",
    "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
))
# fmt: on
_NOT_LOGGED_IN = (
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
    exceptions.CredentialRetrievalError,
)

# The message of a denied call names the action, and the policy that does not allow it.
_ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_CAUSE = re.compile(
    r"because (no [\w -]+? (?:policy|boundary) allows|of an explicit deny in [\w -]+)"
    r"|with (an explicit deny in [\w -]+)"
)
_LATE = re.compile(r"Signature (expired|not yet current)", re.IGNORECASE)
_WRONG_CLOCK = frozenset(("RequestTimeTooSkewed", "RequestInTheFuture"))
_LONGEST = 300


def reason_of(error: Exception, action: str) -> str:
    """Return why a call did not work, without a full stop.

    Args:
        error: what boto3 raised, also while it was reading configuration or getting credentials.
        action: the permission the call needs, such as ``ecs:ListTasks``.
    """
    if isinstance(error, exceptions.ClientError):
        return _answer(error, action)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return "there are no AWS credentials: log in (aws sso login), or set AWS_PROFILE or --aws-profile"
    if isinstance(error, _NOT_LOGGED_IN):
        return f"the credentials cannot be loaded: log in again ({_short(str(error))})"
    if isinstance(error, exceptions.ReadTimeoutError | exceptions.ConnectTimeoutError):
        return f"{action} timed out"
    if isinstance(error, ResponseParserError):  # its text quotes the answer
        return f"{action} failed: its answer cannot be parsed: a proxy may have sent it, or cut it off"
    if isinstance(error, NO_ANSWER):  # also errors of a proxy, or of TLS
        return f"{action} could not be called: {_short(str(error))}"
    if isinstance(error, EOFError):
        return "the profile requires an MFA code, and there is no terminal to enter it: log in first"
    # Not from boto3, but from a file, a command or an address in the configuration.
    if isinstance(error, OSError | ValueError) and not isinstance(error, exceptions.BotoCoreError):
        return f"the AWS configuration cannot be used: {_short(str(error))} ({type(error).__name__})"
    return f"{action} failed: {type(error).__name__}: {_short(str(error))}"


def is_not_found(error: Exception, *codes: str) -> bool:
    """Return whether AWS answered with one of these error codes."""
    return isinstance(error, exceptions.ClientError) and _code(error) in codes


def _answer(error: exceptions.ClientError, action: str) -> str:
    code, message = _code(error), str(error.response.get("Error", {}).get("Message", ""))
    if code in _DENIED:
        needed = _ACTION.search(message)
        cause = _CAUSE.search(message)
        why = f" ({_clause(cause[1] or cause[2])})" if cause else ""
        return f"permission {needed[1] if needed else action} is missing{why}"
    if code in THROTTLED:
        return f"{action} was throttled, also when it was retried"
    if code in _WRONG_CLOCK or _LATE.search(message):
        return f"AWS rejects {action} because the clock of this machine is wrong: set it ({_short(message)})"
    if code in _EXPIRED:
        return "the credentials have expired: log in again"
    if code in _REJECTED:
        return f"AWS rejects the credentials for {action} ({code}), or the Region is not enabled"
    return f"{action} failed: {code or 'no code'}: {_short(message)}"


def _clause(cause: str) -> str:
    return f"{cause} it" if cause.endswith("allows") else cause.removeprefix("of ")


def _code(error: exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
