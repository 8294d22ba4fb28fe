.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := PYTHONPATH=. .venv/bin/python
ENGINE_PY := PYTHONPATH=. nlu/.venv/bin/python
export PYTHONPATH := .

.PHONY: help run test lint setup setup-dev train eval bench bench-path bench-growth bench-setup chaos fuzz test-product test-engine clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: ## Set up what is missing, train if needed, start everything, print the addresses (Ctrl-C stops)
	@ops/bootstrap.sh run && exec .venv/bin/python -m ops

setup: ## Make both environments
	@ops/bootstrap.sh run

setup-dev: ## Make both environments with the tools for tests, and a browser
	@ops/bootstrap.sh dev && ops/browser.sh && ops/verifier.sh

train: setup ## Train the model when its inputs have changed
	@$(ENGINE_PY) -m nlu.engine.train

test: setup-dev train lint ## Run every check and test
	@ops/test.sh

lint: ## Style and types
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy .

eval: setup train ## Score labelled lines: make eval CASES=file.jsonl [OUT=predictions.jsonl]
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PY) -m evaluation "$(CASES)" $(if $(OUT),--out "$(OUT)")

bench: bench-setup train ## Measure side by side; writes bench/results/*.json
	@$(PY) -m bench

bench-path: setup train ## The whole path for ten minutes
	@$(PY) -m bench path --path-seconds 600

bench-growth: setup train ## A turn on a full database against an empty one
	@$(PY) -m bench growth

chaos: setup train ## Kill everything while citizens write: make chaos [ARGS="--database sqlite"]
	@$(PY) -m bench.chaos $(ARGS)

fuzz: setup-dev ## Malformed updates and chat requests, 20,000 of them: make fuzz [INPUTS=20000]
	@$(PY) -m tests.fuzz $(if $(INPUTS),--inputs $(INPUTS))

bench-setup: setup ## Make stock Rasa's environment, for `make bench`
	@ops/bootstrap.sh bench
