"""How docs/audit.md imports findings into Security Hub: the commands run, with stand-ins for AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ecs_guard_aspects.reports.security_findings.asff import asff_report
from tests.reports.security_findings.support import audit_of, found

from .test_docs import ROOT, Block, blocks_of

# The audit wrote its file before; what AWS is asked for is kept.
ECS_GUARD = "#!/bin/sh\nexit 1\n"
AWS = """#!/bin/sh
cp batch.json "call-$$.json"
echo "$@" >> calls
"""


def block() -> Block:
    (only,) = [b for b in blocks_of(ROOT / "docs/audit.md") if "batch-import-findings" in b.body]
    return only


@pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq")
def test_the_commands_import_a_hundred_at_a_time_and_each_region_by_itself(tmp_path: Path) -> None:
    findings = [found(f"f{number}:1") for number in range(130)] + [found("other:1", region="us-east-2")]
    (tmp_path / "findings.json").write_text(asff_report(audit_of(*findings)))
    for name, program in (("ecs-guard", ECS_GUARD), ("aws", AWS)):
        (tmp_path / name).write_text(program)
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", block().body], cwd=tmp_path, check=True, env={**os.environ, "PATH": path})
    batches = [json.loads(file.read_text()) for file in tmp_path.glob("call-*.json")]
    assert all(1 <= len(batch) <= 100 for batch in batches)
    assert all(len({(one["AwsAccountId"], one["Region"]) for one in batch}) == 1 for batch in batches)
    written = json.loads((tmp_path / "findings.json").read_text())["Findings"]
    assert sorted(one["Id"] for batch in batches for one in batch) == sorted(one["Id"] for one in written)
    assert {line.rpartition(" ")[2] for line in (tmp_path / "calls").read_text().splitlines()} == {
        "eu-west-1",
        "us-east-2",
    }
