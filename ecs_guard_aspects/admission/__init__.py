"""Where the policy is enforced: AWS CDK."""
