"""Errors of AWS calls: the message of each, and that no advice is lost."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOTokenLoadError,
)
from botocore.parsers import ResponseParserError

from ecs_guard_aspects.sources.account.call_errors import is_not_found, reason_of
from tests.cloud import denied

ACTION = "ecs:ListTasks"


def answer(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListTasks")


BOUNDARY = "because no permissions boundary allows the action"
RESOURCE = "with an explicit deny in a resource-based policy"
LONG = "x" * 400

# The error; what is said about it.
REASONS: list[tuple[Exception, str]] = [
    (answer("AccessDenied"), f"permission {ACTION} is missing"),
    (answer("UnauthorizedOperation", "You are not authorized"), f"permission {ACTION} is missing"),
    (
        answer("AccessDeniedException", denied("sts:AssumeRole", BOUNDARY).answer["Error"]["Message"]),
        "permission sts:AssumeRole is missing (no permissions boundary allows it)",
    ),
    (
        answer("AccessDeniedException", denied(ACTION, RESOURCE).answer["Error"]["Message"]),
        f"permission {ACTION} is missing (an explicit deny in a resource-based policy)",
    ),
    (
        answer(
            "AccessDeniedException", denied(ACTION, "because of an explicit deny in an SCP").answer["Error"]["Message"]
        ),
        f"permission {ACTION} is missing (an explicit deny in an SCP)",
    ),
    (answer("SlowDown"), f"{ACTION} was throttled, also when it was retried"),
    (answer("ExpiredToken"), "the credentials have expired: log in again"),
    (
        answer("RequestTimeTooSkewed", "The time is wrong."),
        f"AWS rejects {ACTION} because the clock of this machine is wrong: set it (The time is wrong)",
    ),
    (
        answer("SignatureDoesNotMatch", "Signature expired: 1 is late"),
        f"AWS rejects {ACTION} because the clock of this machine is wrong: set it (Signature expired: 1 is late)",
    ),
    (
        answer("InvalidClientTokenId", "no such token"),
        f"AWS rejects the credentials for {ACTION} (InvalidClientTokenId), or the Region is not enabled",
    ),
    (answer("ServerException", "Try\n again.\n"), f"{ACTION} failed: ServerException: Try again"),
    (answer("", "odd"), f"{ACTION} failed: no code: odd"),
    (answer("X", LONG), f"{ACTION} failed: X: {LONG[:300]}..."),
    (NoCredentialsError(), "there are no AWS credentials: log in (aws sso login), or set AWS_PROFILE or --aws-profile"),
    (
        PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        "there are no AWS credentials: log in (aws sso login), or set AWS_PROFILE or --aws-profile",
    ),
    (
        SSOTokenLoadError(profile_name="dev", error_msg="x"),
        "the credentials cannot be loaded: log in again (Error loading SSO Token: x)",
    ),
    (ReadTimeoutError(endpoint_url="https://x"), f"{ACTION} timed out"),
    (ConnectTimeoutError(endpoint_url="https://x"), f"{ACTION} timed out"),
    (
        EndpointConnectionError(endpoint_url="https://x"),
        f'{ACTION} could not be called: Could not connect to the endpoint URL: "https://x"',
    ),
    (EOFError(), "the profile requires an MFA code, and there is no terminal to enter it: log in first"),
    (ValueError("Invalid endpoint: x"), "the AWS configuration cannot be used: Invalid endpoint: x (ValueError)"),
    (
        FileNotFoundError(2, "No such file or directory", "get-token"),
        "the AWS configuration cannot be used: [Errno 2] No such file or directory: 'get-token' (FileNotFoundError)",
    ),
    (
        ResponseParserError("Unable to parse response, invalid XML received:\nb'<a>secret'"),
        f"{ACTION} failed: its answer cannot be parsed: a proxy may have sent it, or cut it off",
    ),
    (
        ProfileNotFound(profile="dev"),
        f"{ACTION} failed: ProfileNotFound: The config profile (dev) could not be found",
    ),
]


@pytest.mark.parametrize(("error", "expected"), REASONS, ids=[type(row[0]).__name__ + row[1][:40] for row in REASONS])
def test_why_a_call_failed(error: Exception, expected: str) -> None:
    assert reason_of(error, ACTION) == expected


@pytest.mark.parametrize(
    ("error", "codes", "expected"),
    [
        (answer("ClusterNotFoundException"), ("X", "ClusterNotFoundException"), True),
        (answer("ClusterNotFoundException"), ("X",), False),
        (answer("ClusterNotFoundException"), (), False),
        (ValueError("ClusterNotFoundException"), ("ClusterNotFoundException",), False),
    ],
)
def test_whether_it_says_that_something_does_not_exist(
    error: Exception, codes: tuple[str, ...], expected: bool
) -> None:
    assert is_not_found(error, *codes) is expected
