"""Obstacles about addresses and ports: where a task is reached, and what it reaches, before awsvpc and after."""
