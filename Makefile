# Two commands: `make run` opens the app, `make test` runs everything. Both set up what they need on first use.

PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
# The lock files name everything, so nothing is resolved again; what is used is compiled at first use.
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile
export PYTHONDONTWRITEBYTECODE :=  # our own modules are compiled once, whatever the shell says: that is a third of a start

.PHONY: help run test check bench screenshots lock

help:
	@echo "make run [PORT=8600]   set up on first use, then open Record Analyst on this machine"
	@echo "make test              set up on first use, then run the whole suite"
	@echo "make check             ruff, formatting, pyright"
	@echo "make bench             measure, each figure against a peer or a limit"
	@echo "make screenshots       every page, light and dark, wide and narrow"
	@echo "make lock              compile requirements*.in to requirements*.txt"

run: $(VENV)/ready
	@$(PY) -m core serve --port $(PORT)

test: $(VENV)/ready-dev
	@$(PY) -m tests.prepare
	@$(PY) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

check: $(VENV)/ready-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/pyright

bench: $(VENV)/ready-dev
	@$(PY) -m benchmarks

screenshots: $(VENV)/ready-dev
	@$(PY) -m tests.prepare
	@$(PY) -m docs.screenshots

lock: $(VENV)/ready-dev
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url requirements-dev.in -o requirements-dev.txt

# The first Python on the path that is new enough.
$(VENV)/ready: requirements.txt
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if command -v $$python >/dev/null 2>&1 && \
	     $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Record Analyst needs Python 3.11 or newer, and there is none on the path." >&2; exit 1; fi; \
	[ -x $(PY) ] || { echo "Setting up $(VENV) with $$($$found --version) …"; $$found -m venv $(VENV); } || \
	  { echo "$$found cannot make a virtual environment; install its venv package (Debian: python3-venv)." >&2; \
	    rm -rf $(VENV); exit 1; }
	@echo "Installing the libraries of requirements.txt (a minute or two, once) …"
	@$(PIP) -r requirements.txt || \
	  { echo "The libraries could not be installed; the lines above say why. README.md tells how to install offline." >&2; exit 1; }
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@echo "Installing the libraries of requirements-dev.txt …"
	@$(PIP) -r requirements-dev.txt
	@touch $@
