"""Why a call of AWS did not work, as a sentence that says what to change."""

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
"""What a call raises: also what boto3 lets through of files, commands and prompts that credentials come from."""

NO_ANSWER = (exceptions.ConnectionError, exceptions.HTTPClientError)
"""What a call raises that nothing has answered."""

THROTTLED = frozenset(
    (
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled"),
        *("TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete"),
    )
)
_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"))
_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired"))
_NOT_TAKEN = frozenset(
    (
        *("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired"),
        *("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"),
    )
)
_NOT_LOGGED_IN = (
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
    exceptions.CredentialRetrievalError,
)

# What AWS says of a denied call: the action it needs, and which policy does not let it pass.
_ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_CAUSE = re.compile(
    r"because (no [\w -]+? policy allows|of an explicit deny in [\w -]+)|with (an explicit deny in [\w -]+)"
)
_LATE = re.compile(r"Signature (expired|not yet current)", re.IGNORECASE)
_WRONG_CLOCK = frozenset(("RequestTimeTooSkewed", "RequestInTheFuture"))
_LONGEST = 300


def reason_of(error: Exception, action: str) -> str:
    """Return why a call did not work, without a full stop.

    Args:
        error: what boto3 raised; of its own, of what it starts to get credentials, or of a file it reads.
        action: the permission the call needs, such as ``ecs:ListTasks``.
    """
    if isinstance(error, exceptions.ClientError):
        return _answer(error, action)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return "there are no AWS credentials: log in (aws sso login), or set AWS_PROFILE or --aws-profile"
    if isinstance(error, _NOT_LOGGED_IN):
        return f"the credentials cannot be had: log in again ({_short(str(error))})"
    if isinstance(error, exceptions.ReadTimeoutError | exceptions.ConnectTimeoutError):
        return f"{action} timed out"
    if isinstance(error, NO_ANSWER):  # also of a proxy, or of TLS
        return f"{action} could not be called: {_short(str(error))}"
    if isinstance(error, EOFError):
        return "the profile wants the code of an MFA device, and there is no terminal to type it in: log in before"
    # Not of boto3, but of a file, a command or an address that the configuration names.
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
        return f"{action} was throttled, and was so at each further try"
    if code in _WRONG_CLOCK or _LATE.search(message):
        return f"AWS does not take {action}, because the clock of this machine is wrong: set it ({_short(message)})"
    if code in _EXPIRED:
        return "the credentials have expired: log in again"
    if code in _NOT_TAKEN:
        return f"AWS does not take the credentials for {action} ({code}), or the Region is off"
    return f"{action} failed: {code or 'no code'}: {_short(message)}"


def _clause(cause: str) -> str:
    return f"{cause} it" if cause.endswith("allows") else cause.removeprefix("of ")


def _code(error: exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
