.DEFAULT_GOAL := help
.PHONY: help build
PY := .venv/bin/python

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}'

build: ## Compile the native engine into the checkout
	.venv/bin/ninja -C build/editable
