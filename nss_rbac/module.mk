NSS_SRC := $(wildcard nss_rbac/*.c)
NSS_OBJ := $(NSS_SRC:%.c=$(B)/%.o)
NSS_SO  := $(B)/libnss_rbac.so.2

# One segment for code and constants saves two mappings and two page faults in every process of
# the machine (docs/performance.md).
NSS_LAYOUT := -Wl,-z,noseparate-code

$(NSS_SO): $(NSS_OBJ) $(COMMON_OBJ) nss_rbac/nss_rbac.map
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libnss_rbac.so.2 \
		-Wl,--version-script=nss_rbac/nss_rbac.map \
		$(LINKHARD) $(NSS_LAYOUT) $(LDFLAGS) -o $@ $(NSS_OBJ) $(COMMON_OBJ)

install-nss: $(NSS_SO)
	$(Q)$(INSTALL) -D -m 0644 $(NSS_SO) "$(DESTDIR)$(libdir)/libnss_rbac.so.2"
	$(Q)$(INSTALL) -D -m 0644 nss_rbac/nss_rbac.8 "$(DESTDIR)$(mandir)/man8/nss_rbac.8"
	$(Q)echo '.so man8/nss_rbac.8' >"$(DESTDIR)$(mandir)/man8/libnss_rbac.so.2.8"
	$(Q)chmod 0644 "$(DESTDIR)$(mandir)/man8/libnss_rbac.so.2.8"

.PHONY: install-nss
