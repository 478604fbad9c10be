"""Obstacles to changing a task definition, its consumers and what these depend on."""
