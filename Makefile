# AffinityBench. `make` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help install install-dev lock bench recover plan smoke verify reference test test-slow browser test-browser lint format leaderboard boards stale compare publish reproduce tune pretrain measure speed clean

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

# Options of `make bench`; what is left empty is decided by the command.
DATASET ?= taskonomy
SETTING ?=
MODEL ?=
TASKS ?=
PAIRS ?=
LONG_COLUMNS ?=
TRANSPOSE ?=
LOWER_IS_BETTER ?=
MASK ?=
SPLITS ?=
MEMBERS ?=
EPOCHS ?=
SUITE ?=
TRACK ?=
SETS ?=
DEVICES ?=
ACCELERATOR ?=
NUM_NODES ?=
LAUNCHER ?=
WORKERS ?=
MEMORY ?=
OUT ?= results/
FORCE ?=
LIMIT ?=

# Options of `make recover`, beside DATASET, TASKS, PAIRS, LOWER_IS_BETTER and MODEL.
LEVEL ?= 0.9
CHOSEN ?=
DRAW ?=
DRAWN ?=
RECOVERED ?= recovered/

# Options of `make plan`, beside DATASET, TASKS, PAIRS and LOWER_IS_BETTER; STRATEGY is of the planning tracks too.
BUDGET ?= 40
GOAL ?= best-source
BATCH ?=
CALIBRATE ?=
TARGETS ?=
COSTS ?=
TELL ?=
SHARED ?=
SEED ?=
STRATEGY ?=
PLAN ?= plan.csv
RECOVER ?=

# Options of `make leaderboard`, beside OUT, DATASET, TASKS, PAIRS and LOWER_IS_BETTER.
PAGE ?= page/
PICTURES ?= 12

# Options of `make verify`.
RESULTS ?= leaderboard/results
ISOLATE ?=
RECORD ?=
RECHECK ?=

# Options of `make publish`.
ENTITY ?=
PROJECT ?=
DRY_RUN ?=

# Options of `make reproduce`.
GRAPH ?=
SEEDS ?= 10

# Options of `make tune`.
DATASETS ?=
TRIALS ?= 40

# Options of `make pretrain`.
STEPS ?= 8000
PRETRAINED ?= pretrained/prior-fitted

# Options of `make measure`.
MEASURED ?= measured/

# Recipes take these from the environment, since a file's name may have quotes in it;
# below the defaults, as an exported name counts as defined.
export DATASET TASKS PAIRS SETS OUT LONG_COLUMNS MODEL PAGE RESULTS MEASURED DRAWN RECOVERED STRATEGY COSTS TELL PLAN TARGETS

# How a matrix of your own is read, and what a run runs on. A command refuses what it has no option for, in a line.
READ_OWN = $(if $(TASKS),--tasks "$$TASKS") $(if $(PAIRS),--pairs "$$PAIRS") \
  $(if $(LOWER_IS_BETTER),--lower-is-better) $(if $(LONG_COLUMNS),--columns "$$LONG_COLUMNS") \
  $(if $(TRANSPOSE),--transpose)
HARDWARE = $(if $(DEVICES),--devices '$(DEVICES)') $(if $(ACCELERATOR),--accelerator '$(ACCELERATOR)') \
  $(if $(NUM_NODES),--num_nodes '$(NUM_NODES)') $(if $(LAUNCHER),--launcher '$(LAUNCHER)')

