# Everything is set up inside the checkout: .venv (Python), .venv-sam (aws-sam-cli) and .venv-policy (checkov), whose pins
# clash, node_modules.
# Each is made again when its lock file changes.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The machine's Node.js where it is new enough, else the one that comes as a Python package.
NODE_OK := $(shell node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null && echo yes)
TOOL_PATH := $(if $(NODE_OK),$(PATH):$(CURDIR)/$(BIN),$(CURDIR)/$(BIN):$(PATH))
# Tests of a group share a stack; groups run beside each other, since they wait more than they work; the longest first.
TEST_GROUPS := functional-tests site-tests browser-tests contract-tests fault-tests stack-tests deployment-tests unit-tests types template lint
# The more a group waits, the sooner its turn comes: browser tests first, then those of stacks, then those that only
# compute.
YIELDING := nice -n 5
COMPUTING := nice -n 10
# Where each group notes how long its tests took.
DURATIONS := .kinpics/durations
# Half of the functional tests: those that render sites, cut films or fill memory.
SITE_TESTS := $(patsubst %,tests/functional/test_%.py,build demo_faces films memory narrower_sets publish_again stopped_commands)
# Contract tests that start stacks of their own.
DEPLOYMENT_TESTS := tests/contract/test_deployment.py
STACK_TESTS := tests/contract/test_upkeep.py tests/contract/test_starting.py
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_QUIET = 1
export npm_config_update_notifier = false
# Python keeps what it has compiled, whatever the environment says: the tests start a thousand processes. It compiles what
# is loaded, a quarter of the packages; so pip needn't (--no-compile).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo check test $(TEST_GROUPS) laptop-tests chromium coverage environments setup sam audit bench languages lock clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: setup ## Run the album on this laptop with demo photos, until Ctrl-C
	@exec $(BIN)/kinpics demo $(ARGS)

setup: $(VENV)/.local node_modules/.done ## Set up the commands and the laptop stack

sam: $(VENV)/.run node_modules/.done .venv-sam/.done ## Set up the commands and what `kinpics deploy` needs, without the laptop stack

check: ## Lint, check types and run the unit tests: the quick loop
	@$(MAKE) --no-print-directory -j3 --output-sync=target lint types unit-tests

test: ## Set up and run every test
	$(if $(ARGS),$(call run-chosen),$(call run-groups))

define run-chosen
	@$(MAKE) --no-print-directory -j4 environments
	@$(MAKE) --no-print-directory -j3 lint types template && $(BIN)/python -m pytest $(ARGS)
endef

