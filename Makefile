# `make run` and `make test` are all that a newcomer needs; the rest is for those who work on it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
NOT_INSTALLED := echo "The packages could not be installed; the lines above say why. The first time needs the internet."; exit 1

# A virtual environment whose Python is gone (the system's was renewed) is made again, with everything in it.
$(shell test -x $(BIN)/python || rm -f $(VENV)/.runtime $(VENV)/.dev)

.PHONY: run test lint format lock ci clean bench-extraction bench-ingestion bench-desk bench-interchange bench-api screenshots chaos fuzz-api

run: $(VENV)/.runtime
	@exec $(BIN)/python -m tracker.start

test: $(VENV)/.dev
	@$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

bench-extraction: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.extraction

# `make bench-ingestion ARTICLES=1000` for a short one; see docs/chaos.md.
bench-ingestion: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.ingestion $(if $(ARTICLES),--articles $(ARTICLES))

# `make bench-interchange ROWS="10000 100000"` for a short one; see docs/interchange.md.
bench-interchange: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.interchange $(if $(ROWS),--rows $(ROWS))

# `make bench-desk PLEDGES=2000 CANDIDATES=1000` for a short one.
bench-desk: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.desk $(if $(PLEDGES),--pledges $(PLEDGES)) $(if $(CANDIDATES),--candidates $(CANDIDATES))

# `make bench-api SIZES=10000 ON=sqlite` for a short one; see docs/performance.md.
bench-api: $(VENV)/.runtime
	@$(BIN)/python -m benchmarks.api $(if $(SIZES),--sizes $(SIZES)) $(if $(ON),--on $(ON)) $(if $(KEEP),--keep $(KEEP))

# Pictures of every screen, into screenshots/; `make screenshots ONLY=review` for some.
screenshots: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.screenshots $(if $(ONLY),--only $(ONLY))

# `make chaos MINUTES=1 SEED=7`; both installations are tried even if the first one fails.
chaos: $(VENV)/.runtime
	@status=0; for kind in services embedded; do \
		$(BIN)/python -m tests.chaos $$kind $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) || status=1; \
	done; exit $$status

# `make fuzz-api CASES=1000 SEED=7` for a short one.
fuzz-api: $(VENV)/.dev
	@FUZZ_CASES=$(or $(CASES),20000) FUZZ_SEED=$(or $(SEED),1) $(BIN)/python -m pytest -s tests/fuzz

ci:
	bash .ci/run

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "No Python 3.11, 3.12 or 3.13 was found. Install one, or name it: make run PYTHON=/path/to/python3"; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "The tracker needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is another one. Name one: make run PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module. Install it (on Debian and Ubuntu: apt install python3-venv) and try again."; exit 1; }
	@if [ ! -w . ]; then echo "This folder cannot be written. Copy the project to a folder of your own and try again."; exit 1; fi
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be made; the lines above say why."; exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the tracker runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt || { $(NOT_INSTALLED); }
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt || { $(NOT_INSTALLED); }
	@touch $@
