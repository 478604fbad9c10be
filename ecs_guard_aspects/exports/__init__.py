"""The policy in the words of other engines: Guard rules and conformance packs of AWS Config, policies of IAM."""
