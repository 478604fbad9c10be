"""Exposure: from where the containers of task definitions in use can be reached."""
