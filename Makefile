# Needs make, Python 3.11+ and a network for the first run only. `make help` lists what there is.
.POSIX:
.SUFFIXES:

PYTHON ?= python3
# passed to `docker build` or `podman build` as they are, for example --network host
DOCKER_BUILD_FLAGS ?=
# docker or podman, also as "podman --runtime runc": what builds the image, and keeps it
ENGINE ?= docker
BASE ?= python:3.13-slim-trixie
# docker or process; empty: docker where an engine answers
SANDBOX ?=
# the folders under tests/ whose tests need neither an engine nor a browser, and are done in a few minutes
QUICK = tests/unit tests/sample
PYTEST_FLAGS ?= --numprocesses logical --maxprocesses 8 --dist loadgroup
# --upgrade takes the newest of everything
LOCK_FLAGS ?=

VENV = .venv
PY = $(VENV)/bin/python
READY = $(VENV)/ready
LOCKS = requirements/run.lock requirements/dev.lock
UV = uv==0.13.9
IMAGE_NAME = from grader import doctor; print(doctor.IMAGE)
CODE = import sys; from grader import pipeline; from grader.assignments import find; from grader.calibration.course import plain_items; a = find(sys.argv[1]); print(",".join(plain_items(a, pipeline.load_rubric(a))))
RECIPE = from grader import doctor, locations; print(doctor.recipe(locations.checkout()))

help:
	@echo 'make demo          grade the reference and the bundled examples, and say where the reports are'
	@echo 'make test          the tests for every change: a few minutes, no engine, no browser'
	@echo 'make test-grading  every planted bug, right style and notebook, graded in the process sandbox'
	@echo 'make test-all      every test; those for what is not on this machine are skipped, visibly'
	@echo 'make coverage      what make test executes of grader/'
	@echo 'make lint          linter, formatter and type checker'
	@echo 'make axe           install axe-core, by which tests in a browser look for what keeps people from a page'
	@echo 'make docs          write docs/api.md from the docstrings'
	@echo 'make pictures      take the pictures of docs/review.md again, in Chromium'
	@echo 'make image         build the image that submissions run in (ENGINE=podman, DOCKER_BUILD_FLAGS=..., BASE=...)'
	@echo 'make venv          set up $(VENV) with the pinned packages; the others do so by themselves'
	@echo 'make lock          resolve the pins again (LOCK_FLAGS=--upgrade takes the newest)'
	@echo 'make clean         remove everything that was made, $(VENV) included'

venv: $(READY)

