"""Checks a team might write for itself, peers to compare with, and an app that runs the audit on a schedule."""
