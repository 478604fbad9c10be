"""The instances that a task runs on, and their obstacles to awsvpc."""
