check-packages: all-tests ## the Debian packages: build, compare, cross, install (STEPS=)
	@tests/setup.sh packages
	@tests/packages/run.sh $(STEPS)

.PHONY: check-packages
