# `make` lists the commands. Each works alone on a fresh clone, as root or not, with make, bash and a Python.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help up test check bench proof soak golden venv lock packages

PYTHON := .venv/bin/python
# More than the two cores that there are at least: tests that talk over sockets wait half of their time.
JOBS ?= 4
SOURCES := policies siem proxy incident console bulletin yingbi deploy tests

help:
	@printf '%s\n' \
	  'make up      set everything up and run the gateway, the console and the demo systems' \
	  '             (INDEX=elasticsearch: with a real Elasticsearch node as the index)' \
	  'make test    set everything up and run all tests (JOBS=6: on six processes)' \
	  'make check   format, lint, strict types, import rule: 3 minutes at most' \
	  'make bench   measure, and write build/bench.json' \
	  'make soak    an installation under load and faults, 10 minutes (SECONDS=120: shorter)' \
  'make proof   the long proofs: hours, seeded' \
	  'make golden  rewrite the golden files; review the difference as code' \
	  'make venv    only prepare .venv, where bin/yingbi is' \
	  'make lock    resolve requirements.in into requirements.lock (needs uv)'

# Compiled here also where the environment forbids Python to keep what it compiles (PYTHONDONTWRITEBYTECODE, as in many
# containers): every process and command of ours would compile all its modules again, a third of the time it starts in.
venv:
	@deploy/setup/venv.sh
	@deploy/setup/kernel.sh
	@deploy/setup/names.sh
	@$(PYTHON) -m policies.recognisers.gate
	@$(PYTHON) -m compileall -qq -j 0 $(SOURCES) || true

up: venv
	@exec .venv/bin/yingbi up $(if $(INDEX),--index $(INDEX))

# `make check test` asks for the import rule once: all tests have it. What is checked from nothing and thrown away, as in
# continuous integration, keeps no types for the next time.
check: venv
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@! type -P rustfmt >/dev/null || rustfmt --check --edition 2021 --config-path policies/kernel policies/kernel/lib.rs
	@$(PYTHON) -m mypy $(if $(CI),--cache-dir=/dev/null)
	@$(if $(filter test,$(MAKECMDGOALS)),true,$(PYTHON) -m pytest tests/test_imports.py)

packages: venv
	@deploy/setup/browser.sh

# Files are given out in the order of tests/order.py, long ones first, so that all processes end together.
test: packages
	@$(PYTHON) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

bench: venv
	@mkdir -p build
	@$(PYTHON) -m tests.bench

soak: venv
	@$(PYTHON) -m tests.soak --seconds $(or $(SECONDS),600)

proof: venv
	@$(PYTHON) -m tests.proof

golden: venv
	@$(PYTHON) -m pytest -m golden --rewrite-golden

# Universal: one file for every Python that deploy/setup/python.sh accepts. It holds hashes and no address.
lock:
	@type -P uv >/dev/null || { echo 'make lock needs uv, which resolves the lock: install it first' >&2; exit 1; }
	@uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --annotation-style line \
	  --output-file requirements.lock requirements.in
