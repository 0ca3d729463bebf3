# Everything a person types in this repository. Each target is enough by itself on a fresh Debian machine: what is
# missing of Debian's packages is named and installed by scripts/install-deps.

BINARY ?= .build/release/interspan
TIERS ?= unit kernel peers fuzz
K ?=
SECONDS ?= 600
MINUTES ?= 5
TARGETS ?=
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

.DEFAULT_GOAL := help
.PHONY: help run demo build test test-unit test-kernel test-peers test-fuzz fuzz soak bench lint format sanitize install deb image-root clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## watch this machine's requests as trace trees, with a small workload if nothing else talks
	@scripts/install-deps build demo
	@scripts/build-release
	@Tests/Demo/run --binary $(BINARY)

demo: ## one trace out of four dialects: a shop of six parts, traced by OpenTelemetry, SkyWalking, Jaeger or nobody
	@scripts/install-deps build shop
	@scripts/build-release
	@Tests/Merge/demo --binary $(BINARY)

build: ## the release binary, one file: .build/release/interspan
	@scripts/install-deps build
	@scripts/build-release

test: ## every tier of tests (TIERS="unit kernel peers fuzz"); K=PATTERN picks kernel tests
	@K='$(K)' scripts/test $(TIERS)

test-unit: ## unit tests alone
	@scripts/test unit

test-kernel: ## live tests alone: this kernel (root) and emulated ones, real processes; K=PATTERN picks some
	@K='$(K)' scripts/test kernel

test-peers: ## exported bytes against opentelemetry-proto's decoder and a real OTLP receiver
	@scripts/test peers

test-fuzz: ## hostile files against the release binary, and a short guided run over the parsers
	@scripts/test fuzz

fuzz: ## fuzz the parsers, SECONDS=600 for each target; TARGETS="http1 pcap" picks some. What is found is kept
	@scripts/install-deps build
	@Tests/Fuzz/run --only guided --keep --seconds $(SECONDS) --seed 0 $(TARGETS:%=--target %)

soak: ## mixed traffic for MINUTES=5: memory, files, threads and maps must be flat, counters add up; a plot in .scratch/soak
	@scripts/install-deps build test
	@scripts/build-release
	@$(SUDO) Tests/Soak/run --binary $(BINARY) --minutes $(MINUTES)

bench: ## measure, and print a table in Markdown
	@scripts/install-deps build test bench
	@scripts/build-release
	@Benchmarks/Encoding/build
	@$(SUDO) Benchmarks/run --binary $(BINARY)

lint: ## formatting, imports, generated code
	@scripts/install-deps build
	@scripts/lint

format: ## put the Swift sources into the form that lint asks for
	swift format --in-place --parallel --recursive Package.swift Plugins Sources Tests Benchmarks

sanitize: ## unit tests with the address sanitizer, then those of OTLP with the thread sanitizer
	@scripts/install-deps build
	swift test --sanitize=address --scratch-path .build/address
	@scripts/sanitize-threads

PREFIX ?= /usr/local
# Who may write there (sudo) need not have Swift: what is built is not built anew.
install: ## copy the binary to PREFIX/bin (/usr/local); built first where there is none
	@test -x $(BINARY) || $(MAKE) build
	install -D -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/interspan

deb: build ## a Debian package of it: .build/interspan_VERSION_ARCH.deb
	@scripts/install-deps package
	@scripts/build-deb $(BINARY)

image-root: build ## the file tree of deploy/Dockerfile's image, without Docker: .build/image
	@scripts/install-deps package
	@$(SUDO) rm -rf .build/image
	@$(SUDO) deploy/image/root .build/image $(BINARY)

clean: ## remove everything that was built
	rm -rf .build .scratch
