"""Asset checks: pandera tables and quality gates."""
