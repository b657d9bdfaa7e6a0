# Unit tests: tests/unit/<room>/test_NAME.c, each a program, linked with the objects of the rooms
# that it may see.
TEST_COMMON_SRC := $(wildcard tests/unit/common/test_*.c)
TEST_MODEL_SRC := $(wildcard tests/unit/model/test_*.c)
TEST_FLEET_SRC := $(wildcard tests/unit/fleet/test_*.c)
TEST_FOLLOW_SRC := $(wildcard tests/unit/follow/test_*.c)
TEST_ADMIN_SRC  := $(wildcard tests/unit/rbacctl/test_*.c)
TEST_NSS_SRC    := $(wildcard tests/unit/nss/test_*.c)
TEST_PAM_SRC    := $(filter-out %/test_report.c,$(wildcard tests/unit/pam/test_*.c))
# Views are written by the 64-bit liblmdb, also for 32-bit tests (tests/arch/README.md).
LMDB_LIB    := $(if $(filter 64,$(WORD_BITS)),-llmdb,$(B)/tests/arch/remote_lmdb.o)
TEST_COMMON := $(TEST_COMMON_SRC:%.c=$(B)/%)
TEST_MODEL := $(TEST_MODEL_SRC:%.c=$(B)/%)
TEST_FLEET := $(TEST_FLEET_SRC:%.c=$(B)/%)
TEST_FOLLOW := $(TEST_FOLLOW_SRC:%.c=$(B)/%)
TEST_ADMIN  := $(TEST_ADMIN_SRC:%.c=$(B)/%)
TEST_NSS    := $(TEST_NSS_SRC:%.c=$(B)/%)
TEST_PAM    := $(TEST_PAM_SRC:%.c=$(B)/%)
# Files of the modules that their other tests replace, each tested alone; and what the gate says.
TEST_ALONE  := $(patsubst %,$(B)/tests/unit/%,machine/test_nss_view_path \
	machine/test_pam_view_path machine/test_identity machine/test_group_file pam/test_report)
UNIT_TESTS  := $(TEST_COMMON) $(TEST_NSS) $(TEST_PAM) $(TEST_ALONE) $(TEST_MODEL) $(TEST_FLEET) \
	$(TEST_FOLLOW) \
	$(TEST_ADMIN)
MODEL_OBJ  := $(filter $(B)/rbacctl/model/% $(B)/rbacctl/config/% \
	$(patsubst %,$(B)/rbacctl/%.o,lookup command plain_text print_problems buf files), \
	$(RBACCTL_OBJ))
# Sheets are pure: their tests are linked with little else.
FLEET_OBJ  := $(filter $(B)/rbacctl/fleet/%,$(RBACCTL_OBJ)) $(B)/rbacctl/buf.o $(B)/common/name.o
INCLUDES_tests = $(INCLUDES_rbacctl)
# Writes a view for a test to read.
MAKE_VIEW_OBJ := $(B)/tests/unit/make_view.o \
	$(patsubst %,$(B)/rbacctl/%.o,view/encode buf lookup)

