"""The command in a repository."""

from __future__ import annotations

from tests.gates.command_line.conftest import Repository, repository

__all__ = ["Repository", "repository"]
