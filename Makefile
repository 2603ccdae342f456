# One task runner for people, hooks and the pipeline. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

PYTHON ?= python3
JOBS ?= 2
ORDERS := examples/orders
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup build run demo test test-full check lint types format-check native-test \
        native-test-sanitized python-test stub stub-check tidy bench format coverage lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-22s %s\n", $$1, $$2}'

# --- set-up ---------------------------------------------------------------------------------------

.venv/.installed: requirements.lock tools/prerequisites.sh
	@tools/prerequisites.sh $(PYTHON)
	@.venv/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing the locked packages into .venv"
	@python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

build/.configured: .venv/.installed pyproject.toml CMakeLists.txt
	@echo "Building the native engine"
	@mkdir -p build
	@flock build/.lock python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

setup: build ## Prepare everything: packages, native engine (quick when nothing changed)

build: build/.configured ## Compile what changed in the native engine
	@flock build/.lock ninja --quiet -C build/editable

# --- use ------------------------------------------------------------------------------------------

run: demo ## Set up and run the order example

demo: setup ## Decide 69,659 real orders, then ask what a lower threshold would change
	@pyforest run $(ORDERS)/order_processor.json --input $(ORDERS)/orders.csv
	@pyforest compare $(ORDERS)/order_processor.json $(ORDERS)/order_processor_100.json --input $(ORDERS)/orders.csv

bench: setup ## Measure against the promises (ratios in one run); ARGS=... is passed on
	@python -m bench $(ARGS)

# --- check ----------------------------------------------------------------------------------------

test: setup ## Everything that must hold before a change is merged
	@$(MAKE) lint types stub-check native-test native-test-sanitized python-test

test-full: setup ## The same with the large counts (hours)
	@PYFOREST_TEST_PROFILE=full $(MAKE) lint types stub-check native-test native-test-sanitized
	@PYFOREST_TEST_PROFILE=full pytest -n $(JOBS) --timeout 3600

check: lint types setup ## Lint, types and the quick tests
	@pytest -n $(JOBS) -q -m "not slow"

lint: .venv/.installed format-check
	@ruff check --quiet
	@report=$$(lint-imports --no-logo 2>&1) || { echo "$$report"; exit 1; }
	@python -m tools.lint

format-check: .venv/.installed
	@ruff format --check --quiet
	@git ls-files -z 'native/*.h' 'native/*.cpp' | xargs -0 -r clang-format --dry-run -Werror

types: .venv/.installed
	@mypy

python-test: setup
	@pytest -n $(JOBS)

native-test: setup ## C++ tests
	@$(call native_tests,native)

native-test-sanitized: setup ## C++ tests under the address and undefined-behaviour sanitizers
	@$(call native_tests,sanitized)

# $(1): a preset of CMakePresets.json, which builds into the folder of that name
define native_tests
tools/prerequisites.sh $(PYTHON) tests && \
flock build/.lock cmake --preset $(1) --log-level=WARNING >/dev/null && \
flock build/.lock cmake --build --preset $(1) -- --quiet && \
echo "C++ tests ($(1))" && build/$(1)/pyforest_native_tests
endef

stub: setup ## Write src/py_forest/engine/_native.pyi anew
	@python -m tools.stub

stub-check: setup
	@python -m tools.stub --check

tidy: build/.configured ## clang-tidy on the engine (needs Debian's clang-tidy; not part of `make test`)
	@git ls-files -z 'native/src/*.cpp' 'native/bindings/*.cpp' | \
	  xargs -0 -r -n 1 -P $(JOBS) clang-tidy --quiet -p build/editable

coverage: setup ## Python tests with branch coverage
	@pytest -n $(JOBS) --cov --cov-report=term-missing

# --- keep -----------------------------------------------------------------------------------------

format: .venv/.installed ## Format Python and C++
	@ruff check --fix --quiet --select I; ruff format --quiet
	@git ls-files -z 'native/*.h' 'native/*.cpp' | xargs -0 -r clang-format -i

lock: .venv/.installed ## Resolve requirements.lock anew (names, versions and hashes only)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --all-extras \
	  --upgrade --quiet --custom-compile-command 'make lock' --output-file requirements.lock

clean: ## Remove what builds and tools left behind (not .venv)
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find src tests tools bench examples -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	@rm -f src/py_forest/engine/_native*.so