$(TEST_COMMON): %: %.o $(COMMON_OBJ) $(MAKE_VIEW_OBJ) $(filter %.o,$(LMDB_LIB))
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(filter -l%,$(LMDB_LIB)) -lpthread
# The modules without view_path.c and identity.c: the test says which view is read, and who is
# in passwd.
$(TEST_NSS): %: %.o $(filter-out %/view_path.o,$(NSS_OBJ)) $(COMMON_OBJ) $(MAKE_VIEW_OBJ) \
		$(filter %.o,$(LMDB_LIB))
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(filter -l%,$(LMDB_LIB)) -lpthread
$(TEST_PAM): %: %.o $(filter-out %/view_path.o %/identity.o,$(PAM_OBJ)) $(COMMON_OBJ) \
		$(MAKE_VIEW_OBJ) $(filter %.o,$(LMDB_LIB))
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(filter -l%,$(LMDB_LIB))
# It reads the datagrams of pam_rbac.
$(B)/tests/unit/pam/test_exempt: private LDFLAGS += -Wl,--wrap=sendto
$(B)/tests/unit/machine/test_nss_view_path: $(B)/nss_rbac/view_path.o
$(B)/tests/unit/machine/test_pam_view_path: $(B)/pam_rbac/view_path.o
$(B)/tests/unit/machine/test_identity: $(B)/pam_rbac/identity.o
$(B)/tests/unit/machine/test_group_file: $(B)/rbacctl/host/nss/group_file.o
# It counts how often a line is parsed.
$(B)/tests/unit/machine/test_group_file: private LDFLAGS += -Wl,--wrap=fgetgrent_r
$(B)/tests/unit/pam/test_report: $(B)/pam_rbac/report.o $(B)/pam_rbac/text.o $(COMMON_OBJ)
$(TEST_ALONE): %: %.o
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka
$(TEST_MODEL): %: %.o $(MODEL_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka -lconfig -lsodium
$(TEST_FLEET): %: %.o $(FLEET_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka -lsodium
$(TEST_FOLLOW): %: %.o $(patsubst %,$(B)/rbac_follow/%.o,sync inbox names conf) $(FOLLOW_ROOMS)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(FOLLOW_LIBS)
# A host in a temporary folder, and a passwd of its own.
LAB_OBJ := $(B)/tests/policy/lab.o $(B)/tests/policy/passwd.o
# It counts how often a policy is loaded.
$(B)/tests/unit/rbacctl/test_loads: LDFLAGS += -Wl,--wrap=policy_load
# It asks libpam as well.
$(B)/tests/unit/rbacctl/test_pam_stack: TEST_LIBS := -lpam
$(TEST_ADMIN): %: %.o $(LAB_OBJ) $(RBACCTL_LIB_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(TEST_LIBS) $(RBACCTL_LIBS)

# Policies, assignments and requests as data (tests/policy/README.md), and random ones compared
# with a plain evaluator.
POLICY_CASES  := $(sort $(wildcard tests/policy/cases/*.case))
POLICY_RUN    := $(B)/tests/policy/run
POLICY_RANDOM := $(B)/tests/policy/random
$(POLICY_RUN): $(patsubst %,$(B)/tests/policy/%.o,run people acts ask)
$(POLICY_RANDOM): $(patsubst %,$(B)/tests/policy/%.o,random random_rules world world_text plain)
$(POLICY_RUN) $(POLICY_RANDOM): $(LAB_OBJ) $(RBACCTL_LIB_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ $(RBACCTL_LIBS)

# A store belongs to root. For an ordinary user fakeroot(1) makes the user's own files look so.
AS_ROOT = $(if $(filter 0,$(shell id -u)),,fakeroot)

policy-cases: $(POLICY_RUN) ## policy cases as data
	$(Q)$(AS_ROOT) $(POLICY_RUN) $(POLICY_CASES)
policy-random: $(POLICY_RANDOM) ## random policies and an evaluator (RBAC_RANDOM_COUNT=, _SEED=)
	$(Q)$(AS_ROOT) $(POLICY_RANDOM)
.PHONY: policy-cases policy-random

unit: $(UNIT_TESTS) ## unit tests (cmocka)
	$(Q)for t in $(filter-out $(TEST_ADMIN),$(UNIT_TESTS)); do $$t || failed=1; done; \
	for t in $(TEST_ADMIN); do $(AS_ROOT) $$t || failed=1; done; exit $${failed:-0}

.PHONY: unit
include tests/check.mk
include tests/audit/module.mk
include tests/bench/module.mk
include tests/fault/module.mk
include tests/fuzz/module.mk
include tests/arch/module.mk
include tests/builds/module.mk
include tests/cmd/module.mk
include tests/mutants/module.mk
include tests/packages/module.mk
