# Each target sets up what it needs: a bare machine with Python 3.11 or newer is enough.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
VENV_512 := .venv-5.12
PY := $(VENV)/bin/python
WORKERS ?= 2

DOMAIN_GATE := */iENEGraderLib/reading/*,*/iENEGraderLib/rules/*
CODE := iENEGrader PWIProtocol ReadingRoom Testing scripts
TEXT := README.md CONTRIBUTING.md CHANGELOG.md CMakeLists.txt Makefile pyproject.toml Docs
TEST_FOLDERS := iENEGrader/Testing PWIProtocol/Testing Testing
SCENE_TESTS = $(shell grep -rlE 'slicer|vtk' --include='test_*.py' --exclude-dir=Repository $(TEST_FOLDERS) | LC_ALL=C sort)

.PHONY: help demo demo-real test lint format bench accuracy test-5.12 harness-check lock docs environment views panels clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9.-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: views ## Grade and stage the sample case; results in out/demo
	$(VENV)/bin/hnn demo --out out/demo

demo-real: views ## The same on real images; results in out/demo-real
	$(PY) scripts/demo_real.py

test: panels ## Run all tests with coverage, offline
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term
	@echo "Branch coverage of the reading document and of the rules (must be 100 %):"
	@$(PY) -m coverage report --include='$(DOMAIN_GATE)' --fail-under=100

lint: environment ## Check style, types, layers, spelling and generated files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	PYTHONPATH=iENEGrader:PWIProtocol:ReadingRoom $(VENV)/bin/lint-imports
	$(VENV)/bin/codespell $(CODE) $(TEXT)
	$(PY) scripts/update_cmake_lists.py --check
	$(PY) scripts/make_rules_page.py --check
	$(PY) scripts/make_schema.py --check
	$(PY) scripts/make_preferences_page.py --check
	$(PY) scripts/make_definitions_page.py --check
	$(PY) scripts/make_recommendations_page.py --check
	$(PY) scripts/make_columns_page.py --check
	$(PY) scripts/make_codes_page.py --check

format: environment ## Put the code and the generated lists into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) scripts/update_cmake_lists.py

bench: views ## Measure speed, side by side with peers
	@for script in Testing/Benchmarks/bench_*.py; do echo "== $$script"; $(PY) "$$script" || exit 1; done

accuracy: views ## Measure accuracy against known truth and real records
	@for script in Testing/Benchmarks/accuracy_*.py; do echo "== $$script"; $(PY) "$$script" || exit 1; done

test-5.12: ## Run the tests that need a scene on the core of Slicer 5.12
	@sh scripts/setup.sh $(VENV_512) requirements-5.12.lock --panels
	$(VENV_512)/bin/python -m pytest -n $(WORKERS) --dist loadfile $(SCENE_TESTS)

harness-check: panels ## Run Slicer's own Python tests on the harness: SLICER_SOURCE=folder
	SLICER_SOURCE="$(SLICER_SOURCE)" $(PY) Testing/Harness/harness_check.py

lock: environment ## Pin all Python packages anew
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate \
	  --extra app --extra test --extra dev --output-file requirements.lock pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate \
	  --extra test --output-file requirements-5.12.lock pyproject.toml requirements-5.12.in

docs: environment ## Write the generated pages of Docs/ anew
	$(PY) scripts/make_rules_page.py
	$(PY) scripts/make_schema.py
	$(PY) scripts/make_preferences_page.py
	$(PY) scripts/make_definitions_page.py
	$(PY) scripts/make_recommendations_page.py
	$(PY) scripts/make_columns_page.py
	$(PY) scripts/make_codes_page.py

environment:
	@sh scripts/setup.sh $(VENV) requirements.lock

views:
	@sh scripts/setup.sh $(VENV) requirements.lock --views

panels:
	@sh scripts/setup.sh $(VENV) requirements.lock --panels

clean: ## Remove environments, caches and results
	rm -rf $(VENV) $(VENV_512) out build dist *.egg-info .coverage htmlcov .pytest_cache .mypy_cache \
	  .ruff_cache .import_linter_cache .hypothesis
