# Everything that is done here often. `make` alone lists it.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# The first Python on the path that will do, unless PYTHON says which.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then echo "$$name"; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# What may be set on the command line.
DATA ?= .troth-demo
ARGS ?=
JOBS ?= auto
LOCK_FLAGS ?=

.PHONY: help install dev demo demo-prometheus cluster test lint check bench lock fmt clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## make .venv and install Troth into it

demo: install ## serve a ledger with a simulated year in it (DATA=.troth-demo, ARGS="--port 8081")
	$(BIN)/troth demo --data $(DATA) $(ARGS)

demo-prometheus: DATA = .troth-monitored
demo-prometheus: install ## the same with Prometheus and Alertmanager on it, where they are installed
	$(BIN)/python deploy/monitored.py --data $(DATA) $(ARGS)

cluster: DATA = .troth-cluster
cluster: $(VENV)/.installed-kafka ## run Kafka, gateway, two scorers and replica here (needs Java 17 and Maven; DATA=.troth-cluster)
	$(BIN)/python deploy/cluster.py --data $(DATA) $(ARGS)

dev: $(VENV)/.installed-dev ## install what the tests and checks need, too

test: dev ## install and run the tests (ARGS="-k name", JOBS=0 for one process)
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

lint: dev ## look at style, types, layers and generated schemas without running the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@! grep -rnE --include='*.py' '# (noqa|type: ignore)' $(wildcard services schemas dashboards tests) \
		| grep -vE '# (noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|type: ignore\[[^]]+\])[^A-Za-z0-9]+[A-Za-z].{5,}' \
		|| { echo 'Each exception to a check says why beside it: "# noqa: S608 - the table names are ours".'; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.build --check

check: lint test ## all that has to pass: lint and test

bench: dev ## measure the speed, each path beside its peer
	$(BIN)/python -m tests.bench $(ARGS)

fmt: dev ## put the code in order
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

# On the oldest Python that is supported: what it needs, the newer ones need at most.
lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: dev ## pin the dependencies anew after pyproject.toml changed (LOCK_FLAGS=--upgrade takes newer ones)
	$(LOCK) requirements/build.txt requirements/build.in
	$(LOCK) requirements/base.txt --constraint requirements/build.txt --constraint requirements/held-back.txt pyproject.toml
	$(LOCK) requirements/kafka.txt --constraint requirements/build.txt --constraint requirements/base.txt --extra kafka --extra rocksdb --extra chat --extra grafana pyproject.toml
	$(LOCK) requirements/dev.txt --constraint requirements/build.txt --constraint requirements/kafka.txt --extra dev --extra kafka --extra rocksdb --extra chat --extra grafana pyproject.toml

LOCK = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras $(LOCK_FLAGS) \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --output-file

clean: ## remove .venv, caches and builds (no ledger)
	rm -rf $(VENV) build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	find services schemas dashboards tests -name __pycache__ -prune -exec rm -rf {} +

# The stamps: a step is taken again when what it is made from is newer.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo 'Troth needs Python 3.11 or newer, and none is on the path. Install it, or say where it is: make PYTHON=/path/to/python3'; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Troth needs Python 3.11 or newer, and $(PYTHON) is not. Say where one is: make PYTHON=/path/to/python3'; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements/build.txt requirements/base.txt pyproject.toml
	$(PIP) install --require-hashes --requirement requirements/build.txt
	$(PIP) install --require-hashes --no-build-isolation --requirement requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-kafka: $(VENV)/.installed requirements/kafka.txt
	$(PIP) install --require-hashes --no-build-isolation --requirement requirements/kafka.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	$(PIP) install --require-hashes --no-build-isolation --requirement requirements/dev.txt
	@touch $@
