"""Errors of the account gate."""

from __future__ import annotations


class AccountError(Exception):
    """An audit that cannot start. The message says what to change."""
