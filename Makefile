# Order orchestrator. `make demo` and `make test` each work alone from a fresh clone: they build .venv from the lock.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
PYTHON ?= $(shell command -v python3.11 || command -v python3)
ORDERS_DATA ?= .orders
WORKERS ?= 4
ARGS ?=
UV ?= uv
# What Python compiles is kept: a run starts dozens of processes.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-package order-orchestrator

.PHONY: help demo up test reset thorough check bench crash mutants clean lock

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(RUN) ## Bring everything up and run the sample orders; stays up (DEMO_EXIT=1: ends after it; ports as for up)
	@exec $(BIN)/orders demo $(if $(filter 1,$(DEMO_EXIT)),--exit) $(ARGS)

up: $(RUN) ## Bring everything up and leave it running until Ctrl-C (a second copy: ARGS="--port auto" ORDERS_DATA=FOLDER)
	@exec $(BIN)/orders up $(ARGS)

test: $(DEV) ## Run the tests (ARGS="--clause AC-04" or any pytest arguments)
	@$(BIN)/pytest $(if $(findstring --collect-only,$(ARGS)),,-n $(WORKERS) --dist loadscope --no-loadscope-reorder) $(ARGS)

reset: $(DEV) ## Reset orders of every kind at each of their workflow tasks: does each end the same, with no effect twice?
	@$(BIN)/pytest -n0 -m reset $(ARGS)

thorough: $(DEV) ## Try many times more histories, takeovers and coupons than `make test` does, and search deeper
	@$(BIN)/pytest -n $(WORKERS) -m thorough $(ARGS)

check: $(DEV) ## Lint, format, types, import contracts
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy --strict . || status=1; \
	$(BIN)/lint-imports --no-logo || status=1; \
	exit $$status

bench: $(DEV) ## Measure against the budgets (ARGS=--json)
	@$(BIN)/python -m tests.bench $(ARGS)

crash: $(DEV) ## Kill worker, API, Temporal and PostgreSQL in the middle of a run and count what was lost
	@$(BIN)/python -m tests.crash $(ARGS)

mutants: $(DEV) ## Change the rules of audit and allocation in every way: which changes does no test notice?
	@nice $(BIN)/mutmut run $(ARGS) || true
	@$(BIN)/mutmut results | grep -v 'not checked' || true
	@$(BIN)/mutmut export-cicd-stats >/dev/null
	@$(BIN)/python -m tests.mutants

clean: ## Remove .venv and the data folder of this copy; stops nothing
	@if [ -e "$(ORDERS_DATA)/up.json" ] && kill -0 "$$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$(ORDERS_DATA)/up.json")" 2>/dev/null; then \
		echo "orders up still runs on $(ORDERS_DATA). Stop it with Ctrl-C, then run make clean again." >&2; exit 1; fi
	@if [ -e "$(ORDERS_DATA)/lock" ]; then rm -rf "$(ORDERS_DATA)"; fi
	@rm -rf "$(VENV)" build dist mutants .mypy_cache .ruff_cache .import_linter_cache .hypothesis

lock: ## Write the lock anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv. Install it (pip install uv), or say where it is: make lock UV=PATH" >&2; exit 1; }
	@$(COMPILE) --extra dev --output-file requirements/dev.txt $(ARGS)
	@$(COMPILE) --extra local --extra build --constraint requirements/dev.txt --output-file requirements/run.txt $(ARGS)

$(BIN)/python:
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; found: $(if $(PYTHON),$$("$(PYTHON)" --version),none)." \
		"Install it, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Building $(VENV) with $$("$(PYTHON)" --version) (once)"
	@"$(PYTHON)" -m venv $(VENV)

$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(RUN) $@
