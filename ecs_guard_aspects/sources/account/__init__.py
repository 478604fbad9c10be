"""AWS accounts as a source: the task definitions in use, read with boto3."""
