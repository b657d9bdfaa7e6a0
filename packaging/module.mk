UNITS := rbac-publish.service rbac-publish.path rbacctl.socket rbacctl.service

install-docs:
	$(Q)$(INSTALL) -D -m 0644 conf/rbac.conf.5 $(DESTDIR)$(mandir)/man5/rbac.conf.5
	$(Q)for f in README.md CHANGELOG.md LICENSE docs/design.md docs/format.md; do \
		$(INSTALL) -D -m 0644 $$f $(DESTDIR)$(docdir)/$${f##*/} || exit 1; done

# The units are installed but not enabled: the administrator or a package runs systemctl enable.
install-units:
	$(Q)$(INSTALL) -d -m 0755 $(DESTDIR)$(unitdir)
	$(Q)for u in $(UNITS); do \
		sed -e 's|@SBINDIR@|$(sbindir)|g; s|@STATE@|$(RBAC_STATE)|g' \
			-e 's|@SOCKET@|$(RBAC_SOCKET)|g' \
			packaging/systemd/$$u >$(DESTDIR)$(unitdir)/$$u && \
			chmod 0644 $(DESTDIR)$(unitdir)/$$u || exit 1; done

docs-check: $(RBACCTL) ## manuals, --help, what pages and comments name, tests of each file
	@tests/docs/check.sh $(RBACCTL)
	@tests/docs/references.py
	@tests/docs/coverage.py
	@tests/docs/json_keys.py

.PHONY: install-docs install-units docs-check
