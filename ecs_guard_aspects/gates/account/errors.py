"""Why an audit cannot begin."""

from __future__ import annotations


class AccountError(Exception):
    """Something the caller has to change. The message says what."""
