RBACCTL_ROOMS := model config host fleet carrier store view access change serve cmd
RBACCTL_SRC := $(wildcard rbacctl/*.c $(RBACCTL_ROOMS:%=rbacctl/%/*.c) \
	$(RBACCTL_ROOMS:%=rbacctl/%/*/*.c))
RBACCTL_OBJ := $(RBACCTL_SRC:%.c=$(B)/%.o)
RBACCTL     := $(B)/bin/rbacctl
RBACCTL_PKG := libconfig smartcols libsodium jansson
# Events for auditd, where libaudit is there to build with; RBAC_AUDIT= leaves them out.
RBAC_AUDIT ?= $(shell $(PKG_CONFIG) --exists audit 2>/dev/null && echo audit)
RBACCTL_PKG += $(RBAC_AUDIT)
# liblmdb has a lmdb.pc on Debian 12; where there is none, -llmdb is right.
RBACCTL_LIBS = $(shell $(PKG_CONFIG) --libs $(RBACCTL_PKG)) \
	$(shell $(PKG_CONFIG) --libs lmdb 2>/dev/null || echo -llmdb)
# All of rbacctl but its main: what the unit tests link.
RBACCTL_LIB_OBJ := $(filter-out $(B)/rbacctl/main.o,$(RBACCTL_OBJ))
INCLUDES_rbacctl = $(shell $(PKG_CONFIG) --cflags $(RBACCTL_PKG)) \
	$(RBAC_AUDIT:audit=-DRBAC_HAVE_AUDIT)

$(RBACCTL): $(RBACCTL_OBJ) $(COMMON_OBJ)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -pie $(LINKHARD) $(LDFLAGS) -o $@ $(RBACCTL_OBJ) $(COMMON_OBJ) $(RBACCTL_LIBS)

install-rbacctl: $(RBACCTL)
	$(Q)$(INSTALL) -D -m 0755 $(RBACCTL) "$(DESTDIR)$(bindir)/rbacctl"
	$(Q)$(INSTALL) -D -m 0644 rbacctl/rbacctl.8 "$(DESTDIR)$(mandir)/man8/rbacctl.8"
	$(Q)$(INSTALL) -d -m 0755 "$(DESTDIR)$(RBAC_STATE)"

.PHONY: install-rbacctl
