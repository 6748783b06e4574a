"""Every quality gate of the platform: what each asks, what stands in the artifacts, and what people have overridden."""
