"""The program of the task: runs the audit, keeps its reports in S3, and imports the findings into Security Hub.

The container runs the text of this file, so it needs what the image of ecs-guard has: Python, boto3 and ecs-guard.

BUCKET       bucket for the reports
ARGUMENTS    arguments of ``ecs-guard audit``, as a list in JSON
IMPORT       1 to import the findings of this account into Security Hub

Exits as ``ecs-guard audit`` does: 0 admitted, 1 denied, 2 something could not be read. It also exits with 2 if it
could not keep a report, or not import a finding.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

LATEST = "latest.json"
FORMATS = ("json", "html", "asff")
NOT_ALL = 2
AWS_ERRORS = (Boto3Error, BotoCoreError, ClientError)
BATCH = 100  # Security Hub takes no more findings in a call


def main() -> int:
    """Run the audit and return its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        reports = {name: Path(folder, f"report.{name}") for name in FORMATS}
        earlier = earlier_report(Path(folder, LATEST))
        code = audit(reports, earlier)
        if earlier and not reports["json"].is_file():
            code = audit(reports, None)  # a report that cannot be compared with must not stop all later audits
        written = {name: file for name, file in reports.items() if file.is_file()}
        keep(written)
        if os.environ.get("IMPORT") == "1" and "asff" in written:
            findings = json.loads(written["asff"].read_text())["Findings"]
            code = code if import_findings(findings) else NOT_ALL
    return code


def audit(reports: dict[str, Path], earlier: Path | None) -> int:
    """Write the reports and return the exit code."""
    outputs = [word for name, file in reports.items() for word in ("--output", f"{name}={file}")]
    compare = ["--compare", str(earlier)] if earlier else []
    arguments = json.loads(os.environ.get("ARGUMENTS", "[]"))
    command = [sys.executable, "-m", "ecs_guard_aspects.gates.command_line", "audit", *arguments, *compare, *outputs]
    return subprocess.run(command, check=False).returncode


def earlier_report(file: Path) -> Path | None:
    """Return the report of the audit before, None if this is the first."""
    try:
        boto3.client("s3").download_file(os.environ["BUCKET"], LATEST, str(file))
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise
    return file


def keep(reports: dict[str, Path]) -> None:
    """Upload the reports: below the time of the run, and the one in JSON for the next comparison."""
    s3 = boto3.client("s3")
    now = datetime.datetime.now(datetime.UTC).strftime("%Y/%m/%d/%H%M%S")
    for name, file in reports.items():
        s3.upload_file(str(file), os.environ["BUCKET"], f"reports/{now}.{name}")
    if "json" in reports:
        s3.upload_file(str(reports["json"]), os.environ["BUCKET"], LATEST)


def import_findings(findings: list[dict[str, Any]]) -> bool:
    """Import the findings of this account; other accounts import their own. Return whether all were imported."""
    failed = 0
    own = boto3.client("sts").get_caller_identity()["Account"]
    mine = [finding for finding in findings if finding["AwsAccountId"] == own]
    for region, in_region in itertools.groupby(mine, key=lambda finding: finding["Region"]):
        hub = boto3.client("securityhub", region_name=region)
        for batch in batches(list(in_region)):
            try:
                answer = hub.batch_import_findings(Findings=batch)
            except AWS_ERRORS as error:  # such as: Security Hub is not enabled in this Region
                failed += len(batch)
                print(f"Security Hub in {region}: {len(batch)} not imported: {error}")
                continue
            failed += answer["FailedCount"]
            print(f"Security Hub in {region}: {answer['SuccessCount']} imported, {answer['FailedCount']} failed")
    return not failed


def batches(findings: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the findings in lists that Security Hub takes."""
    return [findings[start : start + BATCH] for start in range(0, len(findings), BATCH)]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AWS_ERRORS as error:  # Python would end with 1, which means a finding
        print(f"ecs-guard audit: {error}", file=sys.stderr)
        sys.exit(NOT_ALL)
