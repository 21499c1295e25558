# run    set up, index and start the bot          test   the whole suite
# chat   the same assistant in the terminal       check  linter and type checker
# index  bring the index to the corpus            eval   quality, with peers, into bench/
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
INSTALLED := $(VENV)/.installed

.PHONY: run chat index test check eval calibrate doctor lock clean

run: $(INSTALLED)
	@$(PY) -m index
	@$(PY) -m bot run

chat: $(INSTALLED)
	@$(PY) -m bot chat

index: $(INSTALLED)
	@$(PY) -m index

doctor: $(INSTALLED)
	@$(PY) -m bot doctor

test: $(INSTALLED)
	$(PY) -m pytest -n 2 --dist loadfile

check: $(INSTALLED)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

eval: $(INSTALLED)
	@$(PY) -m index
	$(PY) -m bench.evaluate
	$(PY) -m bench.personas
	$(PY) -m bench.utterances
	$(PY) -m bench.turns

calibrate: $(INSTALLED)
	@$(PY) -m index
	$(PY) -m bench.calibrate

# The set-up: made again when the lock changes.
$(INSTALLED): requirements.lock
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Curseur needs Python 3.11 or newer: set PYTHON=')"
	@echo "setting up $(VENV) (first time: a few minutes)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(PY) -c "import pathlib; pathlib.Path('$(INSTALLED)').touch()"

lock:
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet -e '.[dev]'
	(echo "# Every package at the version the project is tested with. Made by 'make lock' from pyproject.toml."; \
	 .lock-venv/bin/python -m pip freeze --exclude-editable | sed -e 's/+cpu$$//' \
	 -e 's/^\(uvloop==.*\)$$/\1; sys_platform != "win32"/') > requirements.lock
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
