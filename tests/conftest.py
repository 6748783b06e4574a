"""What all tests share."""

import os
from pathlib import Path

import pytest

os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-graph", action="store_true", help="Record the asset graph as it is now.")


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT
