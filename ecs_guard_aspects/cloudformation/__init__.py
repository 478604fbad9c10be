"""The engine: evaluates CloudFormation templates, for every value that their parameters can have. Independent of
policies.

Standard library only.
"""
