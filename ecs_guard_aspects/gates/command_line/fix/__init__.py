"""ecs-guard fix: plan and write edits of templates."""
