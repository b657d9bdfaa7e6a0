# Hosts, disks, users and machines that misbehave. Each test is a program of its own; without root it says that it is left out.
# `make fault-short` is part of `make check`; the long forms (RBAC_FAULT_LONG) are part of `make soak`.
FAULT_SRC     := $(sort $(wildcard tests/fault/stop_*.c tests/fault/host_*.c tests/fault/data_*.c tests/fault/user_*.c))
FAULT_TESTS   := $(FAULT_SRC:%.c=$(B)/%)
FAULT_KIT_OBJ := $(patsubst %,$(B)/tests/fault/%.o,kit stage site acts tracer disk host)

$(FAULT_TESTS): %: %.o $(FAULT_KIT_OBJ) $(COMMON_OBJ) $(MAKE_VIEW_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -rdynamic -o $@ $^ -lcmocka -llmdb -lpthread -ldl -lpam

# What a host exports under our names (host_strange.c).
$(B)/tests/fault/trap.so: $(B)/tests/fault/trap.o
	$(call say,LINK,$@)
	$(Q)$(CC) -shared $(SANFLAGS) $(LDFLAGS) -o $@ $^
$(B)/tests/fault/host_strange: | $(B)/tests/fault/trap.so

fault-short: all $(FAULT_TESTS) ## hosts, data, users and machines that misbehave, the short form (root)
	$(Q)for t in $(FAULT_TESTS); do $$t || exit 1; done

fault-long: all $(FAULT_TESTS)
	$(Q)for t in $(FAULT_TESTS); do RBAC_FAULT_LONG=1 $$t || exit 1; done

# Go and a JDK are installed here: too much for `make check`, which runs their tests where they are.
soak: fault-long ## the long forms: hours (root); RBAC_FUZZ_SECONDS= for each harness
	$(Q)tests/setup.sh soak
	$(Q)RBAC_LOGINS=200 $(MAKE) --no-print-directory system T='crowd languages'
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=$${RBAC_FUZZ_SECONDS:-3600}

.PHONY: fault-short fault-long soak
