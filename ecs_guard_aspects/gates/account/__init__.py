"""Account gate: ``ecs-guard audit`` checks the task definitions in use in AWS accounts."""
