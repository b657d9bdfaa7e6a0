# The bench: the program that measures, the generator of its data, the module that knows nothing,
# the module that only looks up (the floor), a program for a fresh process's first lookup, and many
# followers of a directory.
# tests/bench/run.sh mounts the scratch folders they work in.
BENCH_OTHERS := $(patsubst %,tests/bench/%.c,generate empty floor first no_journal \
	fleet_followers fleet_head)
BENCH_SRC := $(filter-out $(BENCH_OTHERS),$(wildcard tests/bench/*.c))
BENCH_BIN := $(patsubst %,$(B)/tests/bench/%,bench generate first rbacctl-no-journal \
	libnss_empty.so.2 libnss_raw.so.2 fleet_followers)
BENCH     := $(NSS_SO) $(PAM_SO) $(RBACCTL) $(BENCH_BIN) $(B)/tests/system/tools/alone \
	$(B)/tests/system/tools/peer

$(B)/tests/bench/bench: $(BENCH_SRC:%.c=$(B)/%.o) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -llmdb -lpam -ldl -lpthread -lm
GENERATE_VIEW := compare encode erase_old_tree finish output readback
$(B)/tests/bench/generate: $(B)/tests/bench/generate.o \
		$(GENERATE_VIEW:%=$(B)/rbacctl/view/%.o) \
		$(patsubst %,$(B)/rbacctl/%.o,buf files lookup store/lmdb_env store/lmdb_file) \
		$(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -llmdb
# rbacctl but for its journal.
$(B)/tests/bench/rbacctl-no-journal: $(filter-out %/store/journal_note.o,$(RBACCTL_OBJ)) \
		$(B)/tests/bench/no_journal.o $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ $(RBACCTL_LIBS)
$(B)/tests/bench/first: $(B)/tests/bench/first.o
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^
$(B)/tests/bench/libnss_empty.so.2: $(B)/tests/bench/empty.o
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libnss_empty.so.2 $(LINKHARD) $(LDFLAGS) -o $@ $^
$(B)/tests/bench/libnss_raw.so.2: $(B)/tests/bench/floor.o
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libnss_raw.so.2 $(LINKHARD) $(LDFLAGS) -o $@ $^ -llmdb

# Of rbac-follow what a search and its inbox need.
$(B)/tests/bench/fleet_followers: $(patsubst %,$(B)/tests/bench/%.o,fleet_followers fleet_head) \
		$(patsubst %,$(B)/rbac_follow/%.o,conf directory inbox search sync) $(FOLLOW_ROOMS)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ $(FOLLOW_LIBS)

# Built with all that is built, so that it cannot rot; measured by itself.
all-tests: $(BENCH)

bench: $(BENCH) ## figures beside the raw limit and the peers: 1,000 to 100,000 users (root)
	$(Q)BENCH_QUICK=1 tests/bench/run.sh $(B) 1000 10000 100000
bench-full: $(BENCH) ## the same with 1,000,000 users (root)
	$(Q)tests/bench/run.sh $(B) 1000 10000 100000 1000000

.PHONY: bench bench-full
