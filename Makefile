# Git, make and Go are given; `make setup` installs the rest. `make` alone lists the targets.

# gocv compiles one file for each OpenCV module. These tags keep the ones in use, so that the program
# loads no window system and builds on OpenCV 4.6 as well as on 4.10.
# EXTRA_TAGS=hdf5 adds the reader of HDF5, which needs libhdf5.
comma := ,
TAGS := gocv_specific_modules,gocv_features2d,gocv_calib3d,gocv_photo$(if $(EXTRA_TAGS),$(comma)$(EXTRA_TAGS))

export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -tags=$(TAGS))

# What the program says of itself: the tag, or the commit when there is none.
VERSION ?= $(or $(shell git -c safe.directory='*' describe --tags --always --abbrev=12 --dirty 2>/dev/null),dev)

# No paths and no time in the program: the same commit, Go and libraries give the same bytes.
BUILD := -trimpath -buildvcs=false -ldflags '-X explant/app/pipeline.Version=$(VERSION)'

# Knobs: make bench BENCH=Components BENCHTIME=1x, make fuzz FUZZTIME=5m, make test PKG=./volume/...
PKG       ?= ./...
BENCH     ?= .
BENCHTIME ?= 1s
FUZZTIME  ?= 30s
DEMO      ?= out/demo
FRAMES    ?= out/frames

LINT_VERSION := v2.15.0

.DEFAULT_GOAL := help
.PHONY: setup test-setup desktop-setup frames-setup build desktop demo test bench fuzz validate soak frames lint clean help

setup: ## install what building and running need (Debian, Ubuntu)
	@.ci/setup build $(EXTRA_TAGS)

test-setup: ## install what only the tests need
	@.ci/setup test

frames-setup: ## install what measuring the window needs
	@.ci/setup frames

desktop-setup: ## install what building the windowed program needs beside that
	@.ci/setup desktop

build: setup ## build the program into build/
	@mkdir -p build
	go build $(BUILD) -o build/ ./app/explant

# Fyne's OpenGL takes minutes of a first build. The tag keeps it out of every other target.
desktop: setup desktop-setup ## build the windowed program into build/
	@mkdir -p build
	go build $(BUILD) -tags=$(TAGS),desktop,migrated_fynedo -o build/ ./app/explant-desktop

demo: build ## analyse a phantom with known truth and print the path of the report
	@build/explant demo --out $(DEMO)

test: setup test-setup ## check format, vet, run every test
	@unformatted=$$(gofmt -l .) && test -z "$$unformatted" || \
		{ echo "gofmt: run gofmt -w on: $$unformatted"; exit 1; }
	go vet $(PKG)
	go test -timeout 15m $(PKG)
ifeq ($(PKG),./...)
	go test -tags=$(TAGS),hdf5 ./io/hdf5 ./io/worker ./io/open
endif

bench: setup ## run the benchmarks (BENCH=regexp, BENCHTIME=1x for a quick look)
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -timeout 2h $(PKG)

fuzz: setup ## fuzz every reader for FUZZTIME (30s) each
	@.ci/fuzz $(FUZZTIME) $(PKG)

validate: setup ## measure accuracy on phantoms at full size, with the numbers printed
	EXPLANT_VALIDATE=1 go test -count=1 -v -timeout 2h -run 'Validate|Accuracy' $(PKG)

soak: setup test-setup ## kill and restart the program, compare thread counts, damage 10 000 files, for long
	EXPLANT_SOAK=1 go test -count=1 -v -timeout 4h ./app/explant
	EXPLANT_SOAK=1 go test -count=1 -v -timeout 4h -run Mutations ./io/open
	EXPLANT_SOAK=1 go test -count=1 -v -timeout 1h -run Killed ./app/desktop/journal ./app/desktop/shell

frames: setup desktop-setup frames-setup ## hold the window against its goals (xvfb); makes 3 GB of images in FRAMES once
	@mkdir -p $(FRAMES)
	@export EXPLANT_FRAMES=$(abspath $(FRAMES)) LIBGL_ALWAYS_SOFTWARE=1; failed=0; \
	go test -count=1 -v -timeout 1h -run Frames ./app/desktop/shell || failed=1; \
	xvfb-run -a -s '-screen 0 1280x800x24' go test -tags=$(TAGS),desktop,migrated_fynedo -count=1 -v -timeout 1h \
		-run FramesOfTheWindow ./app/desktop/shell || failed=1; exit $$failed

lint: setup ## run golangci-lint with .golangci.yml
	@.ci/lint $(LINT_VERSION) $(PKG)

clean: ## remove what make built
	rm -rf build out

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 14
