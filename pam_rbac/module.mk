PAM_SRC := $(wildcard pam_rbac/*.c)
PAM_OBJ := $(PAM_SRC:%.c=$(B)/%.o)
PAM_SO  := $(B)/pam_rbac.so

# The module stays loaded between the PAM transactions of one process, and so does its view. That
# saves a third of the time of an account stage (docs/performance.md).
PAM_LAYOUT := -Wl,-z,nodelete

$(PAM_SO): $(PAM_OBJ) $(COMMON_OBJ) pam_rbac/pam_rbac.map
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,pam_rbac.so -Wl,--version-script=pam_rbac/pam_rbac.map \
		$(LINKHARD) $(PAM_LAYOUT) $(LDFLAGS) -o $@ $(PAM_OBJ) $(COMMON_OBJ) -lpam

install-pam: $(PAM_SO)
	$(Q)$(INSTALL) -D -m 0644 $(PAM_SO) "$(DESTDIR)$(pamdir)/pam_rbac.so"
	$(Q)$(INSTALL) -D -m 0644 pam_rbac/pam_rbac.8 "$(DESTDIR)$(mandir)/man8/pam_rbac.8"

.PHONY: install-pam
