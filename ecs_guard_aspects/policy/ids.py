"""Ids of findings that no check makes."""

from __future__ import annotations

from ..model.notice import NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE, UNREADABLE

STALE_EXEMPTION = "stale-exemption"
"""The id of the finding about an exemption that covers no finding."""

INVALID_EXEMPTION = "invalid-exemption"
"""The id of the finding about an inline exemption that does not count."""

NOTICES = (UNREADABLE, NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE, STALE_EXEMPTION, INVALID_EXEMPTION)
"""All of them; custom checks cannot use these ids."""

EXEMPTIBLE_NOTICES = (NOT_CHECKED, NOT_COVERED, UNKNOWN_FILE)
"""The ids whose enforcement a policy can set, and that an exemption can name."""


def is_about_exemption(check: str) -> bool:
    """Return whether the subject of a finding is an exemption, and not a task definition.

    Args:
        check: the id of the finding.
    """
    return check in (STALE_EXEMPTION, INVALID_EXEMPTION)
