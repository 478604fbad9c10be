"""Terraform plans, states and code."""
