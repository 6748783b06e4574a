"""A process that counts for Prometheus as a run does, for tests: it counts, then ends, waits or forks as it is told."""

import os
import sys
import time
from pathlib import Path

from resources.metering.prometheus import PrometheusMetrics


def main(folder: str, label: str, ending: str) -> None:
    metrics = PrometheusMetrics(Path(folder), write_seconds=0.02)
    metrics.count("narrative_test_total", 2, who=label)
    metrics.observe("narrative_test_seconds", 0.3, who=label)
    metrics.gauge("narrative_test_state", 1, who=label)
    if ending == "fork":
        child = os.fork()
        if child == 0:
            metrics.count("narrative_test_total", 5, who=label)
            metrics.write()
            os._exit(0)
        os.waitpid(child, 0)
    metrics.write()
    print("counted", flush=True)
    while ending == "stay":
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
