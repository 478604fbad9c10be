"""What the command ends with, as linters do."""

from __future__ import annotations

ADMITTED = 0
DENIED = 1
FAILED = 2
"""It could not do its job, or not all of it: whatever else was found."""
