"""Kinds of notices: the findings that no check makes, with their risk and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...model.notice import NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE, UNREADABLE
from ..ids import INVALID_EXEMPTION, STALE_EXEMPTION


class NoticeKind(NamedTuple):
    """A kind of finding that no check makes.

    Attributes:
        title: what is required, one sentence.
        subject: the subject of such a finding.
        risk: why it matters.
        remedy: what to do.
        exemption: how to exempt it, or why that is not possible.
        enforcement: what the gate does with it.
        can_be_exempt: whether an exemption of the policy may name it.
    """

    title: str
    subject: str
    risk: str
    remedy: str
    exemption: str
    enforcement: str
    can_be_exempt: bool = False


_BY_PATH = "In the policy file (`ecs-guard.yaml`), by path:"

NOTICE_KINDS: Mapping[str, NoticeKind] = {
    UNREADABLE: NoticeKind(
        title="Everything that may contain a task definition can be read.",
        subject="a file, template or task definition that cannot be read",
        risk="What cannot be read cannot be checked: it may contain anything that the policy denies.",
        remedy="Correct what the message names. If the file is not for ecs-guard, skip it with `--exclude`.",
        exemption="Not possible: neither an exemption nor an acknowledgement changes it.",
        enforcement="Denied. For a loop (`Fn::ForEach`) that creates task definitions at deployment, and for resources "
        "that Terraform defers to a later plan: as `unresolved` of the policy says.",
    ),
    NOT_CHECKED: NoticeKind(
        title="Everything that is deployed can be checked.",
        subject="something that deploys resources which ecs-guard does not see: nested stacks, stack sets, serverless "
        "applications, products of Service Catalog by URL or from a local file, modules, resources that a macro adds "
        "at deployment; in Terraform: modules from elsewhere, incomplete plans, CloudFormation stacks",
        risk="Task definitions that no check has seen may be deployed with it.",
        remedy="Check the template, module or plan that contains these resources too, where it is kept.",
        exemption=_BY_PATH,
        enforcement="A warning, or what `enforcement` of the policy says for `not-checked`.",
        can_be_exempt=True,
    ),
    NOT_COVERED: NoticeKind(
        title="Everything that runs containers is covered by a check.",
        subject="a workload that no check covers: job definitions of AWS Batch, Express services of ECS, container "
        "groups of GameLift; daemon task definitions, if the policy has no check for them; state machines, scripts "
        "and custom resources that register task definitions",
        risk="Its containers may be privileged or run as root on the network of an instance.",
        remedy="Review it by hand. If it registers a task definition, `ecs-guard audit` checks it when it is in use.",
        exemption=_BY_PATH,
        enforcement="It is only listed, or what `enforcement` of the policy says for `not-covered`.",
        can_be_exempt=True,
    ),
    UNKNOWN_FILE: NoticeKind(
        title="Every file that mentions task definitions is read.",
        subject="a file in a folder that mentions task definitions and has a format that ecs-guard does not read",
        risk="The task definitions in it are not checked.",
        remedy="Check what the file becomes: the template, the plan, or the JSON of register-task-definition.",
        exemption=_BY_PATH,
        enforcement="It is only listed: text reports count these files. Or what `enforcement` of the policy says for "
        "`unknown-file`.",
        can_be_exempt=True,
    ),
    STALE_EXEMPTION: NoticeKind(
        title="Every exemption covers a finding.",
        subject="an exemption that covers no finding",
        risk="An exemption that is not needed hides the next violation at the same place.",
        remedy="Remove the exemption, or correct its check, path, family, account or container.",
        exemption="Not possible. A policy for many repositories can set `enforcement` of `stale-exemption` to `off`.",
        enforcement="A warning, or what `enforcement` of the policy says for `stale-exemption`.",
    ),
    INVALID_EXEMPTION: NoticeKind(
        title="Every inline exemption is complete and valid.",
        subject="an inline exemption, in a comment or in metadata, that lacks a field, names an unknown check, has an "
        "invalid date, or ends later than the policy allows",
        risk="It exempts nothing, although its author relies on it.",
        remedy="Correct the comment or metadata. A comment reads "
        "`# ecs-guard: ignore[CHECK] owner=TEAM until=YYYY-MM-DD REASON`.",
        exemption="Not possible: neither an exemption nor an acknowledgement changes it.",
        enforcement="Denied.",
    ),
}
"""By the id of the finding."""
