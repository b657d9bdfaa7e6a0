# The unit tests of the modules as other machines (tests/arch/README.md).
ARCH_TESTS  := $(TEST_COMMON) $(TEST_NSS) $(TEST_PAM)
LMDB_SERVER := $(B)/tests/arch/lmdb_server

$(LMDB_SERVER): $(LMDB_SERVER).o
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -llmdb

arch-units: modules $(ARCH_TESTS)
arch-server: $(LMDB_SERVER)
# Their names, for run.sh.
arch-list:
	@printf '%s\n' $(ARCH_TESTS)

check-arch: ## unit tests of the modules as i386, and in qemu-user as aarch64, s390x (ARCH=i386)
	@tests/setup.sh arch
	@tests/arch/run.sh $(ARCH)

.PHONY: arch-units arch-server arch-list check-arch
