# Waybill: `make run` and `make test` are all a newcomer needs. CONTRIBUTING.md lists the rest.

SWIFT ?= swift
TEST = $(SWIFT) test -c release --skip-build --disable-xctest --parallel

.PHONY: run demo test check lint format docs deploy-check bench soak chaos test-apache-kafka build build-tests setup clean \
	web web-check web-test

## Set up what is missing, build, serve the embedded profile with a demo.
run: build web
	scripts/run.sh

## As run, with more deliveries, and opened in the browser.
demo: build web
	OPEN=1 DELIVERIES=$${DELIVERIES:-1000} RATE=$${RATE:-150} scripts/run.sh

## The dashboard into web/dist; with npm, or with apt and pip alone.
web:
	@scripts/setup-web.sh
	scripts/build-web.sh

## Lint and unit tests of the dashboard.
web-check:
	@scripts/setup-web.sh
	scripts/build-web.sh check

## The pages in a real browser, on a server of their own; screenshots go to web/build/shots.
web-test: build
	scripts/test-web.sh

## Set up what is missing, build, run every test of the small tier.
test: build-tests
	@scripts/test.sh

## All of CI.
check: lint test docs deploy-check

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	@for script in scripts/*.sh .ci/run; do bash -n $$script || exit 1; done
	@scripts/setup-web.sh
	@scripts/build-web.sh lint

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

## Documents against the code; also a part of `make test`.
docs: build-tests
	$(TEST) --filter DocumentTests

## What runs only elsewhere, checked without running it: image, compose file, manifests, CI, topics.
deploy-check: setup
	scripts/check-deploy.sh

## Every figure beside the limit it is held against, measured in the same run.
bench: build
	scripts/bench.sh

## The reliability tests at full size; writes its figures to docs/reliability.md.
soak: build-tests
	scripts/soak.sh

## The cluster killed, stopped and cut off, and the judges of it; WAYBILL_SOAK=1 for the full size, WAYBILL_SEED to repeat.
chaos: build-tests
	@scripts/setup-kafka.sh
	$(TEST) --filter 'ClusterTests|ClusterJudgeTests|SimulatedGroupTests'

## The tests that need Kafka, against Apache Kafka itself. Needs Docker.
test-apache-kafka: build-tests
	scripts/test-apache-kafka.sh

build: setup
	$(SWIFT) build -c release --product waybill

build-tests: setup
	$(SWIFT) build -c release --build-tests

setup:
	@scripts/setup.sh

clean:
	rm -rf .build Benchmarks/.build web/dist web/build web/node_modules web/.venv
