"""Rules for cfn-lint: ``cfn-lint template.yaml --append-rules ecs_guard_aspects.cfn_lint``.

cfn-lint takes the level of a match from the first letter of its rule, so each check has three rules: E for denied
findings, W for warnings and I for notes. E9500 judges each template once, and yields the matches of all other rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch  # type: ignore[import-untyped]
from cfnlint.template import Template  # type: ignore[import-untyped]

from ..model.debug import show_traceback
from ..model.document import Document
from ..model.notice import NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE, UNREADABLE
from ..policy.checks import ALL
from ..policy.enforcement import Gate
from ..policy.errors import PolicyError, require_known
from ..policy.files.choice import Warn, chosen_policy
from ..policy.files.discovery import repository_root
from ..policy.ids import STALE_EXEMPTION
from ..policy.judging.finding import Finding
from ..policy.judging.judge import judge
from ..policy.judging.notices import NOTICE_KINDS
from ..policy.policy import Policy
from ..policy.profiles import profile_names
from ..reports.wording import ERROR, NOTE, WARNING, level_of, name_of_policy
from ..sources.cloudformation.template import TemplateError, template_document
from ..sources.files import Files

NUMBERS: Mapping[str, int] = {
    "awsvpc-network-mode": 9501,
    "host-mode-root-user": 9502,
    "host-mode-privileged": 9503,
    "no-host-network-mode": 9504,
    "no-privileged-containers": 9505,
    "non-root-user": 9506,
    "non-admin-windows-user": 9507,
    "awsvpc-compatible": 9508,
    UNREADABLE: 9551,
    NOT_CHECKED: 9552,
    STALE_EXEMPTION: 9553,
    "invalid-exemption": 9554,
    NOT_COVERED: 9555,
    UNKNOWN_FILE: 9556,
}
"""The number of each check. Users write it into their configuration, so it is never given to another check."""

OTHER = 9550
"""The number of all findings whose check is not in ``NUMBERS``, such as those of custom checks."""

_WHOLE_TEMPLATE = ["Resources"]
"""The path of a match about a whole template: cfn-lint drops a match without a path if Metadata ignores its rule."""

_LETTERS = {ERROR: "E", WARNING: "W", NOTE: "I"}
_TITLES = {
    **{check.id: check.title for check in ALL},
    **{name: kind.title for name, kind in NOTICE_KINDS.items()},
}
_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html"


class EcsGuard(CloudFormationLintRule):  # type: ignore[misc]
    """Judges a template by the policy; the findings have the ids of the other rules."""

    id = "E9500"
    shortdesc = "ecs-guard can judge the template"
    description = "Judges with the same policy as ecs-guard check; the findings have the ids of the other rules"
    source_url = _PAGE
    tags: ClassVar[list[str]] = ["ecs"]

    def __init__(self) -> None:
        super().__init__()
        # For all the rules: -x E9500:profile=strict
        self.config_definition = {
            "policy": {"default": "", "type": "string"},
            "profile": {"default": "", "type": "string"},
            "allow_checks": {"default": False, "type": "boolean"},
        }
        self.configure()

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Yield the findings of the policy in a template; cfn-lint reports what raises here as E0002, an error."""
        try:
            yield from self._matches(cfn)
        except (PolicyError, TemplateError) as error:
            show_traceback(error, "E9500")
            yield RuleMatch(_WHOLE_TEMPLATE, f"ecs-guard: {error}")
        except Exception as error:
            show_traceback(error, "E9500")
            raise

    def _matches(self, cfn: Template) -> Iterator[RuleMatch]:
        root = repository_root(Path.cwd())
        warnings: list[str] = []
        policy = _policy(self.config, root, warnings.append)
        documents = _documents(cfn, root)
        for text in warnings:
            yield RuleMatch(_WHOLE_TEMPLATE, f"ecs-guard: {text}", rule=_RULES[f"W{OTHER}"]())
        for finding in judge(documents, policy, Gate.CHECK).findings:
            # The policy covers more than this template, so its unused exemptions are not known here.
            if finding.check != STALE_EXEMPTION or finding.source:
                yield _match(finding, policy, cfn.template, documents[0].name)


def _rule(number: int, letter: str, check: str, title: str) -> type[CloudFormationLintRule]:
    about = {
        "id": f"{letter}{number}",
        "shortdesc": title,
        "description": f"{title} The check of ecs-guard: {check}.",
        "source_url": _PAGE,
        "tags": ["ecs", check],
    }
    return type(f"{letter}{number}", (CloudFormationLintRule,), about)


_NUMBERED = {number: (check, _TITLES[check]) for check, number in NUMBERS.items()}
_NUMBERED[OTHER] = ("any other check", "A check without its own number admits the task definition.")
_RULES = {
    f"{letter}{number}": _rule(number, letter, *about)
    for number, about in _NUMBERED.items()
    for letter in _LETTERS.values()
}
RULES: Mapping[str, type[CloudFormationLintRule]] = {"E9500": EcsGuard, **_RULES}
"""All rules, by id."""


def _policy(config: Mapping[str, Any], root: Path, warn: Warn) -> Policy:
    if config["profile"]:
        require_known("E9500: profile", config["profile"], profile_names())
    file = Path(config["policy"]) if config["policy"] else None
    return chosen_policy(
        root, file=file, profile=config["profile"] or None, allow_checks=config["allow_checks"], warn=warn
    )


def _documents(cfn: Template, root: Path) -> Sequence[Document]:
    """Return the template as ``ecs-guard check`` reads it; one without a file, as cfn-lint has read it."""
    if not cfn.filename:
        return [template_document(cfn.template, "stdin")]
    return list(Files([cfn.filename], root))


def _match(finding: Finding, policy: Policy, template: Mapping[str, Any], name: str) -> RuleMatch:
    rule = _RULES[f"{_LETTERS[level_of(finding)]}{NUMBERS.get(finding.check, OTHER)}"]()
    message = _message(finding, policy)
    if finding.source != name:  # in a nested template, which cfn-lint does not read
        return RuleMatch(_WHOLE_TEMPLATE, f"{finding.place or finding.source}: {message}", rule=rule)
    return RuleMatch(_path(finding, template), message, rule=rule)


def _message(finding: Finding, policy: Policy) -> str:
    subject = f"container {finding.container}: " if finding.container else ""
    acknowledged = f"Acknowledged: {finding.acknowledged}" if finding.acknowledged else ""
    origin = f"Policy: {name_of_policy(policy)}." if policy.origin else ""
    parts = (f"{subject}{finding.what}", finding.why, *finding.notes, acknowledged, finding.remedy, origin)
    return f"{' '.join(part for part in parts if part)} ({finding.check})"


def _path(finding: Finding, template: Mapping[str, Any]) -> list[str | int]:
    """Return where in a template a finding is; for a property that is absent, its nearest parent."""
    node: Any = template
    path: list[str | int] = []
    steps = [finding.resource, *finding.location.split("/")] if finding.resource else []
    for step in (*_WHOLE_TEMPLATE, *steps):
        key = int(step) if isinstance(node, list) and step.isdecimal() else step
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            break
        path.append(key)
    return path
