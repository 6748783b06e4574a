"""The narrative asset platform: engines side by side, with a thin Dagster skin over them."""