help: ## Show this list
	@echo "AffinityBench: recover a task affinity matrix from the part of it that was measured"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Options of make bench (as in: make bench DATASET=taskonomy MASK=1/2 SPLITS=3):"
	@echo "  DATASET=taskonomy    a name that affinity-bench data lists, all for every dataset, or the path of a matrix of your own"
	@echo "  TASKS=               your own matrix: a file with groups and numbers of its tasks"
	@echo "  PAIRS=               your own matrix: a file with numbers of its pairs of tasks; use them by +pairs after a model"
	@echo "  LONG_COLUMNS=        your own long table: source=model,target=dataset,value=accuracy"
	@echo "  TRANSPOSE=1          your own wide table has targets as rows"
	@echo "  LOWER_IS_BETTER=1    your own matrix: its values are errors or losses"
	@echo "  SETTING=             transductive or inductive; empty: both"
	@echo "  MODEL=               models, separated by commas; +z after a name adds task embeddings; empty: the suite's;"
	@echo "                       your own: file.py:Class, a class path, or a YAML file whose lists make a grid"
	@echo "  MASK=                missing ratio, transductive: 1/3, 1/2, 2/3, separated by commas; empty: the suite's"
	@echo "  SPLITS=              only the first so many splits; empty: all"
	@echo "  MEMBERS=8            independently initialised copies of a model, whose predictions are averaged"
	@echo "  EPOCHS=              training steps at most; empty: what each model's configuration says"
	@echo "  SUITE=default        default: the headline matrix; regimes: every regime, a short list of models;"
	@echo "                       full: every regime, label, ratio and model; tables of more than 60 tasks run shorter lists"
	@echo "  TRACK=               coverage: do intervals cover what they promise? fidelity: what is a cheap matrix worth"
	@echo "                       beside a share of a dear one? sets: which set of sources is best?"
	@echo "                       new-target, budget: which transfers to measure next? All take DATASET, OUT and FORCE,"
	@echo "                       the planning tracks STRATEGY and LIMIT, the others MODEL, and sets SETS and LIMIT; all but"
	@echo "                       fidelity take a matrix of your own as above; an option that a track lacks is refused"
	@echo "  SETS=                TRACK=sets with a matrix of your own: a file of target, sources (joined by ;), value"
	@echo "  DEVICES=1            processes on a node; splits are shared out among them"
	@echo "  ACCELERATOR=cpu      cpu, gpu or auto"
	@echo "  NUM_NODES=1          nodes"
	@echo "  WORKERS=auto         cells at a time on this machine, each in a process with one thread; auto: one per core"
	@echo "                       as far as there is memory, and one in all with DEVICES, NUM_NODES or an ACCELERATOR;"
	@echo "                       of make reference too"
	@echo "  MEMORY=              for all cells at a time, as in 4GiB; empty: three quarters of what the machine or the GPU has;"
	@echo "                       splits and members that do not fit at once run in parts, with the same result"
	@echo "  LAUNCHER=local       local, or ray: cells side by side on a Ray cluster (RAY_ADDRESS, or this machine's cores)"
	@echo "  OUT=results/         folder for the result files; what is there already is not run again"
	@echo "  FORCE=1              run cells again that are there"
	@echo "  LIMIT=3600           seconds that a model of your own may take for a cell; a strategy, for a batch of runs"
	@echo
	@echo "Options of make recover (as in: make recover DATASET=my.csv):"
	@echo "  DATASET=             the path of your partly measured matrix; TASKS, PAIRS, LOWER_IS_BETTER and MODEL as above"
	@echo "  LEVEL=0.9            share of the unmeasured cells that intervals are to cover"
	@echo "  CHOSEN=by-hand       how the measured cells were picked: by-hand, random or drawn; decides what is promised"
	@echo "  DRAW=20              only name so many cells, drawn at random, to be measured: drawn.csv in RECOVERED"
	@echo "  DRAWN=               such a list, filled in: intervals are then guaranteed"
	@echo "  RECOVERED=recovered/ folder for the filled matrix and its report, index.html"
	@echo
	@echo "Options of make plan (as in: make plan DATASET=my.csv BUDGET=40 BATCH=8):"
	@echo "  DATASET=             the path of your matrix, all of which may be blank; TASKS, PAIRS and LOWER_IS_BETTER as above"
	@echo "  BUDGET=40            what all runs may cost together; without COSTS, how many runs"
	@echo "  GOAL=best-source     best-source, heat-map or shared-sources"
	@echo "  SHARED=3             for GOAL=shared-sources: how many sources are to be trained"
	@echo "  BATCH=               how many runs may be under way at a time; empty: all that the budget pays for"
	@echo "  TARGETS=             names of the targets that matter, separated by commas; empty: all"
	@echo "  COSTS=               a file with source, target and cost: of runs, of targets, and of setting up sources"
	@echo "  CALIBRATE=           how many of the runs are drawn at random, at the end, to calibrate intervals; empty: a quarter, or 10"
	@echo "  TELL=                a file with source, target and value: results of runs, proposed or not"
	@echo "  STRATEGY=            name of a strategy, or your own: file.py:Class; empty: the goal's"
	@echo "  SEED=0               seed of draws"
	@echo "  PLAN=plan.csv        the plan: fill in the values, and run this again"
	@echo "  RECOVER=1            recover the matrix as well, from what is measured by now, into RECOVERED"
	@echo
	@echo "Options of make leaderboard (as in: make leaderboard OUT=results/):"
	@echo "  OUT=results/         folder with the result files"
	@echo "  PAGE=page/           folder for the page"
	@echo "  DATASET=             the path of a matrix of your own, as for make bench, so that the page can show it"
	@echo "  PICTURES=12          boards with pictures at most, headline matrices first"
	@echo
	@echo "Options of make smoke and make verify (as in: make smoke MODEL=examples/my_recovery_model.py:MyRecoveryModel):"
	@echo "  MODEL=               your own model, set model or strategy; for verify: models among the results"
	@echo "  STRATEGY=            for verify: your own strategies among the results"
	@echo "  RESULTS=leaderboard/results   result file or folder to verify; if it is on a matrix of your own, DATASET (and SETS)"
	@echo "                       as for bench"
	@echo "  ISOLATE=1            verify shipped models as submissions, such as one that a pull request adds"
	@echo "  RECORD=1             mark the results of submissions that hold as verified"
	@echo
	@echo "Options of make publish (as in: WANDB_API_KEY=... make publish PROJECT=affinity-bench):"
	@echo "  ENTITY=              account or team; empty: WANDB_ENTITY, or the account of the key"
	@echo "  PROJECT=             empty: WANDB_PROJECT, or affinity-bench"
	@echo "  DRY_RUN=1            only list what would be sent"
	@echo
	@echo "Options of make reproduce (as in: make reproduce GRAPH=citeseer.cites):"
	@echo "  GRAPH=               a directed edge list of your own, per line: cited, tab, citing; empty: Cora"
	@echo "  SEEDS=10             how often each model is trained on each task"
	@echo
	@echo "Options of make tune (as in: make tune MODEL=source-target-dir TRIALS=40):"
	@echo "  MODEL=               the model whose hyper-parameters are searched"
	@echo "  TRIALS=40            configurations to try, those of earlier runs included"
	@echo "  DATASETS=            what to try them on, separated by commas; empty: every published dataset"
	@echo
	@echo "Options of make pretrain (as in: make pretrain STEPS=8000):"
	@echo "  STEPS=8000           of the whole run, those of its checkpoint included; DEVICES, ACCELERATOR, NUM_NODES, LAUNCHER as above"
	@echo "  PRETRAINED=pretrained/prior-fitted   folder with the checkpoint to go on from, the log and the weights"
	@echo
	@echo "Options of make measure (as in: make measure TASKS=examples/digits_tasks.py):"
	@echo "  TASKS=               mini-vision, mini-driving, or a Python file with tasks of your own; empty: mini-vision"
	@echo "  MEASURED=measured/   folder for the results; what is measured already is not measured again"

