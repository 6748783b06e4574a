"""The Dagster skin: one module per product."""
