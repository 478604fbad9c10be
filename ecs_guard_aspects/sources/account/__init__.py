"""Task definitions in AWS accounts, read with boto3."""
