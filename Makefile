# The usual words over CMake. What is missing on a fresh machine is installed by tools/bootstrap.
BUILD ?= build/release
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
CMAKE_FLAGS ?=
CMAKE = cmake -S . -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX) $(CMAKE_FLAGS)

.PHONY: all test demo demo-python bench bench-peers bench-check install clean format check-format check ci bootstrap-%

all: bootstrap-build
	@$(CMAKE) -DSOKUJI_TESTS=OFF >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS)

# Unit tests, every operation, examples, the Python package and the installation; ends with "N passed, N failed".
test: bootstrap-test
	@$(CMAKE) -DSOKUJI_TESTS=ON >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS) all
	@"$$(tools/bootstrap test)" tools/run-tests $(BUILD)

demo: bootstrap-demo
	@$(CMAKE) -DSOKUJI_TESTS=OFF >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS) >/dev/null
	@tools/demo $(BUILD)

# Installs the Python package into build/demo-python and runs two unmodified TensorFlow programs on it; PEERS as below.
demo-python: bootstrap-python
	@$(CMAKE) -DSOKUJI_TESTS=OFF >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS) sokuji >/dev/null
	@tools/install-python $(BUILD) build/demo-python "$$(tools/bootstrap python)"
	@"$$(tools/bootstrap python)" tools/demo-python build/demo-python

# Times of everything, a quarter of an hour; with PEERS=FOLDER (as bench-peers makes it) the same work on the peers in alternation.
bench: bootstrap-test
	@$(CMAKE) >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS) all bench >/dev/null
	@tools/install-python $(BUILD) $(BUILD)/python "$$(tools/bootstrap test)"
	@"$$(tools/bootstrap test)" bench/run.py $(BUILD) $(TURNS)

# The virtual environments of TensorFlow, PyTorch, JAX and NumPy, outside of the repository: PEERS=FOLDER.
bench-peers:
	@bench/make-peers "$(PEERS)"

# Instructions of dispatch, iris epochs and kernels against bench/baseline.json; UPDATE=--update records it anew.
bench-check: bootstrap-check
	@$(CMAKE) >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS) all bench >/dev/null
	@tools/install-python $(BUILD) $(BUILD)/python "$$(tools/bootstrap check)"
	@"$$(tools/bootstrap check)" bench/check.py $(BUILD) $(UPDATE)

install: bootstrap-build
	@$(CMAKE) -DSOKUJI_TESTS=OFF >/dev/null
	@$(MAKE) --no-print-directory -C $(BUILD) -j$(JOBS)
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	rm -rf build

format:
	@tools/check-format --fix

check-format:
	@tools/check-format

# Everything that needs no running: layers, sizes, symbols, format, words.
check: all
	@tools/check-layers
	@tools/check-size $(BUILD)
	@tools/check-symbols $(BUILD)
	@tools/check-format
	@tools/check-words

ci:
	@.ci/run

bootstrap-%:
	@tools/bootstrap $* >/dev/null
