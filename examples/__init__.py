"""Checks a team might write for itself."""
