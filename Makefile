# Everything one does with a clone. `make` alone says what there is.

VENV := .venv
PYTHON_OF_VENV := $(VENV)/bin/python
NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm --prefix ui run --silent
# Checks load Django's settings, which make a signing key: keep them out of the developer's own data.
ELSEWHERE := AGTERM_HOME="$(CURDIR)/.make/home"

export npm_config_update_notifier := false

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench soak lint types fmt ui docs running developing

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: running ## Install what is missing, build the page, start AGTerm
	@$(PYTHON_OF_VENV) scripts/frontend.py
	@exec $(PYTHON_OF_VENV) -m agterm serve

test: developing ## Run every test; fetches Chromium, programs and agent CLIs first
	@$(PYTHON_OF_VENV) scripts/ensure_programs.py
	@$(PYTHON_OF_VENV) scripts/ensure_chromium.py
	@$(PYTHON_OF_VENV) scripts/frontend.py
	@$(PYTHON_OF_VENV) scripts/test.py

check: lint types ## Lint, types, missing migrations, generated documents
	$(ELSEWHERE) $(PYTHON_OF_VENV) manage.py makemigrations --check --dry-run
	$(PYTHON_OF_VENV) scripts/docs.py --check

bench: developing ## Measure throughput, echo, repaints and many sessions
	@$(PYTHON_OF_VENV) scripts/frontend.py
	@missed=0; for name in terminal watchers echo repaint start idle costs door agent recording search page; do \
		echo "== $$name"; $(PYTHON_OF_VENV) -m bench $$name || missed=1; done; exit $$missed

soak: developing ## Torment fifty sessions for half an hour, then ten minutes of garbage
	@$(PYTHON_OF_VENV) scripts/frontend.py
	@$(PYTHON_OF_VENV) -m bench soak
	@$(PYTHON_OF_VENV) -m bench fuzz

lint: developing ## ruff, import-linter, oxlint
	@$(PYTHON_OF_VENV) scripts/frontend.py
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(NPM) lint

types: developing ## mypy, tsc
	@$(PYTHON_OF_VENV) scripts/frontend.py
	$(ELSEWHERE) $(VENV)/bin/mypy .
	$(NPM) types

fmt: developing ## Format, and mend what a linter can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

ui: running ## Build the page
	@$(PYTHON_OF_VENV) scripts/frontend.py

docs: developing ## Write the generated documents anew
	@$(PYTHON_OF_VENV) scripts/docs.py

running:
	@scripts/make_venv.sh $(VENV)
	@$(PYTHON_OF_VENV) scripts/install.py run

developing:
	@scripts/make_venv.sh $(VENV)
	@$(PYTHON_OF_VENV) scripts/install.py dev
