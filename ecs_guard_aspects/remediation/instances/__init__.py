"""The instances of a cluster, and the network that they have."""
