"""Cloud assemblies of the CDK: their templates, metadata and stack traces."""