install: $(VENV)/.installed-run ## Set up the virtual environment with what a run needs, by pinned versions and hashes

install-dev: $(VENV)/.installed-dev ## Add what the tests and checks need

# The lists name everything that is needed, so that nothing else is let in (--no-deps).
$(VENV)/.installed-run: pyproject.toml requirements/run.txt requirements/torch.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/run.txt
	$(BIN)/python -m pip install --quiet -r requirements/torch.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# One stamp for each extra of pyproject.toml: a target installs what it needs and no more.
$(VENV)/.installed-%: requirements/%.txt $(VENV)/.installed-run
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r $<
	@touch $@

lock: ## Pin versions and hashes again after a change of pyproject.toml (needs uv); UPGRADE=1 takes the newest
	requirements/lock.sh $(if $(UPGRADE),--upgrade)

bench: install $(if $(filter ray,$(LAUNCHER)),$(VENV)/.installed-ray) ## Run recovery models on a dataset and print the board
	@$(BIN)/affinity-bench '$(or $(TRACK),run)' --dataset "$$DATASET" $(if $(MODEL),--model "$$MODEL") \
	  --out "$${OUT%/}$(if $(TRACK),-$(TRACK))" $(if $(FORCE),--force) $(if $(LIMIT),--limit '$(LIMIT)') \
	  $(if $(SUITE),--suite '$(SUITE)') $(if $(SETTING),--setting '$(SETTING)') $(if $(MASK),--mask '$(MASK)') \
	  $(if $(SPLITS),--splits '$(SPLITS)') $(if $(MEMBERS),--members '$(MEMBERS)') $(if $(EPOCHS),--epochs '$(EPOCHS)') \
	  $(if $(STRATEGY),--strategy "$$STRATEGY") $(if $(SETS),--sets "$$SETS") $(READ_OWN) $(HARDWARE) \
	  $(if $(WORKERS),--workers '$(WORKERS)') $(if $(MEMORY),--memory '$(MEMORY)')

