"""Policy files: where a policy is found and how its JSON form is read."""
