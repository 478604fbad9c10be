"""Next steps: the command that corrects a finding, and the exemption to write. A report names each of them once."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.address import AddressKind
from ..policy.how_to_exempt import comment_to_exempt, entry_to_exempt, suggested_last_day
from ..policy.ids import NOTICES
from ..policy.judging.finding import Finding
from ..policy.policy import Policy

_STDIN = "stdin"
_WITH_COMMENTS = (".yaml", ".yml", ".tf", ".tofu")


class NextSteps:
    """The next steps that a report has not named yet.

    Args:
        policy: the policy of the report.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._fixable = {check.id for check in policy.enforced_checks if check.fixed_by}
        self._left = {"fix", "exempt"}

    def after(self, finding: Finding) -> Iterator[str]:
        """Yield the next steps for a finding, one sentence each."""
        if not self._left or not finding.is_denied or finding.crashed or finding.check in NOTICES:
            return
        if "fix" in self._left and finding.check in self._fixable and _is_of_template(finding):
            self._left.remove("fix")
            yield "ecs-guard fix shows what it can correct in this file; with --write it corrects it."
        exemption = self._exemption(finding) if "exempt" in self._left else ""
        if exemption:
            self._left.remove("exempt")
            yield f"To exempt it, write {exemption}"

    def _exemption(self, finding: Finding) -> str:
        last_day = suggested_last_day(self._policy)
        if self._policy.local_exemptions and _takes_comments(finding):
            comment = comment_to_exempt(finding.check, last_day, finding.container)
            return f"directly above the task definition: {comment}"
        entry = entry_to_exempt(finding.subject, last_day)
        return f"into exemptions of the policy: {entry}" if entry else ""


def _is_of_template(finding: Finding) -> bool:
    """Return whether a finding is in a file with a template, which ``ecs-guard fix`` edits."""
    is_named = finding.address == f"{finding.source}/{finding.resource}" and finding.address_kind is AddressKind.PATH
    return is_named and finding.source == finding.file != _STDIN


def _takes_comments(finding: Finding) -> bool:
    is_resource = _is_of_template(finding) or finding.address_kind is AddressKind.TERRAFORM
    return is_resource and finding.source == finding.file and finding.source.endswith(_WITH_COMMENTS)
