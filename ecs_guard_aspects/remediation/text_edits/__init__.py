"""Edits of template text."""
