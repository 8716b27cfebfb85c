# Everything a person types:
#
#   make run                 open the window on the starter project (without a display: do the
#                            whole job headless and write a report)
#   make test                all checks and all tests
#   make bench [ONLY=name]   benchmarks: a table, and .bench/results.json
#   make test-changes        a million random edits with undo and redo
#   make lint                style, types and layer contracts only
#   make coverage            the tests with branch coverage
#   make screenshots         pictures of every page, light and dark, into .bench/screenshots
#   make lock                resolve the pinned requirements anew
#
# The environment .venv is made and filled when it is needed. PYTHON=/path/to/python3.11 chooses
# the interpreter that makes it.

VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
WORKERS ?= 2
PYTEST := $(PY) -m pytest -q
# Two processes share the two cores of a small machine; a file's tests stay in one process, so
# that what a file shares (a trained model, an engine) is made once.
PARALLEL := -n $(WORKERS) --dist loadfile
# tests/engine run with Qt out of reach: the engine side must not need it.
ENGINE := KERAS_WORKBENCH_TEST_WITHOUT_QT=1 $(PYTEST) -p no:pytest-qt
GUI := QT_QPA_PLATFORM=offscreen $(PYTEST)

.DEFAULT_GOAL := help
.PHONY: help run test test-changes test-engine test-gui lint format coverage bench screenshots lock run-env dev-env clean

help:
	@sed -n 's/^# \{0,1\}//; 1,12p' Makefile

run-env:
	@VENV="$(VENV)" requirements/install.sh run

dev-env:
	@VENV="$(VENV)" requirements/install.sh dev

run: run-env
	@$(PY) -m workbench starter

test: lint test-engine test-gui

test-engine: dev-env
	$(ENGINE) $(PARALLEL) tests/engine

test-gui: dev-env
	$(GUI) $(PARALLEL) tests/gui

# A million random edits with undo and redo: about three minutes.
test-changes: dev-env
	KERAS_WORKBENCH_CHANGES=$${KERAS_WORKBENCH_CHANGES:-1000000} $(ENGINE) -s --timeout 3600 \
		tests/engine/graph/test_graph_many_changes.py

lint: dev-env
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(BIN)/lint-imports

format: dev-env
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

coverage: dev-env
	$(PY) -m coverage erase
	$(ENGINE) --cov --cov-report= tests/engine
	$(GUI) --cov --cov-append --cov-report= tests/gui
	$(PY) -m coverage report --skip-covered --sort=cover

bench: dev-env
	@$(PY) -m tests.benchmarks $(ONLY)

screenshots: run-env
	@$(PY) -m workbench.cli.gallery .bench/screenshots

lock: dev-env
	$(PY) -m pip install --disable-pip-version-check -q uv
	$(PY) -m uv pip compile pyproject.toml --extra dev $(LOCK) -o requirements/dev.txt
	$(PY) -m uv pip compile pyproject.toml requirements/build.in --extra cpu -c requirements/dev.txt $(LOCK) -o requirements/run.txt

# Hashes, but no addresses: the files name no download host.
LOCK := -c requirements/constraints.in --generate-hashes --no-header --no-emit-index-url \
	--universal --python-version 3.11 --upgrade -q

clean:
	rm -rf $(VENV) .bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
