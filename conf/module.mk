CONF_POLICIES := $(wildcard conf/policies/*.conf)
CONF_SAMPLES  := rbac.conf assignments.conf \
	$(patsubst conf/%,%,$(wildcard conf/samples/* conf/samples/*/*))

# Nothing is installed into /etc/rbac: rbacctl init writes what it needs there, and the rest
# belongs to the administrator.
install-conf:
	$(Q)$(INSTALL) -d -m 0755 "$(DESTDIR)$(RBAC_ETC)"
	$(Q)for f in $(CONF_POLICIES); do \
		$(INSTALL) -D -m 0644 $$f "$(DESTDIR)$(datadir)/policies/$${f##*/}" || exit 1; \
	done
	$(Q)cd conf && for f in $(CONF_SAMPLES); do \
		[ -d $$f ] || $(INSTALL) -D -m 0644 $$f \
			"$(DESTDIR)$(docdir)/examples/$${f#samples/}" || exit 1; \
	done

.PHONY: install-conf
