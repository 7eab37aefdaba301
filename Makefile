# Two commands do everything:
#
#   make site    builds the site of examples/digits into build/site and says how to open it
#   make test    installs what the tests need, a browser included, and runs them
#
# Another Python than python3: make site PYTHON=python3.12; larger builds to measure: make bench SIZES=10,100,1000

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SITE   := build/site
SIZES  ?= 10,100
export PYTHONUTF8 := 1

.PHONY: help site test test-clients lint bench bench-all clean
.DEFAULT_GOAL := help

help:
	@echo "make site    build the site of examples/digits into $(SITE)"
	@echo "make test    run the tests (installs what they need, Chromium and Azurite included)"
	@echo "make lint    ruff check, ruff format --check, mypy --strict"
	@echo "make test-clients  log with the real clients of other trackers again and compare what is read"
	@echo "make bench   measure the emitter, builds of $(SIZES) runs and pages in a browser"
	@echo "make clean   remove $(VENV), build and caches"

site: $(VENV)/.ready-site
	@$(BIN)/runfolio build --config examples/digits/runfolio.toml --out $(SITE)
	@echo "by double click, or in a browser: file://$(abspath $(SITE))/index.html"

test: $(VENV)/.ready-test
	@$(BIN)/python tests/install_browser.py
	@$(BIN)/python tests/install_azurite.py
	$(BIN)/python tests/run.py

lint: $(VENV)/.ready-lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test-clients: $(VENV)/.ready-test
	$(BIN)/python tests/clients/again.py

bench: $(VENV)/.ready-test
	@$(BIN)/python tests/install_browser.py
	$(BIN)/python tests/bench/measure.py --sizes $(SIZES)

# Everything that docs/performance.md states; takes an hour, and downloads the tools that Runfolio is set beside.
bench-all: $(VENV)/.ready-test
	@$(BIN)/python tests/install_browser.py
	$(BIN)/python tests/bench/emitter.py
	$(BIN)/python tests/bench/scale.py --runs 1000,10000
	$(BIN)/python tests/bench/pages.py
	$(BIN)/python tests/bench/large_pages.py
	$(BIN)/python tests/bench/cluster.py
	@$(BIN)/python tests/install_azurite.py
	$(BIN)/python tests/bench/stores.py
	$(BIN)/python tests/bench/readers.py
	$(BIN)/python tests/bench/peers.py

clean:
	rm -rf $(VENV) build .runfolio examples/*/.runfolio .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The environment is made once; each stamp says that what its command needs was installed for this pyproject.toml.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Runfolio needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make PYTHON=python3.12"; exit 1; }
	@echo "Making an environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.ready-site: pyproject.toml | $(BIN)/python
	@echo "Installing Runfolio …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.ready-test: pyproject.toml | $(BIN)/python
	@echo "Installing Runfolio and what its tests need …"
	@$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/.ready-lint: pyproject.toml | $(BIN)/python
	@echo "Installing Runfolio, ruff and mypy …"
	@$(PIP) --editable '.[test,lint]'
	@touch $@
