"""The commands of ``ecs-guard``, except ``fix``."""
