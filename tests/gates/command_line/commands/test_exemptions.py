"""``ecs-guard exemptions``: its list and its exit codes; and inline exemptions in ``ecs-guard check``."""

from __future__ import annotations

import datetime
import json

import pytest

from tests.sources.terraform.support import change, containers, plan

from ..conftest import Repository, template

TODAY = datetime.datetime.now(datetime.UTC).date()  # a policy file cannot set the day
LATER, EARLIER = (TODAY + datetime.timedelta(days=days) for days in (100, -10))
MODE = "awsvpc-network-mode"
COMMENT = f"# ecs-guard: ignore[{MODE}] owner=team-a until={LATER} moves soon"
TASK = "Type: AWS::ECS::TaskDefinition"
IN_PLACE = f"Resources:\n  {COMMENT}\n  Task:\n    {TASK}\n"


def policy(*exemptions: dict[str, str]) -> str:
    given = {"check": MODE, "owner": "team-b", "reason": "known", "expires": str(LATER)}
    return json.dumps({"exemptions": [{**given, **exemption} for exemption in exemptions]})


def listed(repository: Repository, *words: str, **options: str) -> list[tuple[str, str, int]]:
    """Return status, where and how many findings of each exemption."""
    run = repository.run("exemptions", "--format", "json", *words, **options)
    assert (run.code, run.err) == (0, "")
    return [(one["status"], one["path"] or one["family"], one["findings"]) for one in run.json["exemptions"]]


def test_an_inline_exemption_admits_and_is_listed(repository: Repository) -> None:
    repository.put("infra/a.yaml", IN_PLACE)
    run = repository.check()
    assert run.code == 0
    assert f"Exempt until {LATER}, 100 days left (team-a: moves soon)." in run.out
    (one,) = repository.run("exemptions", "--format", "json").json["exemptions"]
    assert (one["status"], one["origin"], one["days_left"]) == ("live", "infra/a.yaml:2", 100)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (COMMENT.replace("ignore", "ignor"), "infra/a.yaml:2:3  Task"),
        (COMMENT.replace("owner=team-a ", ""), "it lacks owner=..."),
        (COMMENT.replace(MODE, "awsvpc"), "Did you mean 'awsvpc-network-mode'?"),
        (COMMENT.replace(str(LATER), "2027-02-30"), "it must be a date such as 2027-01-31"),
    ],
)
def test_an_invalid_one_is_denied_where_it_stands(repository: Repository, comment: str, said: str) -> None:
    repository.put("infra/a.yaml", IN_PLACE.replace(COMMENT, comment))
    run = repository.check()
    assert run.code == 1
    assert "error[invalid-exemption]: This exemption does not count: " in run.out
    assert said in run.out


def test_a_stale_inline_exemption_is_reported_for_every_part_that_is_judged(repository: Repository) -> None:
    repository.put("ecs-guard.json", policy({"path": "elsewhere"}))
    repository.put("infra/a.yaml", f"{IN_PLACE}    Properties: {{NetworkMode: awsvpc}}\n")
    run = repository.check("infra/a.yaml")
    assert run.out.count("warning[stale-exemption]") == 1
    assert "infra/a.yaml:2:3  Task" in run.out


def test_a_policy_that_allows_no_inline_exemptions(repository: Repository) -> None:
    repository.put("ecs-guard.yaml", "local_exemptions: false")
    repository.put("a.yaml", IN_PLACE)
    run = repository.check()
    assert run.code == 1
    assert "error[awsvpc-network-mode]" in run.out
    assert "There is an inline exemption at a.yaml:2 (team-a: moves soon), but the policy accepts none." in run.out
    assert listed(repository) == [("refused", "a.yaml/Task", 1)]


def test_in_an_assembly_the_metadata_of_the_resource(repository: Repository) -> None:
    entry = {"check": MODE, "owner": "team-a", "expires": str(LATER), "reason": "moves soon"}
    task = {"Type": "AWS::ECS::TaskDefinition", "Metadata": {"aws:cdk:path": "Web/Task/Resource", "ecs-guard": [entry]}}
    recorded = {"/Web/Task/Resource": [{"type": "aws:cdk:logicalId", "data": "Task"}]}
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Web.template.json"},
        "metadata": recorded,
    }
    repository.put("cdk.out/cdk.out", '{"version": "53.0.0"}')
    repository.put("cdk.out/manifest.json", json.dumps({"version": "53.0.0", "artifacts": {"Web": stack}}))
    repository.put("cdk.out/Web.template.json", json.dumps({"Resources": {"Task": task}}))
    assert repository.check().code == 0
    (one,) = repository.run("exemptions", "--format", "json").json["exemptions"]
    assert (one["path"], one["origin"]) == ("Web/Task/Resource", "cdk.out/Web.template.json")


