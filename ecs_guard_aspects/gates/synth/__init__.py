"""The gate at ``cdk synth``: Aspects, ``protect``, the fix. The only part of the package that knows the CDK."""
