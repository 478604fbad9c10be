"""The model: resources, documents, notices and places, which sources make and all other packages read."""
