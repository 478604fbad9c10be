"""Why the command cannot do its job."""

from __future__ import annotations


class CommandError(Exception):
    """Something the caller has to change: exit code 2. The message says what and where."""
