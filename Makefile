# Everything a developer types. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet \
	--custom-compile-command "make lock"
LOCK_ALL := $(LOCK) --all-extras --group dev pyproject.toml
# What the container image needs and no more; hatchling, which builds the project there, comes in by standard input.
LOCK_DEPLOY := $(LOCK) --constraint requirements.txt pyproject.toml -
COMPOSE := $(VENV)/lib/python3*/site-packages/compose/docker-compose

.DEFAULT_GOAL := help
.PHONY: help setup up demo test coverage check check-code check-lock check-deploy bench soak model lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv from the hashed lock file

# Nothing is installed that is not in the lock file, so the project itself comes last, without looking for more.
$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

up: setup ## Run the whole product on this machine until Ctrl-C
	$(BIN)/dueprocess up

demo: setup ## Take requests through their whole lives, months in seconds (KEEP=1 leaves the stack running)
	$(BIN)/dueprocess demo $(if $(filter 1,$(KEEP)),--keep)

# Three processes: most of the time a test waits for a server. Each process has servers of its own. Files keep their order,
# for those with few tests are the long ones, and must not all come last.
test: setup ## Run the tests (ARGS='-k _N2_' for those of one clause)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

coverage: setup ## Run the tests and show what they leave out
	$(MAKE) test ARGS='--cov --cov-report=term:skip-covered --cov-report=html:var/coverage $(ARGS)'

check: check-code check-lock check-deploy ## Check style, types, layers, the lock files and the deployment

check-code: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

# The lock files stand first as preferences: what still fits pyproject.toml stays, so only a real difference shows.
check-lock: setup
	@set -e; temporary=$$(mktemp -d); trap 'rm -rf "$$temporary"' EXIT; \
	cp requirements.txt "$$temporary/all.txt"; cp deploy/requirements.txt "$$temporary/deploy.txt"; \
	$(BIN)/uv pip compile $(LOCK_ALL) -o "$$temporary/all.txt" >/dev/null; \
	echo hatchling | $(BIN)/uv pip compile $(LOCK_DEPLOY) -o "$$temporary/deploy.txt" >/dev/null; \
	for pair in requirements.txt:all.txt deploy/requirements.txt:deploy.txt; do \
		diff -u -I '^ *#' "$${pair%%:*}" "$$temporary/$${pair##*:}" >"$$temporary/diff" || \
		{ cat "$$temporary/diff"; echo "$${pair%%:*} is not in step with pyproject.toml: run 'make lock'."; exit 1; }; \
	done; echo "Lock files are in step with pyproject.toml."

check-deploy: setup
	$(COMPOSE) --env-file deploy/compose.env.example config --quiet
	$(BIN)/hadolint Dockerfile

bench: setup ## Measure against bare Temporal workflows; writes var/bench/report.json
	$(BIN)/python -m tests.bench $(ARGS)

soak: setup ## Run many requests under kills and restarts
	$(BIN)/python -m tests.soak $(ARGS)

model: setup ## Play many random plans and compare with the policy told a second time
	$(BIN)/python -m tests.model $(ARGS)

lock: setup ## Renew the lock files after a change to pyproject.toml
	$(BIN)/uv pip compile $(LOCK_ALL) -o requirements.txt >/dev/null
	echo hatchling | $(BIN)/uv pip compile $(LOCK_DEPLOY) -o deploy/requirements.txt >/dev/null
