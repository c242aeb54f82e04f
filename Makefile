STUDY ?= study.toml
FUZZ ?= 300
FUZZ_SEED ?= 0
KILL_MINUTES ?= 30
FUZZ_MINUTES ?= 15
DEMO := out/demo/data
SMALL := out/small_company/data
# Lines of notebooks that begin with ! are commands, and find those of .venv.
WITH_COMMANDS = PATH="$(CURDIR)/$(BIN):$$PATH"
MODELLING := $(addprefix notebooks/,stories.py contest.py forecasts.py score_audit.py)
RUN_NOTEBOOKS = $(WITH_COMMANDS) $(BIN)/jupytext --quiet --to ../out/notebooks//ipynb --run-path notebooks --execute
LOOKING := $(filter-out $(MODELLING),$(wildcard notebooks/*.py))
PYTHON ?= python3.12 python3.11 python3
UV ?= uv

BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE  # tests start many processes: what is compiled once need not be in each
.PHONY: help setup test proofs browser spark fuzz kill report study-worlds bench bench-covariates bench-log lab notebooks notebooks-model notebooks-look check format index lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

setup: $(READY)  ## make .venv and install everything, as locked (PYTHON=... chooses the interpreter)

test: setup  ## run the tests
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder --durations=15

proofs: setup  ## run the tests that make test leaves out, for they take long
	$(BIN)/python -m pytest -m slow --durations=15

browser: setup  ## look at every page in a Chromium: axe, keyboard, phone, paper, HTML (CHROMIUM=, VNU_JAR= name what is elsewhere; ten minutes)
	$(PIP) install --quiet --require-hashes --requirement requirements-browser.lock
	CHROMIUM=$(CHROMIUM) $(if $(VNU_JAR),VNU_JAR=$(VNU_JAR)) $(BIN)/python -m pytest -m browser tests/browser -rs --durations=5

spark: setup  ## run every query on a local Spark, and compare each cell with DuckDB's (needs Java 17 or later; ten minutes)
	$(PIP) install --quiet --require-hashes --requirement requirements-spark.lock
	SPARK_TABLE=benchmarks/spark_agreement.csv $(BIN)/python -m pytest -m spark tests/spark -rs --capture=no

fuzz: setup  ## mutants of a source, a study and its strings: a clear error, or all whole (FUZZ=number, FUZZ_MINUTES, FUZZ_SEED=first)
	FUZZ=$(FUZZ) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/python -m pytest tests/ingest/test_mutants.py --quiet
	PYTHONPATH=.:tests/kit $(BIN)/python tests/kit/fuzz.py --minutes $(FUZZ_MINUTES) --seed $(FUZZ_SEED) --table benchmarks/fuzz.csv

kill: setup  ## kill builds, reports and checks before each file operation, and run two at once (KILL_MINUTES=..., half an hour)
	PYTHONPATH=tests/kit $(BIN)/python benchmarks/kill_commands.py --minutes $(KILL_MINUTES)

report: setup $(if $(filter study.toml,$(STUDY)),$(DEMO))  ## write the quarterly report in both languages (STUDY=... chooses the study)
	$(BIN)/tenure report quarterly --study $(STUDY)
	$(BIN)/tenure report quarterly --study $(STUDY) --language ja

$(DEMO): | setup
	$(BIN)/tenure simulate --accounts 1200 --seed 7 --out $(DEMO)

study-worlds: setup  ## study 25 simulated worlds and 6,000 data sets: is what was planted found? (ten minutes; PROOFS=... chooses tables)
	$(BIN)/tenure study-worlds --tables benchmarks $(if $(PROOFS),--only $(PROOFS))

bench: setup bench-covariates  ## time the Cox fit, the forest, the scores and the covariates beside their peers, R's too where installed (half an hour)
	$(BIN)/python benchmarks/cox_speed.py
	$(BIN)/python benchmarks/forest_speed.py
	$(BIN)/python benchmarks/metric_speed.py

bench-covariates: setup  ## time the way from 1 to 100 million rows of use to covariates, beside polars (a quarter of an hour)
	$(BIN)/python benchmarks/covariate_speed.py

bench-log: setup  ## time builds whose log is read by DuckDB, in buckets, and by a local Spark (needs Java 17 or later; half an hour)
	$(PIP) install --quiet --require-hashes --requirement requirements-spark.lock
	$(BIN)/python benchmarks/log_engines.py

lab: setup $(SMALL)  ## open the notebooks in JupyterLab
	$(WITH_COMMANDS) JUPYTER_CONFIG_PATH=notebooks/.jupyter $(BIN)/jupyter lab notebooks

notebooks: setup $(SMALL)  ## run the notebooks, two at a time, and write them as pages into out/notebooks
	$(MAKE) --jobs=2 notebooks-model notebooks-look
	JUPYTER_CONFIG_PATH=notebooks/.jupyter $(BIN)/jupyter nbconvert --log-level WARN --to html out/notebooks/*.ipynb

# The first makes the forecasts that the others read, and needs the models themselves, which are not kept.
notebooks-model: setup $(SMALL)  ## of these, run those that ask for forecasts
	mkdir -p out/notebooks
	$(RUN_NOTEBOOKS) $(MODELLING)

notebooks-look: setup $(SMALL)  ## of these, run the others
	mkdir -p out/notebooks
	$(RUN_NOTEBOOKS) $(LOOKING)

$(SMALL): | setup
	$(BIN)/tenure simulate --accounts 300 --seed 7 --out $(SMALL)

check: setup  ## lint, check types, queries and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sqlfluff lint queries
	$(BIN)/lint-imports

format: setup  ## rewrite Python and SQL in the house style
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format
	$(BIN)/sqlfluff fix queries

index: setup  ## rewrite queries/README.md, the list of tables, from the queries
	$(BIN)/python -m reports.dictionary.query_index

lock:  ## renew uv.lock and the requirements*.lock after a change of dependencies (needs uv)
	$(UV) lock
	$(UV) export --quiet --locked --group dev --no-emit-project --output-file requirements.lock
	$(UV) export --quiet --locked --only-group setup --no-emit-project --output-file requirements-setup.lock
	$(UV) export --quiet --locked --only-group browser --no-emit-project --output-file requirements-browser.lock
	$(UV) export --quiet --locked --extra spark --no-default-groups --no-emit-project --output-file requirements-spark.lock

clean:  ## remove .venv and caches (never out/)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An existing .venv is kept if its Python fits and has pip; otherwise the first of $(PYTHON) that runs and fits makes a new one.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))

$(READY): requirements.lock requirements-setup.lock pyproject.toml
	@if ! $(BIN)/python -c '$(FITS)' 2>/dev/null || ! $(PIP) --version >/dev/null 2>&1; then \
	    fits=; \
	    for python in $(PYTHON); do \
	        "$$python" -c '$(FITS)' 2>/dev/null || continue; \
	        fits="$$python"; \
	        "$$python" -c 'import ensurepip, venv' 2>/dev/null && break; \
	    done; \
	    if [ -z "$$fits" ]; then \
	        echo "make setup: needs Python 3.11 or 3.12, and none of these runs as one: $(PYTHON); install one, or name it: make setup PYTHON=/path/to/python3.12" >&2; exit 1; \
	    elif ! "$$fits" -c 'import ensurepip, venv' 2>/dev/null; then \
	        echo "make setup: $$fits lacks venv or ensurepip, so it can make no .venv; install them (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; \
	    fi; \
	    echo "Making .venv with $$("$$fits" --version)"; \
	    "$$fits" -m venv --clear .venv; \
	fi
	@echo "Installing what requirements.lock names: one to three minutes the first time"
	@$(PIP) install --quiet --require-hashes --requirement requirements-setup.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock || { \
	    echo "uv could not (it reads no pip.conf): now with pip"; \
	    $(PIP) install --quiet --require-hashes --requirement requirements.lock; }
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
