# Hosts, disks, users and machines that misbehave. Each test is a program; without root it says
# that it is left out. `make fault-short` is part of `make check`; the long forms (RBAC_FAULT_LONG)
# are part of `make soak`.
FAULT_KINDS   := stop host data user
FAULT_SRC     := $(sort $(wildcard $(FAULT_KINDS:%=tests/fault/%_*.c)))
FAULT_TESTS   := $(FAULT_SRC:%.c=$(B)/%)
FAULT_KIT_OBJ := $(patsubst %,$(B)/tests/fault/%.o,\
	kit stage site acts acts_prepare tracer disk disk_leave host gate)

$(FAULT_TESTS): %: %.o $(FAULT_KIT_OBJ) $(COMMON_OBJ) $(MAKE_VIEW_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -rdynamic -o $@ $^ -lcmocka -llmdb -lpthread -ldl -lpam

# In front of the C library's malloc and others, in these alone.
$(B)/tests/fault/host_starved $(B)/tests/fault/user_starved: $(B)/tests/fault/starve.o

# What a host exports under our names (host_strange.c).
$(B)/tests/fault/trap.so: $(B)/tests/fault/trap.o
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared $(LDFLAGS) -o $@ $^
# The linker warns that a static program loads the C library that it was built with: here it must.
$(B)/tests/fault/static_pie: $(B)/tests/fault/static_pie.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -static-pie $(LDFLAGS) -o $@ $^ 2>$@.said || \
		{ cat $@.said >&2; exit 1; }
$(B)/tests/fault/host_strange: | $(B)/tests/fault/trap.so $(if $(SAN),,$(B)/tests/fault/static_pie)

# As many at once as there are processors, the longest first; what each says is kept together. Each
# has mounts of its own.
define run_faults
$(Q)printf '%s\n' $(filter %/stop_%,$(1)) $(filter-out %/stop_%,$(1)) | xargs -P "$$(nproc)" -I{} \
	sh -c '"{}" >"{}.said" 2>&1; status=$$?; cat "{}.said"; exit $$status'
endef

fault-short: all $(FAULT_TESTS) ## machines, data and users that misbehave, the short form (root)
	$(call run_faults,$(FAULT_TESTS))

# What a sanitizer can watch (SAN=). The other tests need the C library's malloc, or a tracer, or
# all threads for themselves.
FAULT_SRC_address := $(filter-out %_starved.c,\
	$(filter tests/fault/host_%.c tests/fault/data_%.c tests/fault/user_%.c,$(FAULT_SRC)))
FAULT_SRC_thread  := tests/fault/host_threads.c
FAULT_WATCHED     := $(FAULT_SRC_$(firstword $(subst $(comma), ,$(SAN))):%.c=$(B)/%)

fault-watched: all $(FAULT_WATCHED) ## those of them that a sanitizer can watch (SAN=)
	$(call run_faults,$(FAULT_WATCHED))

memory: all all-units $(FAULT_TESTS) ## unit tests, modules and commands under valgrind (root)
	@tests/memory.sh $(B)

fault-long: export RBAC_FAULT_LONG := 1
fault-long: all all-units $(FAULT_TESTS)
	$(call run_faults,$(FAULT_TESTS))

# Go and a JDK are installed here: too much for `make check`, which runs their tests where they are.
soak: fault-long ## the long forms: hours (root); RBAC_FUZZ_SECONDS= for each harness
	$(Q)tests/setup.sh soak
	$(Q)RBAC_LOGINS=200 $(MAKE) --no-print-directory system T='crowd languages'
	@tests/memory.sh $(B) long
	$(Q)RBAC_FAULT_LONG=1 $(MAKE) --no-print-directory SAN=address,undefined fault-watched
	$(Q)RBAC_FAULT_LONG=1 $(MAKE) --no-print-directory SAN=thread fault-watched
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=$${RBAC_FUZZ_SECONDS:-3600}

.PHONY: fault-short fault-watched fault-long memory soak
