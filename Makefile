# Two commands for a fresh machine: `make demo` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := outputs/demo
STEPS  ?= 150
# Real pictures that the demo learns from, and others that it is scored on: any folder of a dataset or of photos.
REAL_TRAIN ?= $(wildcard ../shared/real/pdf)
REAL_TEST  ?= $(wildcard ../shared/real/photos)
# What the page in a browser finds links with, and where it is served.
MODEL ?= models/detector/small/tfjs_float16
PORT  ?= 8080
comma := ,

.DEFAULT_GOAL := help
.PHONY: help setup system browser demo test lint web gallery pictures bench lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(VENV)/.installed system ## the virtual environment and Tesseract's English data

$(VENV)/.installed: requirements/lock.txt requirements/installer.txt pyproject.toml
	@bash requirements/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

system:
	@bash requirements/system.sh reading

browser:
	@bash requirements/system.sh browser

web/node_modules/.package-lock.json: web/package-lock.json
	@npm ci --prefix web --silent --no-audit --no-fund || \
	  echo "npm is not here, or could not fetch web's packages: what Node runs (the page, tesseract.js) is neither built nor tested."

demo: setup ## render, merge, fine-tune, evaluate, convert: ends with a report
	@echo "1/6 Pages to learn from, and pages in fonts that are not among them"
	@$(BIN)/python -m synth out=$(DEMO)/pages seed=1 count=160 font.split=train link=dense
	@$(BIN)/python -m synth out=$(DEMO)/unseen seed=2 count=60 font.split=test
	@echo "2/6 Merge with real pictures: $(or $(REAL_TRAIN) $(REAL_TEST),none here; name folders by REAL_TRAIN=… REAL_TEST=…)"
	@$(BIN)/python -m data merge 'sources=[$(DEMO)/pages$(if $(REAL_TRAIN),$(comma)$(REAL_TRAIN))]' \
	  'split=[0.9,0.1,0]' out=$(DEMO)/merged
	@$(BIN)/python -m data merge 'sources=[$(DEMO)/unseen$(if $(REAL_TEST),$(comma)$(REAL_TEST))]' \
	  'split=[0,0,1]' out=$(DEMO)/test
	@echo "3/6 Fine-tune the detector, $(STEPS) steps"
	@$(BIN)/python -m train dataset=$(DEMO)/merged out=$(DEMO)/run steps=$(STEPS) experiment=finetune
	@echo "4/6 Find and read the links of pictures it has not seen"
	@$(BIN)/python -m evaluate detector=$(DEMO)/run dataset=$(DEMO)/test/test out=$(DEMO)/report
	@echo "5/6 Convert the detector for the browser"
	@$(BIN)/python -m train convert run=$(DEMO)/run out=$(DEMO)/web-model
	@echo "6/6 Done. The report: $(abspath $(DEMO))/report/index.html"

test: setup browser web/node_modules/.package-lock.json lint ## lint, types, and every test
	$(BIN)/python -m pytest

lint: $(VENV)/.installed ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

web: web/node_modules/.package-lock.json ## build and serve the page that reads links: MODEL=a converted detector
	@INKLINK_MODEL="$(abspath $(MODEL))" npm run --silent --prefix web build -- --logLevel warn
	@npm run --silent --prefix web serve -- --port $(PORT)

gallery: setup ## 48 pages side by side: with their truth drawn in, and plain, to lie beside photographs
	$(BIN)/python -m synth count=48 seed=48 out=outputs/gallery/set
	$(BIN)/python -m data show source=outputs/gallery/set count=48 columns=8 tile_px=360 out=outputs/gallery/sheet.png
	$(BIN)/python docs/gallery.py outputs/gallery/set/images outputs/gallery
	@echo "The sheets: $(abspath outputs/gallery)/sheet.png, plain-1.png to plain-4.png"

pictures: setup ## the pictures of the guide, docs/pictures/*.jpg
	$(BIN)/python docs/pictures.py

bench: setup ## pages per CPU second, ours and of other generators: writes bench/RESULTS.md, about six minutes
	$(BIN)/python -m bench.synth_speed
	$(BIN)/python -m bench.synth_scaling
	$(BIN)/python -m bench.synth_vs_peers

lock: $(VENV)/.installed ## write requirements/*.txt anew from pyproject.toml, keeping what still fits
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
	  --extra all pyproject.toml --output-file requirements/lock.txt
	grep -A1000 '^uv==' requirements/lock.txt | awk 'NR > 1 && /^[a-z]/ { exit } { print }' > requirements/installer.txt

clean: ## remove what the demo made
	rm -rf $(DEMO)
