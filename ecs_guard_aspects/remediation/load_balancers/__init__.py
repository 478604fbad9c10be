"""Load balancers in front of instances: how they reach awsvpc tasks."""
