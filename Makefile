# The whole office on a machine with Python 3.11 or newer, make, and nothing else.
#   make run       start everything and print the addresses and logins (PORT=8000)
#   make test      run the tests on servers of their own (ARGS="-k name")
#   make isolation attack one office from another 100,000 times (SEED=1, ATTACKS=…, ONLY=number)
#   make sync-proof   2,000 random histories of a calendar on both sides (SEED=1, HISTORIES=…, ONLY=…)
#   make faults       what is lost and what comes twice while everything is killed
#   make fuzz         whatever the API's schema allows and whatever not, 20,000 calls (FUZZ=…, SEED=1)
#   make image-proof  Dockerfile and Compose replayed and run without Docker (root, debootstrap)
#   make regions   an office moves between two whole installations while people write (TASKS=2000)
#   make bench-quick  each measurement small, to see that none has gone stale
#   make words     what pages and mails say, for locale/*/LC_MESSAGES/django.po
#   make client    the Python client, from the OpenAPI schema
#   make check     what CI checks
#   make sbom      what the office is made of, as CycloneDX: var/sbom.json
#   make audit     known weaknesses of the packages (asks PyPI)

.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run servers test isolation sync-proof faults fuzz image-proof regions bench-quick words client check check-rest sbom audit lock setup format clean FORCE

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; exit; }; done; echo python3)
endif
BIN := .venv/bin
# Without compiled files each of the many processes of tests and of the office compiles all anew.
unexport PYTHONDONTWRITEBYTECODE
# What pytest is told; one process more than there are cores, and whoever is done takes over from another.
ARGS ?= -n auto --dist worksteal
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

run: .venv/runtime.stamp
	@exec $(BIN)/python -m config.embedded run

servers: .venv/runtime.stamp
	@exec $(BIN)/python -m config.embedded servers

test: .venv/dev.stamp
	@exec $(BIN)/python -m config.embedded test -- $(ARGS)

# By the dice of SEED; what was found is repeated by `SEED=… ONLY=…`.
ATTACKS ?= 100000
SEED ?= 1
isolation: .venv/dev.stamp
	@exec $(BIN)/python -m config.embedded test -- -n 2 -q tests/isolation/test_volume.py \
		--attacks $(ATTACKS) --seed $(SEED) $(if $(ONLY),--only $(ONLY) -k learns)

HISTORIES ?= 2000
sync-proof: .venv/dev.stamp
	@exec $(BIN)/python -m config.embedded test -- -n 2 -q tests/calendar_app/sync/test_proof.py \
		-k after_any_history --histories $(HISTORIES) --sync-seed $(SEED) \
		$(if $(ONLY),--history $(ONLY))

FAULTS ?=
faults: .venv/dev.stamp
	@exec $(BIN)/python -m tests.faults $(FAULTS)

# Fewer than 9,000 calls leave the edges of each parameter out.
FUZZ ?= 20000
fuzz: .venv/dev.stamp
	@exec $(BIN)/python -m tests.fuzz --calls $(FUZZ) --seed $(SEED)

# KEEP names a folder for the images, the volumes and the logs; without it they are deleted.
image-proof: .venv/dev.stamp
	@exec $(BIN)/python -m tests.image $(if $(KEEP),--keep $(KEEP))

TASKS ?= 2000
regions: .venv/dev.stamp
	@exec $(BIN)/python -m tests.regions --tasks $(TASKS)

bench-quick: .venv/dev.stamp
	@exec $(BIN)/python -m benchmarks quick

# Settings for tools that load the code and serve nobody.
NOWHERE := SECRET_KEY=for-checks-only-for-checks-only-for-checks-only-0123456789 VAR_DIR=var/check \
	DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0
MANAGE := $(NOWHERE) DJANGO_SETTINGS_MODULE=config.settings.prod $(BIN)/python -W error -W \
	ignore:Got:RuntimeWarning manage.py

# A test fails where something is not in the catalogues, or has no words there.
words: .venv/dev.stamp
	@$(MANAGE) collect_words

# A test fails where it is not what the schema says.
client: .venv/dev.stamp
	@$(NOWHERE) DJANGO_SETTINGS_MODULE=config.settings.prod $(BIN)/python clients/python/build.py

# Keys of vendors, tokens and private keys, by rules for each; nobody is asked whether they are good.
SCAN := $(BIN)/kingfisher scan --no-validate --no-update-check --quiet

# Types take as long as all the rest, and have a core of their own.
check: .venv/dev.stamp
	@$(NOWHERE) $(BIN)/mypy . & types=$$!; $(MAKE) --no-print-directory check-rest; \
		rest=$$?; wait $$types && exit $$rest
	@echo "All checks passed."

check-rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ast-grep scan --error
	$(BIN)/ast-grep test --skip-snapshot-tests
	$(BIN)/lint-imports
	git ls-files -z -co --exclude-standard 'templates/*.html' \
		| xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/deptry .
	$(BIN)/vulture
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --deploy --fail-level WARNING
	$(BIN)/python -m config.embedded test -- -q tests/config/test_migrations.py
	git ls-files -z -co --exclude-standard | xargs -0 $(SCAN)
	! grep -nE '://|--(extra-)?index-url|--find-links' requirements.lock requirements-dev.lock

# The same lock gives the same file, without a time or a number of its own.
sbom: .venv/dev.stamp
	@mkdir -p var
	@$(BIN)/cyclonedx-py requirements requirements.lock --output-reproducible --of JSON \
		-o var/sbom.json

audit: .venv/dev.stamp
	$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip

# New lock files from pyproject.toml, with hashes and without addresses (needs uv).
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	--custom-compile-command "make lock" --upgrade
lock:
	$(LOCK) --group embedded -o requirements.lock
	$(LOCK) --group embedded --group dev -o requirements-dev.lock

setup: .venv/dev.stamp

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The virtual environment and caches; the data in var/ stays.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make a virtual environment (Debian: apt install python3-venv)" >&2; \
		exit 1; }
	@touch $@

# Each stamp is a copy of the lock file whose packages are installed: times tell nothing, as files out
# of an archive are as old as their release.
.venv/runtime.stamp: .venv/made.stamp FORCE
	@cmp -s requirements.lock $@ || { echo "Installing the packages …" \
		&& $(PIP) -r requirements.lock && cp requirements.lock $@; }

.venv/dev.stamp: .venv/runtime.stamp FORCE
	@cmp -s requirements-dev.lock $@ || { echo "Installing the tools for tests and checks …" \
		&& $(PIP) -r requirements-dev.lock && cp requirements-dev.lock $@; }
