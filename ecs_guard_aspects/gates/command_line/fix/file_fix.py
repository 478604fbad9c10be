"""The fix of one file: what would stand in it, made sure of, and what is refused. Nothing is written here."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ....model.document import Document
from ....model.place import Place
from ....model.resource import Resource
from ....policy.enforcement import Enforcement
from ....policy.judging.finding import Finding
from ....policy.judging.judge import judge
from ....policy.policy import Policy
from ....remediation.changes import Blocker, Change
from ....remediation.plan import FixOptions
from ....remediation.text_edits.edits import Edit
from ....remediation.text_edits.template_fix import Fixed, NotAsPlannedError, Template, TemplateFix
from ....sources.api_json import paths_to_registered
from ....sources.cloudformation.generated_files import generated
from ....sources.cloudformation.template_file import origins_in
from ....sources.folders import is_assembly
from ....sources.recognition import recognize
from ....sources.text.text import Lines, Text, TextError, read_text


class UntouchableError(Exception):
    """A file that is not edited. The message says why, as the rest of a sentence about it."""


class NotDoneError(Exception):
    """A file that cannot be edited although it should be: exit code 2. The message says why."""


@dataclass(frozen=True)
class Refusal:
    """A task definition that is not fixed, or not all of it, and all that stands against it."""

    address: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True)
class Made:
    """A change of a text, and where."""

    place: Place
    change: Change


@dataclass(frozen=True)
class Repair:
    """What is done about one file.

    Attributes:
        document: what it says now.
        path: the file.
        refusals: what is not fixed.
        before: its bytes.
        text: its text.
        edits: the edits; there may be none.
        after: the bytes that it shall have.
        document_after: what it then says.
        made: the changes behind the edits.
        problem: why the command could not do its job.
    """

    document: Document
    path: Path
    refusals: tuple[Refusal, ...] = ()
    before: bytes = b""
    text: str = ""
    edits: tuple[Edit, ...] = ()
    after: bytes = b""
    document_after: Document | None = None
    made: tuple[Made, ...] = ()
    problem: str | None = None


def repair(
    document: Document, objections: Collection[Finding], root: Path, policy: Policy, options: FixOptions
) -> Repair:
    """Decide what is done about a file.

    Args:
        document: what it says.
        objections: what the policy denies or warns of in it.
        root: the root of the repository, which its name is relative to.
        policy: the policy.
        options: what was asked for.
    """
    path = root / document.name
    by_address = {item.address: item for item in document.items if isinstance(item, Resource)}
    denied = {finding.address for finding in objections}
    wanted = {address: item for address, item in by_address.items() if address in denied}
    try:
        before, text = _read(path, document, root)
        fix = TemplateFix(_template(document.name, text), options)
        fixed = [fix.fix_task_definition(item, policy) for item in wanted.values()]
        done = [each for each in fixed if each.edits]
        refused = [each for each in fixed if each.plan.blockers]
        refusals = tuple(Refusal(each.plan.resource, each.plan.blockers) for each in refused)
        if not done:
            return Repair(document, path, refusals)
        text_after = fix.text_with(done)
        document_after = _checked(document, text_after, done, policy)
    except UntouchableError as error:
        blockers = (Blocker(document.name, f"{document.name} {error}"),)
        return Repair(document, path, tuple(Refusal(address, blockers) for address in wanted))
    except (NotDoneError, NotAsPlannedError) as error:
        return Repair(document, path, problem=str(error))
    except RecursionError:
        return Repair(document, path, problem="it is nested too deeply")
    after = before[: len(before) - len(text.encode())] + text_after.encode()
    edits = tuple(edit for each in done for edit in each.edits)
    return Repair(
        document, path, refusals, before, text, edits, after, document_after, tuple(_made(document.name, done, text))
    )


def _read(path: Path, document: Document, root: Path) -> tuple[bytes, str]:
    """Return the bytes and the text of a file that may be edited.

    Raises:
        UntouchableError: if it may not.
        NotDoneError: if it cannot be read, or is not what was judged.
    """
    real = Path(os.path.realpath(path))
    if Path(os.path.abspath(path)).is_relative_to(root) and not real.is_relative_to(os.path.realpath(root)):
        raise UntouchableError("is a link to a file outside of the repository: name that")
    if any(is_assembly(folder) for folder in real.parents if folder.is_relative_to(os.path.realpath(root))):
        raise UntouchableError("is of a cloud assembly, which `cdk synth` writes: change the code of the app")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotDoneError(f"it cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise NotDoneError("somebody has changed it since it was judged; run the command again")
    try:
        return content, content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise UntouchableError("is not in UTF-8, and nothing else is edited") from None


def _template(name: str, text: str) -> Template:
    """Return a template as it is written.

    Raises:
        UntouchableError: if it is no template, or a generated one.
    """
    read = _text_of(text)
    body = read.value
    if paths_to_registered(body):
        raise UntouchableError("is for the ECS API: what runs the task, and needs a network then, is not in it")
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise UntouchableError("is no CloudFormation template, and nothing else is edited")
    tool = generated(body)
    if tool is not None:
        raise UntouchableError(tool)
    return Template(name, text, body, origins_in(name, read))


def _text_of(text: str) -> Text:
    try:
        return read_text(text)
    except TextError as error:
        raise NotDoneError(f"it cannot be read: {error}") from None


def _checked(document: Document, text: str, done: list[Fixed], policy: Policy) -> Document:
    """Return what an edited text says, once it is sure that it is better than before.

    Raises:
        NotDoneError: if the policy finds something new in it, or what was to be fixed.
    """
    read = recognize(document.name, _text_of(text), hashlib.sha256(text.encode()).hexdigest())
    items = {item.address: item for item in read.items if isinstance(item, Resource)} if read else {}
    after = replace(
        document, items=tuple(items[item.address] if isinstance(item, Resource) else item for item in document.items)
    )
    was, now = _objections(document, policy), _objections(after, policy)
    if now - was:
        address, check, _ = sorted(now - was, key=str)[0]
        raise NotDoneError(f"with the changes {address} would not pass {check}, which it did before")
    fixed = {address for address, _, _ in was - now}
    for each in done:
        if each.plan.resource not in fixed:
            raise NotDoneError(f"the changes would not fix {each.plan.resource}")
    return after


def _objections(document: Document, policy: Policy) -> set[tuple[str, str, str | None]]:
    # What is exempt is compared too, and that nobody needs an exemption any more stands against no change.
    items = tuple(replace(item, exemptions=()) for item in document.items)
    found = judge([replace(document, items=items, exemptions=())], policy.replace(exemptions=())).findings
    return {(f.address, f.check, f.container) for f in found if f.enforcement is not Enforcement.AUDIT}


def _made(name: str, done: list[Fixed], text: str) -> Iterator[Made]:
    lines = Lines(text)
    for each in done:
        for change, edit in zip(each.plan.changes, each.edits, strict=True):
            yield Made(Place(name, *lines.mark(edit.start)), change)
