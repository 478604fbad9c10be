"""The gate at deployment: a CloudFormation Lambda Hook, its function and the construct that deploys both."""
