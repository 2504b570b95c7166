# Six words. Each sets up what it needs; ARGS is handed on: make test ARGS="tests/oauth -k pkce"
.DEFAULT_GOAL := .words
.PHONY: .words setup run test check bench docs

.words:
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

setup: ## prepare .venv and node_modules from the locks (no servers, no browser)
	@scripts/setup

run: setup ## start the platform at https://localhost:8443/ with the sample applications beside it
	@.venv/bin/python scripts/run

test: setup ## run every test; installs PostgreSQL and Chromium from Debian when they are missing
	@scripts/test $(ARGS)

check: setup ## format, lint, types, floors
	@scripts/check

bench: setup ## measure this build and print the table
	@.venv/bin/python bench/run.py $(ARGS)

docs: setup ## write the reference pages that are generated from code
	@.venv/bin/python docs/build.py $(ARGS)
