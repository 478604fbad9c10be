"""Policy files: finding and reading them."""
