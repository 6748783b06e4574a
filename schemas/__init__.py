"""The contracts between all modules: pydantic models, canonical JSON, versions and errors.

Nothing here knows Dagster, a file layout or an engine.
"""
