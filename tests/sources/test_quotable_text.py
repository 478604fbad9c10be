"""Quotable text: a report shows files that were read, and source code of the repository, but no other file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ecs_guard_aspects.sources.file_names import FileNames
from ecs_guard_aspects.sources.quotable_text import QuotableText


@pytest.fixture
def text(tmp_path: Path) -> QuotableText:
    return QuotableText(FileNames(tmp_path))


@pytest.mark.parametrize("name", ["app.py", "lib/app.ts", "app.go", "main.tf", "main.tofu", "App.JAVA"])
def test_source_code_is_shown(tmp_path: Path, text: QuotableText, name: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / name).write_text("code")
    assert text.text_of(name) == "code"


CODE = [
    ('  network_mode = "host"', '  network_mode = "host"'),
    ('  { name = "a", user = "root", "user" = "${var.x}" },', '  { name = "a", user = "root", "user" = "${var.x}" },'),
    ('[{"name": "a", "user": "${var.user}"}]', '[{"name": "a", "user": "${var.user}"}]'),
    ('  user = var.x == "pw" ? "0" : "pw"', '  user = var.x == "***************"'),
    ('  user = var.x ? "pw" : "pw"', '  user = var.x ? "*********"'),
    ('  user = lookup(var.x, "pw", "0")', '  user = lookup(var.x, "*******")'),
    ('  user = lookup({ "key" = "pw" }, "pw")', '  user = lookup({ "******************")'),
    ('  x = jsonencode([{ "user" = "root" }])', '  x = jsonencode([{ "user" = "root" }])'),
    ('  user = local.users["pw"]', '  user = local.users["**"]'),
    ('  user = "${join("pw", var.x)}"', '  user = "${join("************"'),
    ('  user = f("', '  user = f("'),
]


@pytest.mark.parametrize(("line", "shown"), CODE)
def test_texts_in_expressions_of_terraform_code_are_not_shown(
    tmp_path: Path, text: QuotableText, line: str, shown: str
) -> None:
    (tmp_path / "main.tf").write_text(f"a\n{line}\nb\n")
    assert text.text_of("main.tf") == f"a\n{shown}\nb\n"


@pytest.mark.parametrize("operator", ["(", "?", "== ", "${", "[", ", "])
def test_a_long_line_takes_linear_time(tmp_path: Path, text: QuotableText, operator: str) -> None:
    (tmp_path / "main.tf").write_text(operator * 1_000_000)  # takes an hour in quadratic time
    assert text.text_of("main.tf") == operator * 1_000_000


CODE_IN_JSON = [
    (r'"network_mode": "host", "cpu": "${var.cpu}"', '"network_mode": "host", "cpu": "${var.cpu}"'),
    (r'"mode": "${lookup({a = \"pw\"}, var.x)}", "cpu": 1', '"mode": "${lookup({a = ****************", "cpu": 1'),
    (r'"mode": "${x(\u0022pw\u0022)}"', '"mode": "${x(****************"'),
    (r'"mode": "${<<E\npw\nE\n}", "cpu": 1', '"mode": "${<<E**********", "cpu": 1'),
    (r'"x": "[{\"name\": \"pw\"}]"', '"x": "[{******************"'),
]  # fmt: skip


@pytest.mark.parametrize("name", ["main.tf.json", "MAIN.TOFU.JSON"])
@pytest.mark.parametrize(("line", "shown"), CODE_IN_JSON)
def test_texts_in_texts_of_terraform_code_in_json_are_not_shown(
    tmp_path: Path, text: QuotableText, name: str, line: str, shown: str
) -> None:
    (tmp_path / name).write_text(f"{{\n{line}\n}}\n")
    text.allow(name)
    assert text.text_of(name) == f"{{\n{shown}\n}}\n"


@pytest.mark.parametrize("name", [".env", "secrets.json", "terraform.tfstate", "terraform.tfvars", "id_rsa", "x.yaml"])
def test_another_file_is_shown_only_after_it_was_read(tmp_path: Path, text: QuotableText, name: str) -> None:
    (tmp_path / name).write_text("secret")
    assert text.text_of(name) is None
    text.allow(name)
    assert text.text_of(name) == "secret"


def test_code_outside_the_root_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "app.py").write_text("code")
    text = QuotableText(FileNames(tmp_path / "root"))
    assert text.text_of("../app.py") is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_the_root_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "root" / "app.py").symlink_to("../secret")
    assert QuotableText(FileNames(tmp_path / "root")).text_of("app.py") is None


@pytest.mark.parametrize("name", ["nowhere.py", "a\0b.py", ""])
def test_a_name_without_a_file(text: QuotableText, name: str) -> None:
    assert text.text_of(name) is None


def test_standard_input_is_shown_only_after_it_was_read(text: QuotableText) -> None:
    text.keep_stdin("Resources: {}")
    assert text.text_of("stdin") is None
    text.allow("stdin")
    assert text.text_of("stdin") == "Resources: {}"
