# Other compilers and flags than the defaults (tests/builds/README.md).
check-builds: ## the modules and rbacctl by gcc and clang with other flags (BUILD=gcc-flto-auto)
	@tests/builds/run.sh $(BUILD)
check-builds-short:
	@tests/builds/run.sh short

.PHONY: check-builds check-builds-short
