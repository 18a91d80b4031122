# `make run` and `make test` are the only set-up commands there are.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

# The tests start a hundred processes: each would compile all modules anew where Python is told to keep none compiled.
# Several of them share the cores: threads of BLAS would only wait for each other, three times as long as they reckon.
test check: export PYTHONDONTWRITEBYTECODE =
test check: export OPENBLAS_NUM_THREADS = 1

.PHONY: run test lint check bench samples clean system browser

# No file is watched: designs are written beside the code, and a first start would trip over folders that appear.
run: $(VENV)/.runtime system
	$(BIN)/streamlit run api.py --server.port $(PORT) --server.fileWatcherType none

test: $(VENV)/.development system browser
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy api.py app.py pages pipeline

check: lint
	$(BIN)/python -m pytest tests/test_conventions.py

bench: $(VENV)/.development system browser
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.runtime

# Renders the two designs a fresh machine starts with, from their words.
samples: $(VENV)/.runtime system
	PYTHONPATH=. $(BIN)/python scripts/samples.py

# The ray engine compiles its kernels with LLVM 17 or newer. Without it Loupe starts too, and says what is missing.
system:
	@sh scripts/system.sh library

browser:
	@sh scripts/system.sh browser

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
