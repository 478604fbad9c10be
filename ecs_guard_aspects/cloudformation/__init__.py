"""What a CloudFormation template can become: declarations, scenarios, functions, properties. Knows no policy.

Standard library only.
"""
