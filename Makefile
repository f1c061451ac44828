# Paths are relative throughout: this folder's own path may hold spaces, which make splits.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --require-virtualenv
INSTALL := $(PIP) install --require-hashes --no-deps --no-build-isolation --use-pep517
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)

.PHONY: help
help: ## Show what can be made
	@echo "coalition: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

.PHONY: setup
setup: .venv/.project ## Install everything into .venv (PYTHON=python3.12 chooses another Python)
	@echo "coalition is installed. Next: make demo"

# `exec`, so that Ctrl-C and SIGTERM reach coalition itself; launch.py, so that it also ends
# when make is killed.
.PHONY: demo
demo: .venv/.project ## Start a demonstration with sample coalitions (PORT=8001 for another port)
	@exec $(PY) -I -S coalition/servers/launch.py $$PPID 15 -1 -1 \
		$(PY) -m coalition demo --port "$(PORT)"

.PHONY: test
test: .venv/.dev ## Run all that CI runs
	@sh .ci/test.sh $(PY)

.PHONY: check
check: .venv/.dev ## Run the fast half of the tests: format, lint, types, imports
	@sh .ci/test.sh $(PY) fast

.PHONY: format
format: .venv/.dev ## Format the code and mend what can be mended by itself
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: bench
bench: .venv/.dev ## Measure speed against minimal programs, as ratios
	@exec $(PY) -m benchmarks

.PHONY: bench-mail
bench-mail: .venv/.dev ## Measure a mailing of 100,000 against a plain smtplib loop
	@exec $(PY) -m benchmarks.mailing

.PHONY: test-kills
test-kills: .venv/.dev ## Kill every part of it 200 times while a mailing of 10,000 is sent
	@COALITION_KILLS_RECIPIENTS=$${COALITION_KILLS_RECIPIENTS:-10000} \
		COALITION_KILLS=$${COALITION_KILLS:-200} \
		exec $(PY) -m pytest -q plugins/email-outreach/tests/test_kills.py

.PHONY: screenshots
screenshots: .venv/.dev ## Take the README's screenshots with the browser tests
	@sh .ci/chromium.sh
	@COALITION_SCREENSHOTS=docs/images exec $(PY) -m pytest -q tests/browser

BABEL := $(PY) -m babel.messages.frontend --quiet
GATHER := $(BABEL) extract -k N_ -k _l -k lazy_gettext --no-location --sort-output --width 96
MERGE := $(BABEL) update --no-fuzzy-matching --ignore-pot-creation-date --width 96

.PHONY: translations
translations: .venv/.dev ## Take up new texts of the core and the plugins for translation, and compile
	@$(GATHER) -F coalition/translations/babel.cfg -o coalition/translations/messages.pot .
	@$(MERGE) -i coalition/translations/messages.pot -d coalition/translations
	@$(BABEL) compile -d coalition/translations
	@rm coalition/translations/messages.pot
	@for catalogs in plugins/*/*/translations; do \
		plugin=$$(dirname "$$(dirname "$$catalogs")"); \
		$(GATHER) -F "$$plugin/babel.cfg" -o "$$catalogs/messages.pot" "$$plugin" && \
		$(MERGE) -i "$$catalogs/messages.pot" -d "$$catalogs" && \
		$(BABEL) compile -d "$$catalogs" && \
		rm "$$catalogs/messages.pot" || exit 1; \
	done

.PHONY: lock
lock: .venv/.dev ## Pin the newest allowed versions of all dependencies
	@sh .ci/lock.sh $(PY)

.PHONY: clean
clean: ## Remove what setup and tests made; the demonstration's data stays
	rm -rf .venv build dist htmlcov .coverage .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache uv.lock
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What follows is done once: each stamp is newer than what it was made from.

.venv/.made:
	@sh .ci/venv.sh "$(PYTHON)"
	@touch $@

# The build tools come first and are pinned too: one dependency exists as source only, and
# pip would otherwise fetch whatever version of them is the newest.
.venv/.locked: requirements-build.lock requirements.lock .venv/.made
	@echo "Installing coalition's dependencies into .venv; this takes a minute or two, once."
	@$(INSTALL) --quiet -r requirements-build.lock
	@$(INSTALL) -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.project
	@echo "Installing what the tests need into .venv; this takes a minute, once."
	@$(INSTALL) --quiet -r requirements-dev.lock
	@touch $@

# An editable installation writes this folder's path down: a moved folder needs it again.
ifneq ($(shell cat .venv/.place 2>/dev/null),$(CURDIR))
.PHONY: .venv/.project
endif
.venv/.project: $(PROJECTS) .venv/.locked
	@echo "Installing coalition and its plugins"
	@for project in $(PROJECTS); do \
		$(PIP) install --quiet --no-deps --no-build-isolation --no-index \
			--editable "./$$(dirname "$$project")" || exit 1; \
	done
	@pwd -P > .venv/.place
	@touch $@
