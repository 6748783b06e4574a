"""Episodes are the partitions: keys like ``lighthouse/s01e03``."""

from dagster import DynamicPartitionsDefinition

EPISODES = DynamicPartitionsDefinition(name="narrative_episodes")
