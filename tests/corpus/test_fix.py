"""The edits of real templates, by strangers: every denied one is edited right or refused, and no other line changes."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ecs_guard_aspects.model.resource import Resource
from ecs_guard_aspects.policy import Policy, evaluate
from ecs_guard_aspects.remediation.network import Network
from ecs_guard_aspects.remediation.plan import FixOptions
from ecs_guard_aspects.remediation.text_edits.template_fix import Template, TemplateFix
from ecs_guard_aspects.sources.cloudformation.template_file import origins_in
from ecs_guard_aspects.sources.recognition import recognize
from ecs_guard_aspects.sources.text.read import read_text
from ecs_guard_aspects.sources.text.text import Text, TextError

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
# Everything is permitted, and what a tool has written is edited: all for the sake of more edits to look at.
WISHES = FixOptions(
    user="1000:1000",
    network=Network(("subnet-12345678", "subnet-23456789"), ("sg-12345678",)),
    may_change_addresses=True,
    run_elsewhere=True,
    may_replace_target_groups=True,
)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"there is no {CORPUS}")


class Outcome(NamedTuple):
    name: str
    before: str
    after: str
    edited: list[str]
    refused: list[str]
    unclear: list[str]


class Denied(NamedTuple):
    name: str
    text: Text
    tasks: list[Resource]


@cache
def templates() -> list[Denied]:
    """Return the templates of the corpus that have denied task definitions, with these."""
    paths = sorted(path for folder in ("cdk", "cloudformation", "datadog-iac") for path in (CORPUS / folder).iterdir())
    return [template for path in paths if path.is_file() for template in templates_in(path)]


def templates_in(path: Path) -> list[Denied]:
    try:
        read = read_text(path.read_bytes().decode("utf-8-sig"))
    except TextError:
        return []
    document = recognize("x", read)
    if document is None or not isinstance(read.value, dict) or not isinstance(read.value.get("Resources"), dict):
        return []
    tasks = [item for item in document.items if isinstance(item, Resource)]
    denied = [task for task in tasks if any(finding.is_denied for finding in evaluate(task, Policy()))]
    return [Denied(path.name, read, denied)] if denied else []


@cache
def outcomes(options: FixOptions = WISHES) -> list[Outcome]:
    return [outcome_of(template, options) for template in templates()]


def outcome_of(template: Denied, options: FixOptions) -> Outcome:
    read, text = template.text, template.text.content
    fix = TemplateFix(Template("x", read, origins_in("x", read)), options)
    fixed = [fix.fix_task_definition(task, Policy()) for task in template.tasks]
    done = [each for each in fixed if each.edits]
    return Outcome(
        template.name,
        text,
        fix.text_with(done).content if done else text,
        [each.task_definition.name for each in done if not each.plan.blockers],
        [each.task_definition.name for each in fixed if each.plan.blockers],
        [each.task_definition.name for each in fixed if not each.plan.blockers and not each.edits],
    )


def edited() -> list[Outcome]:
    return [outcome for outcome in outcomes() if outcome.after != outcome.before]


def test_every_denied_one_is_edited_or_refused() -> None:
    counts = Counter(
        {kind: sum(len(getattr(o, kind)) for o in outcomes()) for kind in ("edited", "refused", "unclear")}
    )
    assert counts["unclear"] == 0
    assert counts["edited"] >= 20
    assert counts["refused"] >= 50


def test_what_is_edited_with_the_network_of_the_instances_alone() -> None:
    """In most files the cluster is a parameter or an import, so the instances are in another file."""
    found = outcomes(FixOptions(may_replace_target_groups=True))
    # The app next to it has one t2.micro, which has no interface for a deployment.
    assert sorted(name for outcome in found for name in outcome.edited) == ["myServiceTaskDef7FB8322A"]


@pytest.mark.parametrize(
    ("subnets", "security_groups", "run_elsewhere", "count"),
    [
        ("${TaskSubnets}", "${TaskSecurityGroups}", False, 15),
        ("${TaskSubnets}", "${TaskSecurityGroups}", True, 22),
        ("${EcsInstanceSubnets}", "${EcsSecurityGroupId}", True, 25),  # what a file has already is no new parameter
    ],
)
def test_what_is_edited_with_a_network_of_parameters(
    subnets: str, security_groups: str, run_elsewhere: bool, count: int
) -> None:
    """Most files need one: each of them was read, and would work with the values that their descriptions ask for."""
    network = Network((subnets,), (security_groups,))
    found = outcomes(FixOptions(network=network, may_replace_target_groups=True, run_elsewhere=run_elsewhere))
    assert sum(len(outcome.edited) for outcome in found) == count


def test_what_is_edited_passes() -> None:
    for outcome in edited():
        document = recognize("x", read_text(outcome.after))
        assert document is not None
        for item in document.items:
            if isinstance(item, Resource) and item.name in outcome.edited:
                assert not any(finding.is_denied for finding in evaluate(item, Policy())), outcome.name


_CHANGED = re.compile(r"NetworkMode|HostPort|User|TargetType|Role|^ *Name:( *!Sub| ECSTG|$)|ServiceName$|-TG-")
_ADDED = re.compile(
    r"NetworkMode|User|NetworkConfiguration|pcConfiguration|Subnets|subnet-|Groups|sg-|PublicIp|TargetType|[\]}]"
)


def test_no_other_line_is_edited() -> None:
    for outcome in edited():
        before, after = lines_of(outcome.before), lines_of(outcome.after)
        assert [line for line in before - after if not _CHANGED.search(line)] == [], outcome.name
        assert [line for line in after - before if not _ADDED.search(line)] == [], outcome.name


def lines_of(text: str) -> Counter[str]:
    """Return the lines, without what a neighbour that comes or goes takes or leaves: a dash, a comma."""
    return Counter(re.sub(r"^(\s*)- ", r"\1  ", line).rstrip(", ") for line in text.splitlines())


def test_cfn_lint_finds_nothing_new() -> None:
    """In one of them: all take a minute. What it finds in the others was looked at by hand."""
    api = pytest.importorskip("cfnlint.api")
    config = pytest.importorskip("cfnlint.config").ManualArgs(regions=["us-east-1"])

    def found(text: str) -> Counter[Any]:
        return Counter((match.rule.id, match.message) for match in api.lint(text, config=config))

    outcome = next(outcome for outcome in edited() if outcome.name.endswith("aqua-ecs-ec2__aquaScanner.yaml"))
    assert found(outcome.after) - found(outcome.before) == Counter()
