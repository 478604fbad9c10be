"""``ecs-guard``: the policy, asked of files."""