recover: install ## Fill in a partly measured matrix, with intervals and a report
	@$(BIN)/affinity-bench recover "$$DATASET" --level '$(LEVEL)' --out "$$RECOVERED" \
	  $(if $(MODEL),--model "$$MODEL") $(READ_OWN) $(if $(CHOSEN),--chosen '$(CHOSEN)') \
	  $(if $(DRAW),--draw '$(DRAW)') $(if $(DRAWN),--drawn "$$DRAWN")

plan: install ## Say which transfers to measure next, for a goal and within a budget
	@$(BIN)/affinity-bench plan "$$DATASET" --budget '$(BUDGET)' --goal '$(GOAL)' --out "$$PLAN" \
	  $(if $(BATCH),--batch '$(BATCH)') $(if $(CALIBRATE),--calibrate '$(CALIBRATE)') \
	  $(if $(SHARED),--shared '$(SHARED)') $(if $(SEED),--seed '$(SEED)') $(if $(RECOVER),--recovered "$$RECOVERED") \
	  $(if $(TARGETS),--targets "$$TARGETS") $(if $(COSTS),--costs "$$COSTS") $(if $(TELL),--tell "$$TELL") \
	  $(if $(STRATEGY),--strategy "$$STRATEGY") $(READ_OWN)

smoke: install ## Check a model or strategy of your own before you compare it
	@$(BIN)/affinity-bench smoke "$$MODEL"

verify: install ## Recompute what the results in RESULTS say, and run a random split of each again
	@$(BIN)/affinity-bench verify "$$RESULTS" --dataset "$$DATASET" $(if $(MODEL),--model "$$MODEL") \
	  $(if $(STRATEGY),--strategy "$$STRATEGY") $(if $(SETS),--sets "$$SETS") \
	  $(READ_OWN) $(if $(ISOLATE),--isolate) $(if $(RECORD),--record)

