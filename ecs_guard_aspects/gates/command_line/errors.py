"""Errors of the command line."""

from __future__ import annotations


class CommandError(Exception):
    """An error that the user can correct: exit code 2. The message says what is wrong, and where."""