def test_all_of_a_repository(repository: Repository) -> None:
    repository.put(
        "ecs-guard.json",
        policy({"path": "b.json/*"}, {"path": "gone"}, {"path": "**", "expires": str(EARLIER)}, {"family": "web*"}),
    )
    repository.put("a.yaml", IN_PLACE)
    repository.put("b.json", template("bridge"))
    assert listed(repository) == [
        ("expired", "**", 2),
        ("stale", "web*", 0),
        ("stale", "gone", 0),
        ("live", "a.yaml/Task", 1),
        ("live", "b.json/*", 1),
    ]
    assert listed(repository, "a.yaml")[1:] == [  # of those that are about the rest nobody can tell
        *(("not-judged-here", "b.json/*", 0), ("not-judged-here", "web*", 0), ("not-judged-here", "gone", 0)),
        ("live", "a.yaml/Task", 1),
    ]
    assert not [one for one in listed(repository, "--exclude", "b.json") if one[0] == "stale"]


def test_what_a_report_uses_is_not_stale(repository: Repository) -> None:
    repository.put("ecs-guard.json", policy({"family": "web*"}))
    repository.put("a.json", template("awsvpc"))
    repository.put("other/b.json", template("bridge").replace('"NetworkMode"', '"Family": "web-api", "NetworkMode"'))
    report = repository.check("other", "--format", "json", "--no-config").out
    (repository.root / "other/b.json").unlink()
    repository.put("audit.json", report)
    repository.put("proof.json", f"[{report}]")
    assert listed(repository) == [("stale", "web*", 0)]
    assert listed(repository, "--report", "audit.json") == [("live", "web*", 1)]
    assert listed(repository, "--report", "audit.json", "--report", "proof.json") == [("live", "web*", 1)]


def test_what_cannot_be_read_is_said_and_the_rest_is_listed(repository: Repository) -> None:
    repository.put("ecs-guard.json", policy({"path": "**"}))
    repository.put("broken.yaml", "AWS::ECS::TaskDefinition: [")
    repository.put("report.json", "{}")
    run = repository.run("exemptions", "--report", "nowhere.json", "--report", "report.json")
    assert run.code == 2
    no_report = "it is not a report of ecs-guard: write one with --format json"
    assert run.err.splitlines() == [
        "ecs-guard: error: broken.yaml cannot be read: while parsing a flow node: did not find expected node content.",
        "ecs-guard: error: --report nowhere.json cannot be read: No such file or directory",
        f"ecs-guard: error: --report report.json cannot be read: {no_report}",
    ]
    assert "1 exemption: 1 stale" in run.out


def test_none(repository: Repository) -> None:
    run = repository.run("exemptions")
    assert (run.code, run.out, run.err) == (0, "No exemptions (policy: profile default).\n", "")


@pytest.mark.parametrize("name", ["text", "json", "csv", "markdown"])
def test_every_format(repository: Repository, name: str) -> None:
    repository.put("a.yaml", IN_PLACE)
    run = repository.run("exemptions", "--format", name)
    assert run.code == 0
    assert "a.yaml/Task" in run.out


@pytest.mark.parametrize(
    "words", [["--format", "sarif"], ["--policy", "nowhere.yaml"], ["--policy", "x", "--no-config"], ["nowhere.yaml"]]
)
def test_what_it_cannot_do(repository: Repository, words: list[str]) -> None:
    assert repository.run("exemptions", *words).code == 2


WEB = "aws_ecs_task_definition.web"
HOST = {"family": "web", "network_mode": "host", "container_definitions": containers({"user": "1000"})}

# fmt: off
ADDRESSES = [
    # glob                                            address                                          findings
    (f"module.**.{WEB}",                              f"module.a.module.b.{WEB}",                      1),
    (f"module.**.{WEB}",                              f"module.a.{WEB}",                               1),
    (f"module.*.{WEB}",                               f"module.a.{WEB}",                               1),
    (f"module.*.{WEB}",                               f"module.a.module.b.{WEB}",                      0),
    (f"**.{WEB}",                                     WEB,                                             1),
    (f'module.a["eu/w.1"].{WEB}',                     f'module.a["eu/w.1"].{WEB}',                     1),
    ("**",                                            f"module.a.{WEB}",                               1),
]
# fmt: on


@pytest.mark.parametrize(("glob", "address", "findings"), ADDRESSES)
def test_an_exemption_counts_the_same_for_a_plan_and_for_its_report(
    repository: Repository, glob: str, address: str, findings: int
) -> None:
    repository.put("ecs-guard.json", policy({"path": glob}))
    repository.put("plan.json", json.dumps(plan(change(address, HOST))))
    (judged,) = listed(repository, "plan.json")
    report = repository.check("plan.json", "--format", "json").out
    repository.put("reports/plan.json", report)
    (repository.root / "plan.json").unlink()
    (read,) = listed(repository, "--report", "reports/plan.json", "--exclude", "reports")
    assert judged[2] == read[2] == findings


def test_a_baseline_of_a_plan_holds_for_the_plan(repository: Repository) -> None:
    repository.put("plan.json", json.dumps(plan(change(f"module.a.{WEB}", HOST))))
    repository.check("plan.json", "--write-baseline", "baseline.json")
    assert repository.check("plan.json", "--baseline", "baseline.json").code == 0
    assert repository.check("plan.json").code == 1