reference: install ## Make the reference results that are committed: every dataset's default suite, and every track
	@$(BIN)/affinity-bench run --dataset all $(if $(WORKERS),--workers '$(WORKERS)') $(if $(MEMORY),--memory '$(MEMORY)') \
	  --out leaderboard/results
	@$(BIN)/affinity-bench denoise --out leaderboard/results
	@for track in sets coverage fidelity new-target budget; do \
	  $(BIN)/affinity-bench $$track --dataset all --out leaderboard/results-$$track || exit; done

stale: install ## List committed results that a change has made stale; RECHECK=1 keeps those that still hold
	@$(BIN)/affinity-bench stale "$$RESULTS" $(if $(RECHECK),--recheck $(if $(WORKERS),--workers '$(WORKERS)'))

test: install-dev ## Run the tests on all cores (no network, no accelerator, a few minutes)
	$(BIN)/python -m pytest -n auto --durations=15

test-slow: install-dev ## Run the tests that take long
	$(BIN)/python -m pytest -n auto -m slow

browser: ## Install Chromium and its driver from Debian, unless they are there
	@command -v chromium chromedriver >/dev/null || { sudo=$$(command -v sudo || true); \
	  $$sudo apt-get update && $$sudo apt-get install --yes --no-install-recommends chromium chromium-driver; }

test-browser: install-dev browser ## Run the tests of the leaderboard page and of recover's report in headless Chromium
	$(BIN)/python -m pytest -m 'browser and not slow' tests/leaderboard/page tests/recovery/report

lint: install-dev ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: install-dev ## Put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

leaderboard: install ## Write the leaderboard page of the results in OUT: PAGE/index.html
	@$(BIN)/affinity-bench leaderboard --results "$$OUT" --out "$$PAGE" --dataset "$$DATASET" \
	  --pictures '$(PICTURES)' $(READ_OWN)

boards: install ## Write boards and claims of the committed results: leaderboard/BOARDS.md and the README's board
	@$(BIN)/affinity-bench boards --results leaderboard/results --coverage leaderboard/results-coverage --fidelity leaderboard/results-fidelity --new_target leaderboard/results-new-target --budget leaderboard/results-budget --sets leaderboard/results-sets --out leaderboard/BOARDS.md --readme README.md

compare: install ## Judge the claims by the results in OUT: directed or not, with or without Z or pair features, graph or not
	@$(BIN)/affinity-bench compare --results "$$OUT"

publish: install ## Send the results in OUT to Weights & Biases and read them back
	@$(BIN)/affinity-bench publish --results "$$OUT" $(if $(ENTITY),--entity '$(ENTITY)') \
	  $(if $(PROJECT),--project '$(PROJECT)') $(if $(DRY_RUN),--dry-run)

reproduce: install ## Reproduce the gravity paper's link prediction on Cora, beside its figures
	@$(BIN)/affinity-bench reproduce $(if $(GRAPH),'$(GRAPH)') --seeds '$(SEEDS)'

tune: install ## Search a model's hyper-parameters on splits that no board uses
	@$(BIN)/affinity-bench tune "$$MODEL" --trials '$(TRIALS)' $(if $(DATASETS),--dataset '$(DATASETS)')

pretrain: install $(if $(filter ray,$(LAUNCHER)),$(VENV)/.installed-ray) ## Train the prior-fitted network on synthetic worlds, from its checkpoint on
	@$(BIN)/affinity-bench pretrain --out '$(PRETRAINED)' --steps '$(STEPS)' $(HARDWARE)

measure: install $(VENV)/.installed-measure $(if $(findstring driving,$(TASKS)),$(VENV)/.installed-driving) ## Measure the transfer matrix of a world, or of tasks of your own
	@$(BIN)/affinity-bench measure $(if $(TASKS),--tasks "$$TASKS") --out "$$MEASURED"

speed: install ## Measure what training all at once gains, and what not training does
	$(BIN)/python tests/speed/replicas.py
	$(BIN)/python tests/speed/readouts.py
	$(BIN)/python tests/speed/prior_fitted.py

clean: ## Remove the virtual environment and caches; results stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis affinity_bench.egg-info
