"""The fix at synth: EcsGuardFix and what applies its plans."""
