"""Consumers of a task definition: the resources that reference or run it."""
