"""The folder of ``ecs-guard audit --plan``: one for each denied revision, to read and to run."""
