# One door for newcomers, developers and CI. `make` alone prints the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Compiled modules are kept whatever the shell says: without them a process takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
CODE := $(wildcard services gateway libs deploy sdk tests)

##@ Start

.PHONY: help
help: ## Print the targets.
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: up
up: .venv/installed ## Start the platform on this machine (PLEXUS_HTTPS_PORT=8443, the next free one if taken).
	@$(PY) -m deploy.local up

.PHONY: down
down: .venv/installed ## Stop the platform; its data stays.
	@$(PY) -m deploy.local down

.PHONY: demo
demo: up ## Start the platform with a generated demo company, and show its funnel.
	@$(PY) -m deploy.demo

.PHONY: load
load: .venv/installed ## Load sales and support histories, compare every figure (DATA=<folder>).
	@$(PY) -m tests.load.sales_history --data "$(DATA)" $(ARGS)

##@ Look

.PHONY: status
status: .venv/installed ## Show every part, its health and its memory.
	@$(PY) -m deploy.local status

.PHONY: logs
logs: .venv/installed ## Print the ends of the logs (PART=sales, FOLLOW=1).
	@$(PY) -m deploy.local logs $(PART) $(if $(FOLLOW),--follow)

.PHONY: doctor
doctor: .venv/installed ## Look for what stands in the way on this machine.
	@$(PY) -m deploy.local doctor

##@ Prove

.PHONY: check
check: .venv/installed ## Lint, format, types, imports.
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m mypy $(CODE)
	@.venv/bin/lint-imports --verbose --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }

.PHONY: fix
fix: .venv/installed ## Let ruff repair and format what it can.
	@$(PY) -m ruff check --fix $(CODE)
	@$(PY) -m ruff format $(CODE)

.PHONY: test
test: .venv/installed ## Run all suites in their short form on real parts (ARGS="tests/sales -k win").
	@$(PY) -m deploy.local test -- $(PY) -m pytest -n 3 --dist worksteal $(ARGS)

.PHONY: audit-verify
audit-verify: .venv/installed ## Walk every audit trail, name the first broken row (SERVICE=sales).
	@$(PY) -m deploy.local audit-verify $(SERVICE)

.PHONY: bench
bench: .venv/installed ## Measure the platform beside bare code on a stack of its own (ARGS="--parts requests").
	@$(PY) -m tests.load.bench $(ARGS)

.PHONY: prove-access
prove-access: .venv/installed ## Prove who may see what, in the long form (ARGS="-k mutants").
	@$(PY) -m deploy.local test -- $(PY) -m tests.access $(ARGS)

.PHONY: prove-dead-bus
prove-dead-bus: .venv/installed ## Take Kafka away for a quarter of an hour, with changes in it (ARGS=60 seconds).
	@$(PY) -m tests.access.dead_bus $(ARGS)

##@ Keep

.PHONY: rebuild
rebuild: .venv/installed ## Build a read model anew from the log and swap it in (MODEL=funnel).
	@$(PY) -m deploy.local rebuild $(MODEL)

.PHONY: rotate-kek
rotate-kek: .venv/installed ## Wrap every key under a new KEK meanwhile (DROP=2026-10 ends an old one).
	@$(PY) -m deploy.local rotate-kek $(if $(DROP),--drop $(DROP))

.PHONY: restore-replay
restore-replay: .venv/installed ## Erase in a restored database who was erased since the backup (SERVICE=sales).
	@$(PY) -m deploy.local restore-replay $(SERVICE)

.PHONY: reset
reset: .venv/installed ## Delete this platform's data (asks first; YES=1 does not).
	@YES=$(YES) $(PY) -m deploy.local reset

.PHONY: lock
lock: .venv/installed ## Pin pyproject.toml's dependencies by hash again.
	@$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --all-extras \
	  --python-version 3.12 --output-file requirements.lock pyproject.toml

# The stamp keeps the lock that was installed, so a fresh checkout with the same lock installs nothing.
# A .venv whose Python was upgraded away under it is made anew.
.PHONY: broken
.venv/installed: requirements.lock $(shell $(PY) -c '' 2>/dev/null || echo broken)
	@if $(PY) -c '' 2>/dev/null; then cmp -s requirements.lock $@ && { touch $@; exit 0; }; else \
	  found=; \
	  for candidate in python3.13 python3.12 python3 python python3.14 $$HOME/.pyenv/versions/3.1[2-9]*/bin/python; do \
	    if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' \
	      2>/dev/null; then found=$$candidate; break; fi; \
	  done; \
	  [ -n "$$found" ] || { echo "Plexus needs Python 3.12 or newer with its venv module;" \
	    "none was found as python3.13, python3.12, python3 or under ~/.pyenv." >&2; exit 1; }; \
	  echo "Making .venv with $$("$$found" --version)."; \
	  "$$found" -m venv --clear .venv; \
	fi; \
	echo "Installing requirements.lock."; \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	cp requirements.lock $@
