# Every target makes .venv and installs the lock if it must; the machine needs make and Python >= 3.11 only.
# Another interpreter: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PRICES_VENV := .venv-prices
PRICES_INSTALLED := $(PRICES_VENV)/.installed
# One worker per core; a file stays whole, so that what its tests share is made once. The longest start first.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

# No tool phones home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export RUNTIME__DLTHUB_TELEMETRY := false
export GX_ANALYTICS_ENABLED := false

# What the linter sees of an incremental model depends on whether its table exists: here none does.
LINT_ENV := CLAUDE_ANALYTICS_DATABASE=target/lint.duckdb
define new_lint_database
	@mkdir -p target && rm -f target/lint.duckdb
endef

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check format-check lint types project sql bench docs fmt generate prices-diff

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(INSTALLED) ## Simulate a company, run the whole flow over it and show what came out
	@$(BIN)/claude-analytics demo

test: $(INSTALLED) ## Run the tests that take less than minutes each; ARGS="tests/project -k lock" narrows them
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-long: $(INSTALLED) ## Run the tests that take minutes each
	@$(BIN)/python -m pytest $(PARALLEL) -m long $(ARGS)

check: format-check lint types project sql ## Check format, types, house rules and SQL, the fastest first

format-check: $(INSTALLED)
	@$(BIN)/ruff format --check .

lint: $(INSTALLED)
	@$(BIN)/ruff check .

types: $(INSTALLED)
	@$(BIN)/mypy

project: $(INSTALLED)
	@$(BIN)/python -m pytest --quiet tests/project

sql: $(INSTALLED) profiles.yml
	$(new_lint_database)
	@$(LINT_ENV) $(BIN)/sqlfluff lint --processes 0 models tests/dbt

bench: $(INSTALLED) ## Measure against the rivals; ARGS="receiver --scale 0.1" narrows it
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(INSTALLED) profiles.yml ## Write docs/tables.md and the picture of the folders from the models
	@$(LINT_ENV) $(BIN)/dbt parse --quiet --target-path target/docs
	@$(BIN)/python -m publishing.dictionary target/docs/manifest.json

fmt: $(INSTALLED) profiles.yml ## Format Python and SQL
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	$(new_lint_database)
	@$(LINT_ENV) $(BIN)/sqlfluff fix models tests/dbt

generate: $(INSTALLED) ## Write what is made from the declarations of the sources
	@$(BIN)/python -m ingestion.generate

prices-diff: $(PRICES_INSTALLED) ## Compare the price seed with two public price tables; writes nothing
	@$(PRICES_VENV)/bin/python -m pipeline.prices_diff

# For dbt and sqlfluff called by hand; the command line writes a profile of its own.
profiles.yml: profiles.example.yml
	@test -e $@ || cp $< $@

# `.unfinished` marks an install under way: one that was interrupted starts again from nothing.
define new_venv
	@command -v $(PYTHON) >/dev/null || { echo "error: there is no $(PYTHON); install Python 3.11 or newer, or name yours: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) cannot make a virtual environment; install its venv package, on Debian python3-venv" >&2; exit 2; }
	@if test -e $(1)/.unfinished || ! $(1)/bin/python -m pip --version >/dev/null 2>&1; then rm -rf $(1); fi
	@mkdir -p $(1) && touch $(1)/.unfinished && rm -f $(1)/.installed
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
endef

$(INSTALLED): requirements.lock pyproject.toml
	$(call new_venv,$(VENV))
	@echo "installing the locked packages into $(VENV); the first time takes a minute or two"
	@$(BIN)/python $(PIP_INSTALL) --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@rm $(VENV)/.unfinished && touch $@

# pip reads dependency groups only lately. Of litellm one data file is read, so it comes alone; the other is imported.
$(PRICES_INSTALLED): pyproject.toml
	$(call new_venv,$(PRICES_VENV))
	@echo "installing the price tables into $(PRICES_VENV)"
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["prices"], sep="\n")' > $(PRICES_VENV)/requirements.txt
	@$(PRICES_VENV)/bin/python $(PIP_INSTALL) genai-prices
	@$(PRICES_VENV)/bin/python $(PIP_INSTALL) --no-deps -r $(PRICES_VENV)/requirements.txt
	@rm $(PRICES_VENV)/.unfinished && touch $@