# The groups, each as soon as what it needs is set up, and then the ten slowest tests of all.
define run-groups
	@rm -rf $(DURATIONS) && mkdir -p $(DURATIONS)
	@KINPICS_TEST_DURATIONS=$(DURATIONS) $(MAKE) --no-print-directory -k -j6 --output-sync=target $(TEST_GROUPS); result=$$?; \
		echo "The ten slowest (seconds):"; sort -rn $(DURATIONS)/* | head; exit $$result
endef

coverage: ## Run every test, and list the lines that no test runs (takes a third longer)
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term-missing:skip-covered $(ARGS)"

unit-tests: $(VENV)/.test node_modules/.done
	@$(COMPUTING) $(BIN)/python -m pytest tests/unit

browser-tests: laptop-tests chromium
	@$(BIN)/python -m pytest tests/browser

fault-tests: laptop-tests
	@$(YIELDING) $(BIN)/python -m pytest tests/fault

functional-tests: laptop-tests
	@$(COMPUTING) $(BIN)/python -m pytest tests/functional $(patsubst %,--ignore=%,$(SITE_TESTS))

site-tests: laptop-tests
	@$(COMPUTING) $(BIN)/python -m pytest $(SITE_TESTS)

contract-tests: laptop-tests
	@$(YIELDING) $(BIN)/python -m pytest tests/contract $(patsubst %,--ignore=%,$(DEPLOYMENT_TESTS) $(STACK_TESTS))

stack-tests: laptop-tests
	@$(YIELDING) $(BIN)/python -m pytest $(STACK_TESTS)

deployment-tests: laptop-tests .venv-sam/.done
	@$(YIELDING) $(BIN)/python -m pytest $(DEPLOYMENT_TESTS)

# What tests that publish a site or upload photos need.
laptop-tests: setup $(VENV)/.test .kinpics/test-photos/.version

environments: laptop-tests chromium .venv-sam/.done .venv-policy/.done

# Where it has to be installed, that goes on beside everything else.
chromium:
	@scripts/find-chromium

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: $(VENV)/.test node_modules/.done
	$(BIN)/mypy
	PATH="$(TOOL_PATH)" node_modules/.bin/tsc -p .
	PATH="$(TOOL_PATH)" node --test --test-reporter=dot tests/unit/*.test.js

template: $(VENV)/.test .venv-sam/.done .venv-policy/.done
	$(BIN)/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .venv-sam/bin/sam validate --lint --template template.yaml
	@$(BIN)/python -m pytest tests/template

audit: ## Look for known vulnerabilities in the pinned packages
	@$(PYTHON) .ci/vulnerabilities.py

bench: setup $(VENV)/.test ## Measure against peers, as ratios in one run
	$(BIN)/python -m bench $(ARGS)

languages: $(VENV)/.run ## Bring site/languages/ up to date with the texts of the site
	$(BIN)/python -m scripts.reference.catalogues

gate: setup ## Put edge/gate.js into template.yaml
	$(BIN)/python -m scripts.reference.gate_code

screens: setup $(VENV)/.test ## Take the README's pictures and recording from the demo (needs ffmpeg)
	$(BIN)/python docs/make_screens.py $(ARGS)

lock: ## Pin every package again, with hashes (needs uv)
	$(LOCK) pyproject.toml requirements/build.in -o requirements/run.txt
	$(LOCK) --extra local pyproject.toml requirements/build.in -o requirements/local.txt
	$(LOCK) --extra local --extra test pyproject.toml requirements/build.in -o requirements/test.txt
	for name in pip sam policy node; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt; done
	for name in process films search close people manage edge_store; do uv pip compile -q --no-deps --python-platform aarch64-manylinux_2_28 --python-version 3.13 \
		--generate-hashes --no-annotate --no-header functions/$$name/requirements.in -o functions/$$name/requirements.txt; done
	npm install --package-lock-only

clean: ## Remove what was set up and built; photos in .kinpics stay
	rm -rf $(VENV) .venv-sam .venv-policy .aws-sam node_modules dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "kinpics needs Python 3.11 or newer as $(PYTHON): install it, or name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "$(PYTHON) can't make a virtual environment: install its venv module (Debian: apt install python3-venv)" >&2; exit 1; }

$(VENV)/.pip: requirements/pip.txt | $(VENV)/bin/python
	@$(BIN)/pip install --no-compile --no-deps --require-hashes -r requirements/pip.txt >$(VENV)/pip.log 2>&1 \
		|| { echo "pip could not be brought up to date: check the connection to the package index and run make again ($(VENV)/pip.log has the details)" >&2; exit 1; }
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.pip
	@echo "Installing Python packages ..."
	@{ $(BIN)/pip install --no-compile --no-deps --require-hashes -r requirements/run.txt \
		&& $(BIN)/pip install --no-deps --no-build-isolation -e .; } >$(VENV)/run.log 2>&1 \
		|| { echo "The Python packages could not be installed: check the connection to the package index and run make again ($(VENV)/run.log has the details)" >&2; exit 1; }
	@touch $@

$(VENV)/.local: requirements/local.txt $(VENV)/.run
	@echo "Installing the laptop stack's Python packages ..."
	@$(BIN)/pip install --no-compile --no-deps --require-hashes -r requirements/local.txt >$(VENV)/local.log 2>&1 \
		|| { echo "The laptop stack's packages could not be installed: check the connection to the package index and run make again ($(VENV)/local.log has the details)" >&2; exit 1; }
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.local
	@echo "Installing the tests' Python packages ..."
	@$(BIN)/pip install --no-compile --no-deps --require-hashes -r requirements/test.txt >$(VENV)/test.log 2>&1 \
		|| { echo "The tests' packages could not be installed: check the connection to the package index and run make again ($(VENV)/test.log has the details)" >&2; exit 1; }
	@touch $@

.kinpics/test-photos/.version: tests/sample_photos.py local/demo/packages.py $(VENV)/.local
	@echo "Fetching the tests' photos ..."
	@PYTHONPATH=. $(BIN)/python tests/sample_photos.py
	@touch $@

.venv-sam/.done: requirements/sam.txt | $(VENV)/.pip
	@echo "Installing aws-sam-cli ..."
	@{ $(PYTHON) -m venv --without-pip .venv-sam && $(BIN)/pip --python .venv-sam install --no-compile --no-deps --require-hashes -r requirements/sam.txt; } >$(VENV)/sam.log 2>&1 \
		|| { echo "aws-sam-cli could not be installed: check the connection to the package index and run make again ($(VENV)/sam.log has the details)" >&2; exit 1; }
	@touch $@

.venv-policy/.done: requirements/policy.txt | $(VENV)/.pip
	@echo "Installing what checks the template ..."
	@{ $(PYTHON) -m venv --without-pip .venv-policy && $(BIN)/pip --python .venv-policy install --no-compile --no-deps --require-hashes -r requirements/policy.txt; } >$(VENV)/policy.log 2>&1 \
		|| { echo "checkov could not be installed: check the connection to the package index and run make again ($(VENV)/policy.log has the details)" >&2; exit 1; }
	@touch $@

node_modules/.done: package-lock.json requirements/node.txt | $(VENV)/.run
	@echo "Installing JavaScript packages ..."
ifneq ($(NODE_OK),yes)
	@$(BIN)/pip install --no-deps --require-hashes -r requirements/node.txt >$(VENV)/node.log 2>&1 \
		|| { echo "Node.js 20 or newer is missing and could not be installed: install it, or check the connection to the package index and run make again" >&2; exit 1; }
endif
	@PATH="$(TOOL_PATH)" npm ci --no-audit --no-fund >$(VENV)/node.log 2>&1 \
		|| { echo "The JavaScript packages could not be installed: check the connection to the npm registry and run make again ($(VENV)/node.log has the details)" >&2; exit 1; }
	@touch $@
