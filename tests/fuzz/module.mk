# Inputs of any kind. `make check` replays the inputs that are kept (fuzz-replay). `make fuzz` looks
# for more with clang's libFuzzer: FUZZ_SECONDS for each harness, or FUZZ_RUNS executions of it
# (FUZZ_SECONDS=0: without a limit of time), and adds what it found to tests/fuzz/corpus.
FUZZ_SECONDS ?= 60
FUZZ_RUNS    ?= 0
FUZZ_JOBS    ?= 1
FUZZ         := view records policy text sheets message
FUZZ_REPLAY  := $(FUZZ:%=$(B)/tests/fuzz/%_replay)
FUZZ_RUN     := $(FUZZ:%=$(B)/tests/fuzz/%_fuzz)
FUZZ_SEED    := $(B)/tests/fuzz/seed

# What each harness is linked with; records.c has a view of its own.
FUZZ_OBJ_view    := $(COMMON_OBJ)
FUZZ_OBJ_records := $(filter-out %/view.o %/view_slots.o %/view_file.o %/view_kept.o \
	%/proof_of_absence.o,$(COMMON_OBJ)) \
	$(filter-out %/view_path.o,$(NSS_OBJ)) $(patsubst %,$(B)/pam_rbac/%.o,report text)
FUZZ_OBJ_policy  := $(COMMON_OBJ) $(MODEL_OBJ)
FUZZ_OBJ_text    := $(COMMON_OBJ) $(MODEL_OBJ) $(patsubst %,$(B)/pam_rbac/%.o,options text)

FUZZ_OBJ_sheets  := $(FLEET_OBJ)
FUZZ_OBJ_message := $(COMMON_OBJ) $(MODEL_OBJ) \
	$(patsubst %,$(B)/rbacctl/%.o,serve/message options plain_text)

define FUZZ_RULES
$(B)/tests/fuzz/$(1)_replay: $(B)/tests/fuzz/$(1).o $(B)/tests/fuzz/replay.o $(FUZZ_OBJ_$(1))
	$$(call say,LINK,$$@)
	$$(Q)$$(LINK) $$(LDFLAGS) -o $$@ $$^ -lconfig -lsodium
$(B)/tests/fuzz/$(1)_fuzz: $(B)/tests/fuzz/$(1).o $(FUZZ_OBJ_$(1))
	$$(call say,LINK,$$@)
	$$(Q)$$(LINK) -fsanitize=fuzzer $$(LDFLAGS) -o $$@ $$^ -lconfig -lsodium
endef
$(foreach f,$(FUZZ),$(eval $(call FUZZ_RULES,$(f))))

$(FUZZ_SEED): $(B)/tests/fuzz/seed.o $(B)/tests/fuzz/seed_sheets.o \
		$(B)/tests/fuzz/seed_messages.o $(B)/rbacctl/serve/message.o \
		$(B)/rbacctl/view/encode.o $(B)/rbacctl/lookup.o \
		$(FLEET_OBJ) $(filter-out %/name.o,$(COMMON_OBJ))
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ -lsodium

fuzz-replay: $(FUZZ_REPLAY) $(FUZZ_SEED) ## every input that fuzzing kept, and the seeds
	$(Q)rm -rf $(B)/fuzz-seeds && mkdir -p $(B)/fuzz-seeds && $(FUZZ_SEED) $(B)/fuzz-seeds
	$(Q)for f in $(FUZZ); do \
		$(B)/tests/fuzz/$${f}_replay $(B)/fuzz-seeds/$$f \
			$$(ls tests/fuzz/corpus/$$f.pack 2>/dev/null) || exit 1; \
	done

fuzz: ## look for inputs that break something (clang, libFuzzer; FUZZ_SECONDS=60 for each harness)
	$(Q)$(MAKE) --no-print-directory CC=clang SAN=address,undefined,fuzzer-no-link fuzz-run

fuzz-run: $(FUZZ_RUN) $(FUZZ_REPLAY) $(FUZZ_SEED)
	$(Q)CC=$(CC) tests/fuzz/run.sh $(B)/tests/fuzz \
		$(FUZZ_SECONDS) $(FUZZ_RUNS) $(FUZZ_JOBS) $(FUZZ)

# What a fleet's carrier brings is the one input of rbacctl that comes from a network.
fuzz-sheets: ## the harness for sheets of a fleet, 50 million executions (hours)
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ=sheets FUZZ_SECONDS=0 FUZZ_RUNS=50000000

# What any user of the host may send to root's listener.
fuzz-message: ## the harness for requests through the socket, 10 million executions (minutes)
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ=message FUZZ_SECONDS=0 FUZZ_RUNS=10000000

.PHONY: fuzz-message fuzz-replay fuzz fuzz-run fuzz-sheets
