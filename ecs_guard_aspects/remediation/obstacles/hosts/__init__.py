"""The instances that a task runs on: what on them keeps it from being awsvpc."""
