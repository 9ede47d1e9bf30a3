# `make` says what there is. Everything below works from a fresh clone: the first run sets up what is missing.
PYTHON := .venv/bin/python
TESTS ?= tests
WORKERS ?= 2

.PHONY: help setup setup-dev demo test shops lint schema bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what is missing (Debian packages, Python packages into .venv)
	@sh setup.sh

setup-dev:
	@sh setup.sh --group dev

demo: setup ## the product with a demo shop in it; ONCE=1 ends after the third scan
	@exec $(PYTHON) -m demo $(if $(ONCE),--once)

test: setup-dev ## every test, with real servers and a real browser; TESTS=tests/scans for some, WORKERS=3 for more at once
	@exec $(PYTHON) -m pytest -n $(WORKERS) $(TESTS)

shops: setup-dev ## Checkout Tests against shops that others wrote, and shops broken in every way; minutes, and a download the first time
	@TRACEFOX_SHOPS=1 $(PYTHON) -m pytest tests/checkout/test_real_shops.py tests/checkout/test_breakage.py

lint: setup-dev ## style, format, types
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy .

schema: setup-dev ## write the API's description, docs/openapi.json, again
	@TRACEFOX_ENV=test $(PYTHON) manage.py spectacular --format openapi-json --validate --fail-on-warn --file docs/openapi.json

bench: setup-dev ## what a scan costs, against a bare page load
	@exec $(PYTHON) -m benchmarks

clean: ## forget the demo's and the development servers' data
	@$(PYTHON) -c 'from pathlib import Path; from tracefox import embedded; embedded.erase(Path(".run"))'
