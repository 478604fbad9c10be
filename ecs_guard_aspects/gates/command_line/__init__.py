"""``ecs-guard``: the command line, for files and for accounts."""
