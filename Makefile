# Muvi at the shell. `make up` needs a Linux x86-64 machine with CPython 3.11 or 3.12 and make, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up test check bench lock clean .venv

BIN := .venv/bin
BENCH := $(wildcard bench)

help: ## this list
	@awk -F ':.*## ' '/^[a-z.]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

up: .venv ## start everything on this machine and stay; Ctrl-C stops it
	@exec $(BIN)/python -I -S src/muvi/entrypoints/local/launch.py $$PPID 15 same $(BIN)/python -m muvi up

test: .venv ## the whole suite, with its own servers
	@$(BIN)/python -m pytest -n $${TEST_PROCESSES:-2} --dist loadfile --randomly-seed=$${TEST_SEED:-1}

check: .venv ## the gates: format, lint, types, layers, architecture
	@$(BIN)/ruff format --check src tests $(BENCH)
	@$(BIN)/ruff check src tests $(BENCH)
	@$(BIN)/mypy
	@PYTHONPATH=src $(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/unit/architecture

bench: .venv ## measure the speed of this machine's Muvi into docs/performance.md
	@$(BIN)/python -m bench

.venv: ## only install; nothing to do when nothing changed
	@sh scripts/install.sh

lock: .venv ## write the locked requirements anew (needs uv)
	@sh scripts/lock.sh

clean: ## remove the environment, caches and the data of `make up`
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@rm -rf "$${MUVI_HOME:-.muvi}"
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
