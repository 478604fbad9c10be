"""Judging: from documents to a report, with checks, exemptions and enforcement."""
