"""``ecs-guard fix``: edits templates and API JSON so that what is denied passes, or shows what it would edit."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from ....cloudformation.text import canonical
from ....model.document import Document
from ....model.plural import counted
from ....model.resource import Resource
from ....policy.checks.host_mode_root_user import HostModeRootUser
from ....policy.enforcement import Enforcement, Gate
from ....policy.files.discovery import repository_root
from ....policy.ids import STALE_EXEMPTION
from ....policy.judging.finding import Finding
from ....policy.judging.judge import judge
from ....policy.judging.report import Report
from ....remediation.deployment import effect_of_deployment
from ....remediation.plan import FixOptions
from ....reports.wording import name_of_policy, printable
from ....sources.file_names import FileNames
from ....sources.files import STDIN
from ..errors import CommandError
from ..exit_codes import ADMITTED, DENIED, FAILED
from ..file_choice import chosen_files, chosen_paths
from ..policy_choice import policy_of
from ..terminal import Progress, say, write_out
from ..write_file import write_file
from .diff import unified_diff
from .file_fix import EditedChange, FileFix, checked, plan_file_fix
from .options import blocker_text, fix_options
from .other_files import OtherFiles

_USER_HINT = " (--user UID[:GID] sets one)"
_NO_PATH = (
    "name the templates to fix: ecs-guard fix PATH ... In a CDK app use EcsGuardFix, or change the code: every synth"
    " writes its templates again"
)


def fix(arguments: Namespace) -> int:
    """Run the command and return its exit code."""
    if not arguments.paths:
        raise CommandError(_NO_PATH)
    if STDIN in arguments.paths:
        raise CommandError("standard input cannot be fixed: name a file")
    options = fix_options(arguments)
    root = repository_root(Path.cwd())
    policy = policy_of(arguments, root, Gate.CHECK)
    progress = Progress(sys.stderr)
    documents = list(chosen_files(arguments, root, progress))
    before = judge(documents, policy)
    progress.clear()
    other_files = OtherFiles(documents, chosen_paths(arguments), FileNames(root, arguments.exclude))
    planned = [
        plan_file_fix(document, objections, root, policy, options, other_files.than)
        for document in documents
        if (objections := _objections(document, before))
    ]
    after = judge(_edited(documents, planned), policy)
    fixes = [checked(each, before, after) for each in planned]
    done = _carry_out(fixes, arguments.write)
    if len(done) < sum(each.edited is not None for each in planned):
        after = judge(_edited(documents, done), policy)
    failed = len(done) < sum(each.edited is not None or each.problem is not None for each in fixes)
    _say_what_a_deployment_does(done, options)
    for each in done:
        for step in each.edited.next_steps if each.edited is not None else ():
            say(f"{each.document.name}: {step}")
    _say_what_is_left(fixes, after, seen=after if arguments.write else before, has_user=options.user is not None)
    _say_how_many(before, after, len(done), arguments.write)
    if failed or after.not_read:
        return FAILED
    return ADMITTED if not _denied(after) and (arguments.write or not done) else DENIED


def _edited(documents: Sequence[Document], fixes: Sequence[FileFix]) -> list[Document]:
    """Return the documents as they are with the edits of the fixes."""
    edited = {id(each.document): each.edited.document for each in fixes if each.edited is not None}
    return [edited.get(id(document), document) for document in documents]


def _objections(document: Document, report: Report) -> list[Finding]:
    """Return what a report denies or warns about in the task definitions of a document."""
    addresses = {item.address for item in document.items if isinstance(item, Resource)}
    return [
        finding
        for finding in report.findings
        if finding.source == document.name and finding.address in addresses and _is_objection(finding, report)
    ]


def _is_objection(finding: Finding, report: Report) -> bool:
    is_warned = finding.enforcement is Enforcement.WARN and not finding.is_accepted(report.policy.date)
    return (finding.is_denied or is_warned) and finding.check != STALE_EXEMPTION


def _carry_out(fixes: Sequence[FileFix], write: bool) -> list[FileFix]:
    """Write the files, or show what would be written; return the fixes for which that worked."""
    done = []
    for each in fixes:
        edited, name = each.edited, each.document.name
        if edited is None:
            continue
        if not write:
            write_out(unified_diff(name, edited.text, edited.edits))
            done.append(each)
            continue
        try:
            write_file(each.path, edited.after, f"{name} cannot be written", before=edited.before)
        except CommandError as error:
            say(f"error: {error}")
            continue
        done.append(each)
        write_out("".join(f"{_described(change)}\n" for change in edited.changes))
    return done


def _described(edited: EditedChange) -> str:
    place, change = edited
    if change.adds_resource:
        return printable(f"{place.file}:{place.line}: {change.resource} added: {canonical(change.new)}")
    old = "nothing" if change.old is None else canonical(change.old)
    new = "nothing" if change.deletes else canonical(change.new)
    return printable(f"{place.file}:{place.line}: {change.resource}: {change.path} from {old} to {new}")


def _say_what_a_deployment_does(fixes: Sequence[FileFix], options: FixOptions) -> None:
    # API JSON is not deployed: it has next steps.
    changes = [one for each in fixes if each.edited and not each.edited.next_steps for one in each.edited.changes]
    said = [
        f"{place.file}:{place.line}: {change.resource}: {sentence}"
        for place, change in changes
        if (sentence := effect_of_deployment(change, options.network is not None))
    ]
    for line in dict.fromkeys(said):  # several task definitions can need the same parameter
        say(line)


def _say_what_is_left(fixes: Sequence[FileFix], after: Report, seen: Report, has_user: bool) -> None:
    """Report what is refused and what stays denied, with the lines of ``seen``: the files as they are now."""
    places = {(f.source, f.address, f.check, f.container): f.place or f.file for f in seen.findings}
    by_address = {(source, address): place for (source, address, _, _), place in reversed(places.items())}
    left = {(finding.source, finding.address) for finding in after.findings if _is_objection(finding, after)}
    said = set()
    for each in fixes:
        name = each.document.name
        if each.problem is not None:
            say(f"error: {name} is not edited: {each.problem}")
        for refusal in each.refusals:
            who = (name, refusal.address)
            if who not in left:
                continue  # its other findings were fixed another way
            said.add(who)
            for blocker in refusal.blockers:
                say(f"{by_address.get(who, name)}: {refusal.address} is not fixed: {blocker_text(blocker)}")
    for entry in after.not_read:
        say(f"error: {entry.reason}")
    unread = {entry.source for entry in after.not_read}
    for finding in _denied(after):
        if (finding.source, finding.address) not in said and finding.address not in unread:
            place = places.get((finding.source, finding.address, finding.check, finding.container), finding.file)
            container = f"container {finding.container}: " if finding.container else ""
            hint = _USER_HINT if finding.check == HostModeRootUser.id and not has_user else ""
            say(f"{place}: {finding.address} stays denied by {finding.check}: {container}{finding.what}{hint}")


def _say_how_many(before: Report, after: Report, files: int, write: bool) -> None:
    text = _how_many(before, after, files, write)
    policy = f" (policy: {name_of_policy(after.policy)})" if after.policy.origin else ""
    if text:
        say(f"{text}{policy}")


def _how_many(before: Report, after: Report, files: int, write: bool) -> str:
    was, left = before.tally().denied, after.tally().denied
    written = f"{counted(files, 'file')} written" if write else ""
    if not was:
        if files:
            for_what = f"{written} for findings with warnings" if write else "--write fixes findings with warnings"
            return f"nothing is denied; {for_what}"
        return "" if after.not_read else "nothing to fix"
    noun = "task definition" if was == 1 else "task definitions"
    if write:
        return f"{was - left} of {was} denied {noun} fixed, {written}"
    if files and was == left:
        return f"0 of {was} denied {noun} can be fixed as a whole; --write does what is shown"
    return f"{was - left} of {was} denied {noun} can be fixed{'; --write does it' if files else ''}"


def _denied(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.is_denied and not _is_for_other_files(finding)]


def _is_for_other_files(finding: Finding) -> bool:
    """Return whether it is an exemption of the policy: what it is for may be in files that were not named."""
    exemption = finding.exemption
    return finding.check == STALE_EXEMPTION and not (exemption is not None and exemption.is_inline)
