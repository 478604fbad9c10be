"""The data that sources make and everything else reads: resources, documents, addresses, places."""
