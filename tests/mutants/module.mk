# Small breaks of the code that the fast tests should notice (tests/mutants/README.md).
# Not part of `make check`.
MUTANTS      ?= --count 8
MUTANT_TESTS := $(UNIT_TESTS) $(POLICY_RUN) $(POLICY_RANDOM) $(CMD_RUN)

mutants: ## small breaks of the code that fast tests should notice (root; MUTANTS="--folder common")
	$(Q)PYTHONDONTWRITEBYTECODE=1 tests/mutants/run.py --make "$(MAKE) --no-print-directory" \
		--programs "$(NSS_SO) $(PAM_SO) $(RBACCTL)" $(MUTANTS) $(MUTANT_TESTS)

.PHONY: mutants
