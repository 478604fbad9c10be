"""The fix of one file: its edits, what is refused, and whether the edited file is better. Nothing is written here."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ....model.document import Document
from ....model.place import Place
from ....model.resource import TASK_DEFINITION, Resource
from ....policy.enforcement import Enforcement
from ....policy.ids import STALE_EXEMPTION
from ....policy.judging.finding import Finding
from ....policy.judging.report import Report
from ....policy.policy import Policy
from ....remediation.changes import Blocker, Change
from ....remediation.plan import FixOptions
from ....remediation.text_edits.api_fix import ApiFix
from ....remediation.text_edits.edits import Edit
from ....remediation.text_edits.fixed import Fixed, NotAsPlannedError
from ....remediation.text_edits.template_fix import Template, TemplateFix
from ....remediation.who_runs_it.other_stages import OtherStageResource
from ....remediation.who_runs_it.state_machine import TextOf
from ....sources.api_json import member_of, paths_to_registered
from ....sources.cloudformation.generated_files import generated
from ....sources.cloudformation.template_file import origins_in
from ....sources.folders import has_stacks
from ....sources.reading import FileReader
from ....sources.recognition import recognize
from ....sources.text.text import Text


class UntouchableError(Exception):
    """A file that is not edited. The message is the rest of a sentence that begins with its name."""


class NotEditedError(Exception):
    """A file that cannot be edited although it should be: exit code 2. The message says why."""


class RefusedFix(NamedTuple):
    """A task definition that is not fixed, or only in part, and all that blocks it."""

    address: str
    blockers: tuple[Blocker, ...]


class EditedChange(NamedTuple):
    """A change, and the place of its edit."""

    place: Place
    change: Change


@dataclass(frozen=True)
class EditedFile:
    """A file as it will be.

    Attributes:
        before: its bytes now.
        after: its bytes then.
        text: its text now.
        edits: the edits of this text.
        changes: the changes behind the edits.
        fixed: the addresses of the task definitions that the edits are for.
        document: what the edited text says.
        next_steps: what has to be done with the file then, as sentences without a full stop.
    """

    before: bytes
    after: bytes
    text: Text
    edits: tuple[Edit, ...]
    changes: tuple[EditedChange, ...]
    fixed: tuple[str, ...]
    document: Document
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileFix:
    """The fix of one file.

    Attributes:
        document: what the file says now.
        path: the file.
        refusals: the task definitions that are not fixed.
        edited: the file as it will be; None if it stays as it is.
        problem: why the command could not do its job.
    """

    document: Document
    path: Path
    refusals: tuple[RefusedFix, ...] = ()
    edited: EditedFile | None = None
    problem: str | None = None


def plan_file_fix(
    document: Document,
    objections: Collection[Finding],
    root: Path,
    policy: Policy,
    options: FixOptions,
    other_files: Callable[[str], Iterable[OtherStageResource]] = lambda _name: (),
) -> FileFix:
    """Plan the fix of a file.

    Args:
        document: what it says.
        objections: what the policy denies or warns about in it.
        root: the root of the repository, which its name is relative to.
        policy: the policy.
        options: the options of the fix.
        other_files: returns the resources of the files other than one.
    """
    path = root / document.name
    denied = {finding.address for finding in objections}
    items = [item for item in document.items if isinstance(item, Resource) and item.address in denied]
    wanted = [item for item in items if item.type == TASK_DEFINITION]  # of a daemon there is nothing to fix
    try:
        before, text = _read(path, document, root)
        text_of = partial(_text_next_to, path, root)
        fix = _fix_of(document, text, options, partial(other_files, document.name), text_of)
        planned = [fix.fix_task_definition(item, policy) for item in wanted]
        refusals = tuple(RefusedFix(each.plan.resource, each.plan.blockers) for each in planned if each.plan.blockers)
        fixed = [each for each in planned if each.edits]
        edited = _edited(document, before, text, fixed, fix) if fixed else None
        return FileFix(document, path, refusals, edited)
    except UntouchableError as error:
        blockers = (Blocker(document.name, f"{document.name} {error}"),)
        return FileFix(document, path, tuple(RefusedFix(item.address, blockers) for item in wanted))
    except (NotEditedError, NotAsPlannedError) as error:
        return FileFix(document, path, problem=str(error))
    except RecursionError:
        return FileFix(document, path, problem="it is nested too deeply")


def checked(file_fix: FileFix, before: Report, after: Report) -> FileFix:
    """Return the fix of a file if it makes the file better; if not, one that edits nothing and says why.

    Args:
        file_fix: the fix.
        before: the report on the files as they are.
        after: the report on the files as they will be.
    """
    if file_fix.edited is None:
        return file_fix
    name = file_fix.document.name
    was, now = _objections_in(name, before), _objections_in(name, after)
    if now - was:
        address, check, _ = sorted(now - was, key=str)[0]
        problem = f"with the changes {address} would not pass {check}, which it did before"
        return replace(file_fix, refusals=(), edited=None, problem=problem)
    better = {address for address, _, _ in was - now}
    for address in file_fix.edited.fixed:
        if address not in better:
            return replace(file_fix, refusals=(), edited=None, problem=f"the changes would not fix {address}")
    return file_fix


def _read(path: Path, document: Document, root: Path) -> tuple[bytes, Text]:
    """Return the bytes and the text of a file that may be edited.

    Raises:
        UntouchableError: if it may not.
        NotEditedError: if it cannot be read, or is not what was judged.
    """
    real = Path(os.path.realpath(path))
    if Path(os.path.abspath(path)).is_relative_to(root) and not real.is_relative_to(os.path.realpath(root)):
        raise UntouchableError("is a link to a file outside of the repository: name that")
    if any(has_stacks(folder) for folder in real.parents if folder.is_relative_to(os.path.realpath(root))):
        raise UntouchableError("is of a cloud assembly, which `cdk synth` writes: change the code of the app")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotEditedError(f"it cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise NotEditedError("it has changed since it was judged; run the command again")
    if document.text is None:
        raise UntouchableError(_NOT_EDITED)
    if content.removeprefix(codecs.BOM_UTF8) != document.text.content.encode():
        raise UntouchableError("is not in UTF-8, and nothing else is edited")
    return content, document.text


_NOT_EDITED = "is neither a CloudFormation template nor JSON of the ECS API, and nothing else is edited"
# Where a task definition is in what AWS recorded: it is not the input of a call.
_RECORDS = ("configuration", "data")


def _text_next_to(path: Path, root: Path, named: object) -> str | None:
    """Return the text of a file that a template names by its path; None if it is not a file of the repository."""
    if not isinstance(named, str) or "://" in named:
        return None
    file = Path(os.path.realpath(path.parent / named))
    try:
        return FileReader().read(file).decode() if file.is_relative_to(os.path.realpath(root)) else None
    except (OSError, ValueError):
        return None


def _fix_of(
    document: Document,
    text: Text,
    options: FixOptions,
    other_files: Callable[[], Iterable[OtherStageResource]],
    text_of: TextOf,
) -> TemplateFix | ApiFix:
    """Return the fix for the format of a file.

    Raises:
        UntouchableError: if it has another format, or is a generated file or a record.
    """
    name, body = document.name, text.value
    paths = paths_to_registered(body)
    if any(step in _RECORDS for path in paths for step in path[len(member_of(path)) :]):
        raise UntouchableError("is a record of AWS, not the input of a call")
    if paths:
        task_definitions = [item for item in document.items if isinstance(item, Resource)]
        return ApiFix(name, text, task_definitions, options, other_files)
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise UntouchableError(_NOT_EDITED)
    tool = generated(body)
    if tool is not None:
        raise UntouchableError(tool)
    return TemplateFix(Template(name, text, origins_in(name, text)), options, other_files, text_of)


def _edited(
    document: Document, before: bytes, text: Text, fixed: Sequence[Fixed], fix: TemplateFix | ApiFix
) -> EditedFile:
    text_after = fix.text_with(fixed)
    content = text_after.content.encode()
    after = before[: len(before) - len(text.content.encode())] + content  # with its byte order mark
    return EditedFile(
        before,
        after,
        text,
        tuple(edit for each in fixed for edit in each.edits),
        tuple(_changes(document.name, fixed, text)),
        tuple(each.plan.resource for each in fixed),
        _document_after(document, text_after, hashlib.sha256(after).hexdigest()),
        tuple(fix.next_steps(fixed)) if isinstance(fix, ApiFix) else (),
    )


def _document_after(document: Document, text: Text, sha256: str) -> Document:
    """Return what an edited text says: other task definitions, the same notices."""
    read = recognize(document.name, text, sha256)
    items = {item.address: item for item in read.items if isinstance(item, Resource)} if read else {}
    return replace(
        document,
        items=tuple(items[item.address] if isinstance(item, Resource) else item for item in document.items),
    )


def _changes(name: str, fixed: Sequence[Fixed], text: Text) -> Iterator[EditedChange]:
    for each in fixed:
        for change, edit in zip(each.plan.changes, each.edits, strict=True):
            yield EditedChange(Place(name, *text.position_at(edit.start)), change)


def _objections_in(name: str, report: Report) -> set[tuple[str, str, str | None]]:
    """Return what a report denies or warns about in a file, also what is exempt: an edit must not add to that.

    A stale exemption is left out: an edit may well make an exemption superfluous.
    """
    return {
        (finding.address, finding.check, finding.container)
        for finding in report.findings
        if finding.source == name and finding.enforcement is not Enforcement.AUDIT and finding.check != STALE_EXEMPTION
    }
