"""The gate at ``cdk synth``: Aspects, ``protect`` and the fix."""
