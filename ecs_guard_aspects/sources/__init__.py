"""Sources of task definitions. A source yields documents: task definitions, and notices about what could not be
read."""
