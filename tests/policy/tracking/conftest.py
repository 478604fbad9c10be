"""The command in a repository, and a cloud that it asks."""

from __future__ import annotations

from tests.gates.account.conftest import Repository, cloud, repository

__all__ = ["Repository", "cloud", "repository"]
