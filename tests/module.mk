# Unit tests: tests/unit/<room>/test_NAME.c, each a program of its own, linked with the objects of the rooms it may see.
TEST_COMMON_SRC := $(wildcard tests/unit/common/test_*.c)
TEST_POLICY_SRC := $(wildcard tests/unit/policy/test_*.c)
TEST_ADMIN_SRC  := $(wildcard tests/unit/rbacctl/test_*.c)
TEST_NSS_SRC    := $(wildcard tests/unit/nss/test_*.c)
TEST_PAM_SRC    := $(wildcard tests/unit/pam/test_*.c)
TEST_COMMON := $(TEST_COMMON_SRC:%.c=$(B)/%)
TEST_POLICY := $(TEST_POLICY_SRC:%.c=$(B)/%)
TEST_ADMIN  := $(TEST_ADMIN_SRC:%.c=$(B)/%)
TEST_NSS    := $(TEST_NSS_SRC:%.c=$(B)/%)
TEST_PAM    := $(TEST_PAM_SRC:%.c=$(B)/%)
UNIT_TESTS  := $(TEST_COMMON) $(TEST_NSS) $(TEST_PAM) $(TEST_POLICY) $(TEST_ADMIN)
POLICY_OBJ  := $(filter $(B)/rbacctl/policy/%,$(RBACCTL_OBJ))
INCLUDES_tests = $(INCLUDES_rbacctl)
# Writes a view for a test to read.
MAKE_VIEW_OBJ := $(B)/tests/unit/make_view.o $(B)/rbacctl/publish/encode.o $(B)/rbacctl/buf.o

$(TEST_COMMON): %: %.o $(COMMON_OBJ) $(MAKE_VIEW_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -llmdb -lpthread
# The modules without their where.c: the test says where the view is (and who is in passwd).
$(TEST_NSS): %: %.o $(filter-out %/where.o,$(NSS_OBJ)) $(COMMON_OBJ) $(MAKE_VIEW_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -llmdb -lpthread
$(TEST_PAM): %: %.o $(filter-out %/where.o,$(PAM_OBJ)) $(COMMON_OBJ) $(MAKE_VIEW_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -llmdb
$(TEST_POLICY): %: %.o $(POLICY_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka -lconfig
$(TEST_ADMIN): %: %.o $(RBACCTL_LIB_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(RBACCTL_LIBS)

unit: $(UNIT_TESTS) ## unit tests (cmocka)
	$(Q)for t in $(UNIT_TESTS); do $$t || exit 1; done

.PHONY: unit
include tests/check.mk
