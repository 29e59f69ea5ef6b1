# Postpress by `make`; `make help` lists the targets. GNU make 3.81 is enough, and paths are relative: a checkout may
# have spaces in its own.

PYTHON ?= python3
PY := .venv/bin/python
ROUNDS ?= 100
RUNS ?= 3
NAIVE ?= ../shared/naive.py
CORPUS ?= ../shared/corpus

.DEFAULT_GOAL := all
.PHONY: all help doctor check test docs test-readers screenshots golden fuzz reference devices kills gallery bench beside books corpus pdfua reproduce wheel lock clean distclean ready

all: ready ## build every edition of every source into build/
	@$(PY) -m pipeline build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

doctor: ready ## what is here, what is missing, the command that mends it
	@$(PY) -m pipeline doctor

check: ready ## ruff, mypy, and the floors that imports must keep to
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check --quiet
	@$(PY) -m mypy
	@.venv/bin/lint-imports --cache-dir build/.cache/imports

test: ready ## the tests (ARGS=pytest's)
	@$(PY) -m tests.tools.tracer
	@$(PY) -m pytest -o cache_dir=build/.cache/pytest $(ARGS)

test-readers: ready ## the tests in real readers, which it brings (BOOKS=further ebooks, ARGS=pytest's)
	@"$(PYTHON)" -I tests/readers/bring.py
	@$(PY) -m pytest -o cache_dir=build/.cache/pytest -m readers $(ARGS)

screenshots: ready ## our ebooks as readers show them, into build/screenshots (CASES=names, BOOKS=further ebooks)
	@"$(PYTHON)" -I tests/readers/bring.py
	@$(PY) -m tests.readers.screens $(CASES)

golden: ready ## what tests/cases come to now is what they shall come to (CASES=names)
	@$(PY) -m tests.tools.golden $(CASES)

docs: ready ## the books in docs/, into build/
	@$(PY) -m pipeline build docs/anthology docs/manual

reference: ready ## every construct with its pictures, as docs/reference.md (takes Chromium)
	@$(PY) -m tests.tools.reference

fuzz: ready ## sources of a grammar and mutations, read and built (CASES=100000, BUILDS=1000, SEED=1, CORPUS=folder), as docs/fuzz.tsv
	@$(PY) -m tests.tools.fuzz --cases $(or $(CASES),100000) --builds $(or $(BUILDS),1000) --seed $(or $(SEED),1) \
	  --corpus "$(CORPUS)" > build/fuzz.tsv; found=$$?; mv build/fuzz.tsv docs/fuzz.tsv; cat docs/fuzz.tsv; exit $$found

devices: ready ## the rules of e-readers and shops, as docs/devices.md
	@$(PY) -m tests.tools.devices

kills: ready ## builds killed at random moments (ROUNDS=100), as docs/kills.tsv
	@$(PY) -m tests.tools.kills --rounds $(ROUNDS)

gallery: all docs ## pictures of every page: the post's as docs/gallery.png, of books in build/gallery (PDFS=further books)
	@$(PY) -m tests.tools.gallery $(PDFS)

bench: ready ## cost beside other programs' (NAIVE=path, CORPUS=folder, RUNS=3, CASES=names), as docs/performance.md
	@$(PY) -m tests.tools.bench --naive "$(NAIVE)" --corpus "$(CORPUS)" --runs $(RUNS) $(CASES)

beside: ready ## a Sphinx book by Sphinx's builders and by us, counted alike, into docs/books.md (BOOK=folder)
	@$(PY) -m tests.tools.beside "$(BOOK)"

books: ready ## real books held against their own pages (BOOKS=folders), as docs/books-checked.tsv
	@$(PY) -m tests.tools.books $(BOOKS) > build/.cache/books.tsv && mv build/.cache/books.tsv docs/books-checked.tsv
	@cat docs/books-checked.tsv

corpus: ready ## build real documents with --lenient and count what goes wrong (CORPUS=folder), as docs/corpus.tsv
	@"$(PYTHON)" -I tests/readers/bring.py
	@$(PY) -m tests.tools.corpus --ace "$(CORPUS)" $(CASES) > build/.cache/corpus.tsv && mv build/.cache/corpus.tsv docs/corpus.tsv
	@tail -n 1 docs/corpus.tsv

pdfua: ready ## our structure checks against a corpus of verdicts (CORPUS=folder), as docs/pdfua.tsv
	@$(PY) -m tests.tools.pdfua_corpus "$(CORPUS)/pdfua1" | tee docs/pdfua.tsv | tail -n 1

reproduce: ready ## build under other conditions and compare the bytes
	@$(PY) -m tests.tools.reproduce

wheel: ready ## the wheel, into dist/
	@$(PY) -m hatchling build -t wheel

COMPILE := build/.cache/uv/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: ready ## bring the locks up to pyproject.toml and peers.in (FLAGS=--upgrade: newest versions)
	@$(PY) -m pip install --quiet --upgrade --target build/.cache/uv uv==0.13.9
	@$(COMPILE) --extra check --extra cluster --extra scripts --group dev $(FLAGS) --output-file requirements.lock pyproject.toml
	@$(COMPILE) $(FLAGS) --output-file tests/tools/bench/peers.lock tests/tools/bench/peers.in
	@$(COMPILE) $(FLAGS) --output-file tests/tools/beside/sphinx.lock tests/tools/beside/sphinx.in

clean: ## remove build/ and dist/
	rm -rf build dist

distclean: clean ## remove .venv and .readers too
	rm -rf .venv .readers

# Python, Pango and .venv: says and does what is missing, or says what a person must do.
ready:
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON): not found; install Python 3.11 or newer" >&2; exit 2; }
	@"$(PYTHON)" -I pipeline/doctor.py --mend
	@"$(PYTHON)" -I tests/tools/environment.py
