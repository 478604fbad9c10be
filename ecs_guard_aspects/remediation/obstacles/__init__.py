"""Obstacles: what stands against changing a task definition or its consumers."""
