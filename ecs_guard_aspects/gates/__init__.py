"""Gates: the places where the policy is applied. No gate imports another one, except the command line."""
