"""AWS clients: one for each service, account and Region, with the credentials of a role if one is given."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound

from ..._version import VERSION
from ...sources.account.call_errors import CALL_ERRORS, reason_of
from ...sources.account.calls import CallError, Client, action_of
from .errors import AccountError
from .permissions import ROLE_ARN, arn_of_role

# AWS limits calls per account and Region; adaptive retries slow down instead of repeating calls at once.
CONFIG = Config(
    retries={"mode": "adaptive", "total_max_attempts": 10},
    connect_timeout=5,
    read_timeout=30,
    user_agent_extra=f"ecs-guard/{VERSION}",
)

_ANY_REGION = "us-east-1"
_BEFORE_THE_END = datetime.timedelta(minutes=15)


class CallerIdentity(NamedTuple):
    """The identity behind credentials."""

    account: str
    arn: str

    @property
    def partition(self) -> str:
        """The partition of AWS, such as ``aws-cn``."""
        return self.arn.split(":")[1]


class Connections:
    """Creates clients.

    Args:
        profile: the profile of the AWS configuration; the default of boto3 if left out.
        role: the role to assume in other accounts, a name or an ARN.
        role_everywhere: whether the role is also assumed in the account of the credentials.
        region: the Region for global calls if no Region is configured. Each partition has its own.

    Raises:
        AccountError: if the profile does not exist, or the name of the role is invalid.
    """

    def __init__(
        self,
        profile: str | None = None,
        role: str | None = None,
        *,
        role_everywhere: bool = False,
        region: str | None = None,
    ) -> None:
        try:
            self.session = boto3.Session(profile_name=profile)
        except ProfileNotFound as error:
            raise AccountError(f"--aws-profile {profile}: {error}") from None
        except BotoCoreError as error:
            raise AccountError(f"the AWS configuration cannot be read: {error}") from None
        if role is not None:
            arn_of_role(role)
        arn = ROLE_ARN.fullmatch(role or "")
        self.account_of_role = arn["account"] if arn else None
        self._role = role or ""
        self._role_everywhere = role_everywhere
        self._region = region or _ANY_REGION
        self._own: CallerIdentity | None = None
        self._assumed: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    @property
    def home_region(self) -> str | None:
        """The configured Region. boto3 does not read ``AWS_REGION``, other AWS tools do."""
        return os.environ.get("AWS_REGION") or self.session.region_name

    def identity(self) -> CallerIdentity:
        """Return the identity behind the credentials.

        Raises:
            AccountError: if there are none, or AWS rejects them.
        """
        if self._own is None:
            try:
                client = self._client("sts", self.home_region or self._region, {})
                answer = client.get_caller_identity()
            except CALL_ERRORS as error:
                raise AccountError(reason_of(error, "sts:GetCallerIdentity")) from None
            self._own = CallerIdentity(answer["Account"], answer["Arn"])
        return self._own

    def client(self, service: str, account: str, region: str | None = None) -> Client:
        """Return a client of a service in an account and Region.

        Raises:
            CallError: if the role cannot be assumed.
        """
        region = region or self.home_region or self._region
        is_own = account == self.identity().account and not self._role_everywhere
        try:
            return self._client(service, region, {} if is_own else self._credentials(account))
        except CALL_ERRORS as error:
            raise CallError(reason_of(error, f"a client of {service}")) from error

    def _client(self, service: str, region: str, credentials: Mapping[str, str]) -> Client:
        with self._lock:  # a session cannot create two at a time
            make: Any = self.session.client
            return make(service, region_name=region, config=CONFIG, **credentials)

    def _credentials(self, account: str) -> dict[str, str]:
        held = self._assumed.get(account)
        if held is None or held["Expiration"] - _BEFORE_THE_END < datetime.datetime.now(datetime.UTC):
            held = self._assumed[account] = self._assume(account)
        return {
            "aws_access_key_id": held["AccessKeyId"],
            "aws_secret_access_key": held["SecretAccessKey"],
            "aws_session_token": held["SessionToken"],
        }

    def _assume(self, account: str) -> dict[str, Any]:
        arn = arn_of_role(self._role, account, self.identity().partition)
        sts = self._client("sts", self.home_region or self._region, {})
        try:
            answer: dict[str, Any] = sts.assume_role(RoleArn=arn, RoleSessionName="ecs-guard-audit")["Credentials"]
        except CALL_ERRORS as error:
            raise CallError(
                f"role {arn} cannot be assumed: {reason_of(error, action_of(sts, 'assume_role'))}"
            ) from error
        return answer
