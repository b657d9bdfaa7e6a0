# Set-up, the system tests' own programs, `make check` and `make demo`.  pkg-config is asked when
# a recipe runs, so the set-up runs first and the rest is another make.
SYSTEM_TOOL_SRC := $(wildcard tests/system/tools/*.c)
SYSTEM_TOOLS    := $(SYSTEM_TOOL_SRC:%.c=$(B)/%)
# tests/bench/module.mk links it.
FOLLOWERS_BENCH := $(B)/tests/bench/fleet_followers
THREAD_TESTS    := $(filter %threads,$(UNIT_TESTS))

$(B)/tests/system/tools/account: private TOOL_LIBS := -lpam
$(B)/tests/system/tools/newer_view: $(COMMON_OBJ)
$(B)/tests/system/tools/stricter: private TOOL_LIBS = $(RBACCTL_LIBS)
$(B)/tests/system/tools/stricter: $(RBACCTL_LIB_OBJ) $(COMMON_OBJ)
$(B)/tests/system/tools/peer: private TOOL_LIBS = $(RBACCTL_LIBS)
$(B)/tests/system/tools/peer: $(RBACCTL_LIB_OBJ) $(COMMON_OBJ)
$(B)/tests/system/tools/nss_names: private TOOL_LIBS := -shared -Wl,-soname,libnss_names.so.2
$(B)/tests/system/tools/nss_asked: private TOOL_LIBS := -shared -Wl,-soname,libnss_asked.so.2
$(SYSTEM_TOOLS): %: %.o
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

setup: ## install what building and testing need (apt)
	@tests/setup.sh

check: ## everything: set-up, build, all tests, all linters
	@tests/setup.sh
	@tests/check.sh

check-user: ## what needs no root and no mount: build, unit tests, policy and command cases, linters
	@$(MAKE) --no-print-directory -j2 WERROR=-Werror all-tests
	@$(MAKE) --no-print-directory unit policy-cases cmd-cases format-check lint docs-check

lint: ## cppcheck, shellcheck, mandoc
	@tests/lint.sh

format: ## write C as .clang-format has it
	@tests/format.sh write

format-check: ## compare C with .clang-format, and lines with 100 columns
	@tests/format.sh check

demo: ## the main job, shown on a disposable host with a real sshd
	@tests/setup.sh demo
	@$(MAKE) --no-print-directory -s -j2 all $(SYSTEM_TOOLS)
	@tests/demo/demo.sh $(B)

demo-fleet: ## a fleet shown: an authority, a slapd and three hosts on a disposable host
	@tests/setup.sh demo
	@$(MAKE) --no-print-directory -s -j2 all $(SYSTEM_TOOLS)
	@tests/demo/fleet.sh $(B)

fleet-hosts: all $(SYSTEM_TOOLS) ## a hundred members, a thousand changes (FLEET_HOSTS=)
	@FLEET_HOSTS=$${FLEET_HOSTS:-100} FLEET_CHANGES=$${FLEET_CHANGES:-1000} \
		tests/system/host $(B) bats --tap tests/system/fleet_hosts.bats

fleet-followers: all $(SYSTEM_TOOLS) $(FOLLOWERS_BENCH) ## time to 10,000 (FLEET_FOLLOWERS=)
	@FLEET_FOLLOWERS=$${FLEET_FOLLOWERS:-10000} FLEET_ROUNDS=$${FLEET_ROUNDS:-10} \
		tests/system/host $(B) bats --tap tests/system/fleet_followers.bats

fleet-first: all $(SYSTEM_TOOLS) ## time to the first view with 10,000 roles (FLEET_ASSIGNMENTS=)
	@FLEET_ASSIGNMENTS=$${FLEET_ASSIGNMENTS:-10000} \
		tests/system/host $(B) bats --tap tests/system/fleet_first.bats

link-check: all ## what the objects need and export
	@tests/link/check.sh $(B)

system: $(FOLLOWERS_BENCH)
system: all $(SYSTEM_TOOLS) ## real glibc, PAM, sshd on disposable hosts; T=name for one file
	@tests/system/run.sh $(B) $(T)

unit-threads: $(THREAD_TESTS)
	$(Q)for t in $(THREAD_TESTS); do $$t || failed=1; done; exit $${failed:-0}

all-tests: all all-units $(SYSTEM_TOOLS)
all-units: $(UNIT_TESTS) $(POLICY_RUN) $(POLICY_RANDOM)
all-threads: $(THREAD_TESTS)

.PHONY: setup check check-user lint format format-check demo demo-fleet link-check system
.PHONY: unit-threads fleet-hosts fleet-followers fleet-first
.PHONY: all-tests all-units all-threads
