"""Proof by others: real templates, loaded through CfnInclude and fixed, have no cfn-lint error they had not before."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.cloudformation_include import CfnInclude
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from ecs_guard_aspects import EcsGuard, EcsGuardFix, Network

from .support import AWSVPC, make_app, template_of

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
NETWORK = Network(("subnet-12345678", "subnet-23456789"), ("sg-12345678",))
# Everything is permitted, for the sake of more changes to look at.
PERMITTED = {"run_elsewhere": True, "may_change_addresses": True, "may_replace_target_groups": True}
FILES = sorted([*CORPUS.glob("cdk/*.json"), *CORPUS.glob("cloudformation/*.json")])

pytestmark = pytest.mark.skipif(not FILES, reason=f"there is no {CORPUS}")


def through_the_gate(file: Path, outdir: Path, fix: EcsGuardFix) -> tuple[EcsGuard, dict[str, Any]] | None:
    """Return the guard and what is written; None if CfnInclude cannot load the template."""
    app = make_app(outdir)
    stack = cdk.Stack(app, "Stack", synthesizer=cdk.LegacyStackSynthesizer())
    try:
        CfnInclude(stack, "Include", template_file=str(file))
    except RuntimeError:
        return None
    guard = EcsGuard().protect(app, fix=fix)
    app.synth()
    return guard, template_of(stack)


def errors(template: dict[str, Any]) -> Counter[str]:
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))
    return Counter(
        f"{match.rule.id} {'/'.join(map(str, match.path))} {match.message}"
        for match in found
        if match.rule.id.startswith("E")
    )


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of every template."""
    folder = tmp_path_factory.mktemp("corpus")
    results: dict[str, Any] = {}
    for index, file in enumerate(FILES):
        fix = EcsGuardFix(network=NETWORK, user="1000:1000", **PERMITTED)
        done = through_the_gate(file, folder / str(index), fix)
        if done is not None:
            results[file.name] = (file, fix, *done, folder / f"{index}-bare")
    return results


def test_nearly_all_can_be_loaded(fixed: dict[str, Any]) -> None:
    assert len(fixed) >= 0.9 * len(FILES)


def test_what_is_changed_is_admitted_and_what_is_not_names_its_blockers(fixed: dict[str, Any]) -> None:
    seen = Counter[str]()
    for name, (_, fix, guard, template, _) in fixed.items():
        changed = {change.resource for change in fix.changes if change.path == "NetworkMode"}
        refused = {refusal.resource for refusal in fix.refusals}
        denied = {finding.address for finding in guard.findings if finding.check == AWSVPC}
        assert not changed & denied, name
        assert denied <= refused, name
        assert all(refusal.blockers for refusal in fix.refusals), name
        assert "${Token[" not in json.dumps(template), name
        seen.update(changed=len(changed), refused=len(refused))
    assert seen["changed"] >= 10
    assert seen["refused"] >= 15


def test_no_new_error_of_cfn_lint(fixed: dict[str, Any]) -> None:
    checked = 0
    for name, (file, fix, _, template, bare_outdir) in fixed.items():
        if fix.changes:
            new = errors(template)
            if new:  # only then is it worth asking what was wrong before
                bare = through_the_gate(file, bare_outdir, EcsGuardFix(network=NETWORK, dry_run=True))
                assert bare is not None
                assert not new - errors(bare[1]), name
            checked += 1
    assert checked >= 10
