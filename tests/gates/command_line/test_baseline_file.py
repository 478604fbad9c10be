"""``--baseline`` and ``--write-baseline``: what passes, what is written, and how removed findings are reported."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from .commands.test_check import assembly_at
from .conftest import Repository, template

FILE = "known.json"
BOTH = ("--baseline", FILE, "--write-baseline", FILE)


def entries(repository: Repository, file: str = FILE) -> list[str]:
    """Return the addresses in a baseline."""
    return [entry["address"] for entry in json.loads((repository.root / file).read_text())["findings"]]


@pytest.fixture
def started(repository: Repository) -> Repository:
    """A repository with two denied task definitions, both known."""
    repository.put("x.json", template("bridge"))
    repository.put("infra/y.json", template("host"))
    assert repository.check("--write-baseline", FILE).code == 1
    return repository


def test_the_run_that_writes_it_says_what_was_found_and_denies_it(repository: Repository) -> None:
    repository.put("x.json", template("bridge"))
    run = repository.check("--write-baseline", FILE)
    assert run.code == 1
    assert run.out.startswith("error[awsvpc-network-mode]: ")
    assert run.err == "ecs-guard: known.json: 1 finding written\n"
    assert entries(repository) == ["x.json/Task"]


def test_what_is_known_passes_and_is_counted(started: Repository) -> None:
    run = started.check("--baseline", FILE)
    assert (run.code, run.err) == (0, "")
    said = "Admitted: 2 task definitions in 2 files (policy: profile default). 2 known from the baseline."
    assert run.out.startswith(said)
    assert run.out.count("\n") == 1
    assert [found["baseline"] for found in started.check("--baseline", FILE, "--format", "json").json["findings"]] == [
        *(True, True)
    ]


def test_lines_may_move(started: Repository) -> None:
    content = (started.root / "x.json").read_text()
    started.put("x.json", "\n\n\n" + content.replace('"bridge"', '"none"'))
    run = started.check("--baseline", FILE)
    assert (run.code, run.err) == (0, "")


# A violation that is new, elsewhere or in a file that has known ones: https://github.com/bridgecrewio/checkov/issues/7647
NEW = {
    "another file": ("z.json", template("bridge")),
    "the same logical id in another folder": ("infra/x.json", template("bridge")),
    "the same file": ("x.json", template("bridge", Task2={"Type": "AWS::ECS::TaskDefinition", "Properties": {}})),
    "another check": (
        "infra/y.json",
        template(
            None,
            Task={
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {"NetworkMode": "host", "ContainerDefinitions": [{"Name": "web", "User": "0"}]},
            },
        ),
    ),
}


@pytest.mark.parametrize("case", NEW)
def test_what_is_new_is_denied(started: Repository, case: str) -> None:
    started.put(*NEW[case])
    run = started.check("--baseline", FILE)
    assert run.code == 1
    assert run.out.count("error[") == 1
    assert "2 known from the baseline." in run.out


def test_what_is_gone_is_said_and_taken_out_if_that_is_asked_for(started: Repository) -> None:
    started.put("x.json", template("awsvpc"))
    said = "awsvpc-network-mode at x.json/Task\n"
    run = started.check("--baseline", FILE)
    assert run.code == 0
    assert run.err == (
        f"ecs-guard: note: known.json has 1 finding too many, --write-baseline removes what no longer occurs: {said}"
    )
    assert len(entries(started)) == 2
    run = started.check(*BOTH)
    assert (run.code, run.err) == (0, f"ecs-guard: known.json: 1 finding removed, 1 left: {said}")
    assert entries(started) == ["infra/y.json/Task"]
    started.put("x.json", template("bridge"))
    assert started.check("--baseline", FILE).code == 1


def test_it_is_never_added_to(started: Repository) -> None:
    before = (started.root / FILE).read_bytes()
    started.put("z.json", template("bridge"))
    run = started.check(*BOTH)
    assert (run.code, run.err) == (1, "ecs-guard: known.json: 0 findings removed, 2 left\n")
    assert (started.root / FILE).read_bytes() == before


def test_what_is_left_may_go_to_another_file(started: Repository) -> None:
    started.put("x.json", template("awsvpc"))
    started.put("z.json", template("bridge"))
    assert started.check("--baseline", FILE, "--write-baseline", "other.json").code == 1
    assert (len(entries(started)), entries(started, "other.json")) == (2, ["infra/y.json/Task"])


def gone_in(repository: Repository, *words: str, cwd: str = ".") -> int:
    run = repository.check("--baseline", os.path.relpath(FILE, cwd), *words, cwd=cwd)
    return len(run.err.split("; ")) if " too many, " in run.err else 0


# What is judged after both files have gone, or are right, and how many entries can be said to be gone.
SEEN: list[tuple[str, list[str], str, int]] = [
    ("right", [], ".", 2),
    ("right", ["x.json"], ".", 1),
    ("right", ["infra"], ".", 1),
    ("right", [], "infra", 1),
    ("right", ["-", "--ignore-unknown"], ".", 0),
    ("right", [".", "--exclude", "infra"], ".", 1),
    ("removed", [], ".", 2),
    ("removed", ["infra"], ".", 1),
    ("removed", [], "infra", 1),
    ("removed", ["..", "--exclude", "x.json"], "infra", 1),
    ("emptied", [], ".", 2),
    ("emptied", ["infra"], ".", 1),
    ("emptied", ["x.json", "--ignore-unknown"], ".", 1),
]


@pytest.mark.parametrize(("change", "words", "cwd", "number"), SEEN)
def test_only_what_was_judged_can_be_gone(
    started: Repository, change: str, words: list[str], cwd: str, number: int
) -> None:
    for name in ("x.json", "infra/y.json"):
        if change == "removed":
            (started.root / name).unlink()
        else:
            started.put(name, template("awsvpc") if change == "right" else "{}")
    assert gone_in(started, *words, cwd=cwd) == number
    started.check(
        "--baseline", os.path.relpath(FILE, cwd), "--write-baseline", os.path.relpath(FILE, cwd), *words, cwd=cwd
    )
    assert len(entries(started)) == 2 - number


def test_what_lies_in_folders_of_tools_was_not_judged_with_the_rest(repository: Repository) -> None:
    repository.put("node_modules/x.json", template("bridge"))
    repository.put("plan", template("bridge"))
    repository.check("node_modules/x.json", "plan", "--write-baseline", FILE)
    assert gone_in(repository) == 0
    repository.put("node_modules/x.json", template("awsvpc"))
    assert gone_in(repository) == 0
    assert gone_in(repository, "node_modules") == 1
    assert gone_in(repository, "node_modules/x.json", "plan") == 1


def test_a_template_that_its_assembly_no_longer_has_is_gone(repository: Repository) -> None:
    assembly_at(repository, str(repository.root / "app.ts"))
    repository.check("--write-baseline", FILE)
    assert entries(repository) == ["S/Task"]
    repository.put("cdk.out/manifest.json", '{"artifacts": {}}')
    assert (repository.root / "cdk.out/S.template.json").is_file()
    assert gone_in(repository, "cdk.out") == 1
    assert gone_in(repository, "x.json", "--ignore-unknown") == 0
    shutil.rmtree(repository.root / "cdk.out")
    assert gone_in(repository, "x.json", "--ignore-unknown") == 0


def test_it_is_not_written_unless_all_could_be_read(started: Repository) -> None:
    before = (started.root / FILE).read_bytes()
    started.put("x.json", '{"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition"')
    started.put("infra/y.json", template("awsvpc"))
    for words in (BOTH, ("--write-baseline", "new.json")):
        run = started.check(*words)
        assert run.code == 2
        assert run.err.endswith(f"--write-baseline {words[-1]}: not written, because not all could be read\n")
    assert (started.root / FILE).read_bytes() == before
    assert not (started.root / "new.json").exists()


def test_what_cannot_be_read_never_passes(repository: Repository) -> None:
    broken = {"Type": "AWS::ECS::TaskDefinition", "Properties": [1]}
    repository.put("x.json", template("bridge", Odd={"Type": 1}, Broken=broken))
    repository.check("--write-baseline", FILE)
    assert "x.json/Odd" not in entries(repository)


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_the_file_keeps_its_rights_and_its_link(started: Repository) -> None:
    (started.root / FILE).rename(started.root / "infra" / FILE)
    (started.root / "infra" / FILE).chmod(0o640)
    (started.root / FILE).symlink_to(Path("infra") / FILE)
    started.put("x.json", template("awsvpc"))
    assert started.check(*BOTH).code == 0
    assert (started.root / FILE).is_symlink()
    assert (started.root / "infra" / FILE).stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (started.root / "infra").iterdir()) == [FILE, "y.json"]


WRONG: list[tuple[list[str], str]] = [
    (["--baseline", "nowhere.json"], "--baseline nowhere.json: the file does not exist; --write-baseline nowhere.json"),
    (["--baseline", "infra"], "--baseline infra: Is a directory"),
    (["--baseline", "x.json"], "--baseline x.json: it is not a baseline: it must be an object with version, created"),
    (["--baseline", "text"], "--baseline text: it is not JSON: Expecting value: line 1 column 1"),
    (["--baseline", "binary"], "--baseline binary: it is not in UTF-8"),
    (
        ["--write-baseline", FILE],
        f"--write-baseline {FILE}: the file exists. Add --baseline {FILE} to remove findings that no longer occur, or",
    ),
    (["--baseline", FILE, "--write-baseline", "x.json"], "--write-baseline x.json: the file exists."),
    (["--write-baseline", "a/b.json"], "--write-baseline a/b.json: No such file or directory"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_goes_wrong(started: Repository, words: list[str], said: str) -> None:
    started.put("text", "<<<<<<< HEAD")
    started.put("binary", b"\xff\xfe{")
    before = (started.root / FILE).read_bytes()
    run = started.check(*words)
    assert run.code == 2
    assert f"ecs-guard: error: {said}" in run.err
    assert "Traceback" not in run.err
    assert (started.root / FILE).read_bytes() == before


def test_a_baseline_with_a_mark_at_its_start(started: Repository) -> None:
    path = started.root / FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert started.check("--baseline", FILE).code == 0


def test_it_is_not_judged_itself(started: Repository) -> None:
    assert "in 2 files" in started.check().out


def test_what_is_known_is_left_out_of_sarif_unless_it_is_asked_for(started: Repository) -> None:
    def results(*words: str) -> list[object]:
        return list(started.check("--baseline", FILE, "--format", "sarif", *words).json["runs"][0]["results"])

    assert results() == []
    suppressed = [{"kind": "external", "justification": "It is in the baseline."}]
    assert [result["suppressions"] for result in results("--include-exempt")] == [suppressed, suppressed]  # type: ignore[index]


def test_many_that_are_gone_are_counted(repository: Repository) -> None:
    for number in range(8):
        repository.put(f"{number}.json", template("bridge"))
    repository.check("--write-baseline", FILE)
    for number in range(8):
        (repository.root / f"{number}.json").unlink()
    run = repository.check("--baseline", FILE)
    assert "note: known.json has 8 findings too many" in run.err
    assert run.err.endswith("awsvpc-network-mode at 4.json/Task; and 3 more\n")
