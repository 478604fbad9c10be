"""``ecs-guard``: the policy, asked of files and of accounts."""
