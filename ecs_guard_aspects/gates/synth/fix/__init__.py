"""The fix at synth: EcsGuardFix, its plans, and how they are applied."""
