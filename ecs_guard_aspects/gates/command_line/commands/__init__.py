"""The commands of ecs-guard, but for fix."""
