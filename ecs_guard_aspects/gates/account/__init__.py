"""The policy asked of what runs in AWS accounts."""