# made again when a pin changes; a second run finds the file and does nothing
$(READY): $(LOCKS) pyproject.toml setup.py
	@command -v '$(PYTHON)' >/dev/null || { echo 'There is no $(PYTHON) here; say which Python 3.11 or later to use: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("mlpgrader needs Python 3.11 or later, $(PYTHON) is %d.%d; say which one to use: make PYTHON=python3.12" % v[:2])'
	@echo 'Setting up $(VENV) with the pinned packages (the first time takes a minute or two)'
	@$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements/run.lock -r requirements/dev.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

test: $(READY)
	@$(PY) -m pytest $(PYTEST_FLAGS) --hypothesis-profile few $(QUICK)
	@echo 'Left out: every planted bug, style and notebook (make test-grading); and what needs engines, a browser, the command'
	@echo 'line as a program, attacks, faults or fuzzing (make test-all runs everything). One folder: .venv/bin/pytest tests/FOLDER'

test-grading: $(READY)
	@$(PY) -m pytest $(PYTEST_FLAGS) tests/assignments

# its tests wait half of the time, so that there are two workers a processor (see tests/conftest.py)
test-all: $(READY)
	@$(PY) -m pytest $(PYTEST_FLAGS) --numprocesses auto

# what runs inside a sandbox, in a process of its own, is not counted there
coverage: $(READY)
	@$(PY) -m pytest $(PYTEST_FLAGS) --cov --cov-report=term:skip-covered $(QUICK)

# what tests look with for what keeps people from using a page; needs npm
axe: tests/axe/node_modules/axe-core/axe.min.js

tests/axe/node_modules/axe-core/axe.min.js: tests/axe/package-lock.json
	@command -v npm >/dev/null || { echo 'There is no npm here: install it (Debian: apt install npm), then run this again.' >&2; exit 1; }
	@cd tests/axe && npm ci --silent --ignore-scripts
	@touch $@

lint: $(READY)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

docs: $(READY)
	$(PY) docs/generate_api.py

# of a made class of sixty, which is marked by keyboard for them; needs Chromium
pictures: $(READY)
	$(PY) docs/pictures.py

image: $(READY)
	@$(ENGINE) info >/dev/null 2>&1 || { echo 'No engine answers $(ENGINE): install it or start it, then run this again.' >&2; exit 1; }
	@set -- $(DOCKER_BUILD_FLAGS); \
	test $$# -gt 0 || $(ENGINE) network inspect bridge >/dev/null 2>&1 || set -- --network host; \
	name=$$($(PY) -c '$(IMAGE_NAME)') && recipe=$$($(PY) -c '$(RECIPE)') && \
	$(ENGINE) build "$$@" --build-arg 'BASE=$(BASE)' --build-arg "RECIPE=$$recipe" --tag "$$name" .

demo: $(READY)
	@sandbox='$(SANDBOX)'; \
	if test -z "$$sandbox"; then \
		sandbox=docker; \
		docker info >/dev/null 2>&1 || { sandbox=process; echo 'No Docker engine answers, so this demo uses the process sandbox:'; \
		echo 'its submissions are our own. Those of a class are graded in Docker.'; }; \
	fi; \
	if test "$$sandbox" = docker; then \
		label=$$(docker image inspect --format '{{index .Config.Labels "mlpgrader.recipe"}}' "$$($(PY) -c '$(IMAGE_NAME)')" 2>/dev/null); \
		test "$$label" = "$$($(PY) -c '$(RECIPE)')" || \
		$(MAKE) image DOCKER_BUILD_FLAGS='$(DOCKER_BUILD_FLAGS)' BASE='$(BASE)' || { \
		echo 'The image could not be built: the reason is above. Options of docker build go into DOCKER_BUILD_FLAGS="...";' >&2; \
		echo 'make demo SANDBOX=process does without an image.' >&2; exit 1; }; \
	fi; \
	echo; echo 'Only the code of the examples, which takes seconds:'; \
	for rubric in rubrics/*.toml; do \
		name=$${rubric#rubrics/}; name=$${name%.toml}; \
		items=$$($(PY) -c '$(CODE)' "$$name") || exit; \
		$(PY) -m grader grade examples/$$name/*/ --assignment "$$name" --items "$$items" \
		--sandbox "$$sandbox" --jobs 2 --out "graded/demo/code/$$name" || exit; \
	done; \
	for rubric in rubrics/*.toml; do \
		name=$${rubric#rubrics/}; name=$${name%.toml}; \
		set -- reference/$$name; \
		for example in examples/$$name/*/; do test ! -d "$$example" || set -- "$$@" "$$example"; done; \
		echo; echo "The assignment $$name, with the notebooks, which train for some minutes:"; \
		$(PY) -m grader grade "$$@" --assignment "$$name" --size quick --sandbox "$$sandbox" --jobs 2 --out "graded/demo/$$name" || exit; \
	done
	@echo; echo 'What each student gets to see; staff.html beside it has everything:'
	@for report in graded/demo/*/*/report.html; do echo "  $$report"; done

lock: $(READY)
	@$(PY) -m pip install -qq --disable-pip-version-check $(UV)
	@cd requirements && for name in run class postgres dev fast sandbox; do \
	python=3.11; test $$name != sandbox || python=3.13; \
	../$(PY) -m uv pip compile --quiet --universal --python-version $$python --fork-strategy fewest --no-annotate \
	--no-emit-index-url --custom-compile-command 'make lock' $(LOCK_FLAGS) --output-file $$name.lock $$name.in || exit 1; \
	done

clean:
	rm -rf $(VENV) build dist graded mlpgrader.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help venv test test-grading test-all coverage axe lint docs pictures image demo lock clean
