# What commands print and how they end, as data (tests/cmd/README.md): rbacctl runs on a host that
# the case describes.
CMD_RBACCTL := $(B)/tests/cmd/rbacctl
CMD_RUN     := $(B)/tests/cmd/run

$(CMD_RBACCTL): $(B)/tests/cmd/host.o $(B)/tests/policy/passwd.o $(RBACCTL_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(LDFLAGS) -o $@ $^ $(RBACCTL_LIBS) -ldl

all-units: $(CMD_RBACCTL)

# What `make mutants` runs: it ends with the first command that differs.
$(CMD_RUN): tests/cmd/module.mk $(CMD_RBACCTL)
	$(Q)printf '#!/bin/sh\nPYTHONDONTWRITEBYTECODE=1 exec tests/cmd/run.py --first %s\n' \
		$(CMD_RBACCTL) > $@
	$(Q)chmod +x $@

cmd-cases: $(CMD_RBACCTL) ## commands as data: what they print, how they end
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(AS_ROOT) tests/cmd/run.py $(CMD_RBACCTL) $(CASES)
cmd-update: $(CMD_RBACCTL) ## writes what the commands print now into the cases; read git diff then
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(AS_ROOT) tests/cmd/run.py --update $(CMD_RBACCTL) $(CASES)

.PHONY: cmd-cases cmd-update
