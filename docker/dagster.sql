-- Dagster's own tables in a database of their own, beside the registry's.
CREATE DATABASE dagster;
