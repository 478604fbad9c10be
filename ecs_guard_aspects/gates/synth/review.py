"""Reviews: the judgement of one app by one policy, as in the admission reviews of Kubernetes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ...model.debug import HINT, show_traceback, type_and_place
from ...model.document import Document
from ...model.notice import Notice
from ...model.plural import counted
from ...model.resource import Resource
from ...policy.checks.awsvpc_network_mode import AwsvpcNetworkMode
from ...policy.enforcement import Gate
from ...policy.errors import PolicyError
from ...policy.ids import STALE_EXEMPTION
from ...policy.judging.finding import Finding, Outcome
from ...policy.judging.judge import judge
from ...policy.judging.report import Report
from ...policy.policy import Policy
from ...reports.wording import name_of_policy
from ...sources.assembly.origins import UNKNOWN
from .context import is_about_app
from .fix.log import FixLog
from .tree.constructs import is_within
from .tree.visited import Visited


class Review:
    """The judgement of one app by one policy.

    Attributes:
        policy: the policy.
        scopes: the guarded construct paths; the whole app if there are none.
        protected_scopes: the scopes that ``protect`` guards; the others are scopes of an Aspect.
        visited: the task definitions that the Aspect has visited.
        default_scopes: construct paths below which awsvpc is the default.
        made_awsvpc: construct paths of the L2 task definitions that were given that default.
        fix_logs: the logs of the fixes that change task definitions before they are judged.
        dry_run: whether it only reports, and lets every synth pass.
        then: the function to call when the written templates have been judged.
        failure: why judging is not possible, if so. Then everything is denied.
        verbose: whether the summary is also reported without findings.
        has_judged: whether the written templates have been judged, or the attempt has failed.
        report: the report, once the app is synthesized.
    """

    def __init__(
        self,
        policy: Policy,
        dry_run: bool = False,
        then: Callable[[Review], None] = lambda review: None,
        failure: Notice | None = None,
        verbose: bool = False,
    ) -> None:
        self.policy = policy.at(Gate.SYNTH)
        self.scopes: list[str] = []
        self.protected_scopes: list[str] = []
        self.visited = Visited()
        self.default_scopes: list[str] = []
        self.made_awsvpc: list[str] = []
        self.fix_logs: list[FixLog] = []
        self.dry_run = dry_run
        self.then = then
        self.failure = failure
        self.verbose = verbose
        self.has_judged = False
        self.report = Report(self.policy)

    def covers(self, path: str) -> bool:
        """Return whether a construct path is guarded."""
        return any(is_within(path, scope) for scope in self.scopes or [""])

    def protects(self, path: str) -> bool:
        """Return whether ``protect`` guards a construct path."""
        return any(is_within(path, scope) for scope in self.protected_scopes)

    def preview(self, documents: Sequence[Document]) -> Sequence[Finding]:
        """Return the findings in templates that are not yet written."""
        findings = judge(self._covered(documents), self.policy).findings if self.failure is None else ()
        return tuple(map(self._explained, findings))

    def judge(self, documents: Sequence[Document]) -> None:
        """Judge the templates that the app has written."""
        self.has_judged = True
        try:
            report = judge([Document("", (self.failure,))] if self.failure else self._covered(documents), self.policy)
        except Exception as error:  # noqa: BLE001 - an exception here would pass `cdk synth` silently
            show_traceback(error, "judging the templates")
            report = judge([Document("", (gate_failure(error),))], self.policy)
        if not is_about_app(self.policy):  # here it is not known which of its exemptions are stale
            report = report.with_findings(f for f in report.findings if f.check != STALE_EXEMPTION or f.source)
        self.report = report.with_findings(map(self._explained, report.findings))
        self.then(self)

    def explains(self, finding: Finding) -> bool:
        """Return whether the notes of a finding say why the fix has not changed its task definition."""
        return self._explanation(finding) in finding.notes

    def summary(self) -> str:
        """Return how many task definitions were judged, with which results, and which stacks count when selected."""
        tally = self.report.tally()
        stacks = len({judged.source for judged in self.report.resources})
        denied, warned = (self._others(outcome) for outcome in (Outcome.DENIED, Outcome.WARNED))
        count = counted(tally.task_definitions, "task definition")
        where = counted(stacks, "stack")
        more = f", and {counted(denied, 'other finding')}" if denied else ""
        policy = f"policy: {name_of_policy(self.policy)}"
        return (
            f"{tally.denied} of {count} in {where} denied{more}, {tally.warned + warned} with warnings,"
            f" {tally.exempt} exempt ({policy}).{self._selection()}"
        )

    def _others(self, outcome: Outcome) -> int:
        """Return how many findings of an outcome are not about a task definition."""
        judged = {(resource.source, resource.address) for resource in self.report.resources}
        others = [finding for finding in self.report.findings if (finding.source, finding.address) not in judged]
        return [finding.outcome(self.policy.date) for finding in others].count(outcome)

    def _selection(self) -> str:
        """Return which stacks are denied only if they are selected; the CDK does not report that."""
        denied = [finding for finding in self.report.findings if finding.is_denied and not counts_always(finding)]
        names = dict.fromkeys(finding.address.partition("/")[0] for finding in denied)
        return f"\nThese stacks fail the command if they are selected: {', '.join(names)}." if names else ""

    def _covered(self, documents: Sequence[Document]) -> Iterator[Document]:
        """Yield the documents, each with those of its items that are guarded or may be."""
        for document in documents:
            items = tuple(item for item in document.items if any(may_be_within(item, s) for s in self.scopes or [""]))
            if items or self.covers(""):
                yield replace(document, items=items)

    def _explained(self, finding: Finding) -> Finding:
        """Add to a finding why the fix has not changed its task definition."""
        note = self._explanation(finding)
        return replace(finding, notes=(*finding.notes, note)) if note else finding

    def _explanation(self, finding: Finding) -> str | None:
        if finding.check != AwsvpcNetworkMode.id:
            return None
        refusals = [log.refusals[finding.address] for log in self.fix_logs if finding.address in log.refusals]
        if not refusals:
            return None
        reasons = "; ".join(blocker.text for refusal in refusals for blocker in refusal.blockers)
        code = refusals[-1].code
        return f"Not fixed: {reasons}." + (f" In code: {code}" if code else "")


def counts_always(finding: Finding) -> bool:
    """Return whether a finding counts for every selection of stacks: ``cdk synth`` selects none inside a Stage."""
    return not finding.address or not finding.source or "/" in finding.source


def may_be_within(item: Resource | Notice | Finding, scope: str) -> bool:
    """Return whether an item is, or may be, at or below a construct path."""
    address = item.address
    if is_within(address, scope):
        return True
    stack_path, unknown, _ = address.partition(f"/{UNKNOWN}")
    if unknown:  # it may be anywhere in this stack, or in one nested in it
        return is_within(scope, stack_path)
    return isinstance(item, Notice) and not item.name and is_within(scope, address)


def policy_failure(error: PolicyError) -> Notice:
    """Return the notice of an invalid policy: everything is denied until it is corrected."""
    problem = str(error)
    end = "" if problem.endswith((".", "?")) else "."
    return Notice(
        f"The policy is not valid: {problem}{end}", "The gate denies what it cannot judge.", "Correct the policy."
    )


def gate_failure(error: Exception) -> Notice:
    """Return the notice of a failure of the gate itself: it denies what it cannot judge."""
    return Notice(
        f"The gate failed with {type_and_place(error)}.",
        "The gate denies what it cannot judge.",
        f"{HINT}, and report it with this message.",
    )


def identity(finding: Finding) -> tuple[object, ...]:
    """Return the identity of a finding, which is the same for all guards."""
    return finding.check, finding.source, finding.address, finding.container, finding.location


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once; of equal findings in one template the strictest."""
    found: dict[object, Finding] = {}
    for finding in findings:
        key = identity(finding)
        known = found.get(key)
        if known is None or _rank(known) < _rank(finding):
            found[key] = finding
    return list(found.values())


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.is_denied, finding.enforcement.strictness
