# run    set up, index and start the bot          test   the whole suite
# chat   the same assistant in the terminal       check  linter and type checker
# index  bring the index to the corpus            eval   quality, with peers, into bench/
# chaos  interviews while processes are killed and servers cut, into bench/
# load   how much it carries, and how cost grows, into bench/
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
INSTALLED := $(VENV)/.installed

# Bytecode is kept: the suite starts the bot, and itself, many times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run chat index test check eval load chaos calibrate doctor lock audit clean

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
	$(PY) -m pytest -n 3 --dist loadfile

check: $(INSTALLED)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@$(PY) deploy/audit.py

eval: $(INSTALLED)
	@$(PY) -m index
	$(PY) -m bench.evaluate
	$(PY) -m bench.personas
	$(PY) -m bench.subjects
	$(PY) -m bench.utterances
	$(PY) -m bench.turns
	$(if $(LLM),$(PY) -m bench.generation $(LLM))

chaos: $(INSTALLED)
	PYTHONPATH=tests:. $(PY) -m chaos $(CHAOS)

# Each of them writes its section of bench/results.md; half an hour on a quiet machine, PostgreSQL and nginx at hand.
load: $(INSTALLED)
	@$(PY) -m index
	$(PY) -m bench.load
	$(PY) -m bench.growth

fuzz: $(INSTALLED)
	@$(PY) -m index
	PYTHONPATH=tests:. $(PY) -m fuzz $(FUZZ)

calibrate: $(INSTALLED)
	@$(PY) -m index
	$(PY) -m bench.calibrate

# The set-up: made again when the locks change.
$(INSTALLED): requirements.lock requirements-dev.lock
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Curseur needs Python 3.11 or newer: set PYTHON=')"
	@echo "setting up $(VENV) (first time: a few minutes)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) deploy/install.py --dev
	@$(PY) -c "import pathlib; pathlib.Path('$(INSTALLED)').touch()"

lock:
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet uv
	PATH="$(CURDIR)/.lock-venv/bin:$$PATH" .lock-venv/bin/python deploy/lock.py
	rm -rf .lock-venv

# Known vulnerabilities of what is locked, where the registry tells of them.
audit: $(INSTALLED)
	@$(PY) deploy/audit.py

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
