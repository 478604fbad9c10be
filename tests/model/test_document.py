"""Documents: what a source yields."""

from __future__ import annotations

from ecs_guard_aspects.model.document import Document


def test_a_report_may_show_lines_of_a_document_unless_its_source_forbids_it() -> None:
    assert Document("a.yaml", ()).may_be_quoted
    assert not Document("plan.json", (), may_be_quoted=False).may_be_quoted


def test_a_document_that_is_not_a_file_has_no_digest_and_no_exemptions() -> None:
    document = Document("012345678901/eu-west-1", iter(()))
    assert (document.sha256, document.exemptions) == (None, ())
