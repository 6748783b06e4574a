"""Requirements, the asset resolver, rights, and drawn stand-ins."""
