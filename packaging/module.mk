DOCS  := README.md CHANGELOG.md SECURITY.md LICENSE \
	$(wildcard docs/*.md docs/*.png docs/*/*.md)
UNITS := $(notdir $(sort $(wildcard packaging/systemd/*)))

install-docs:
	$(Q)$(INSTALL) -D -m 0644 conf/rbac.conf.5 "$(DESTDIR)$(mandir)/man5/rbac.conf.5"
	$(Q)$(INSTALL) -D -m 0644 docs/rbac.7 "$(DESTDIR)$(mandir)/man7/rbac.7"
	$(Q)for f in $(DOCS); do \
		$(INSTALL) -D -m 0644 $$f "$(DESTDIR)$(docdir)/$${f#docs/}" || exit 1; done

# Where the paths stand in a file.
SED_PATHS = sed -e 's|@BINDIR@|$(bindir)|g; s|@STATE@|$(RBAC_STATE)|g; s|@ETC@|$(RBAC_ETC)|g; \
	s|@SOCKET@|$(RBAC_SOCKET)|g; s|@EXEMPT@|$(RBAC_EXEMPT)|g'
define install_with_paths
	$(Q)$(INSTALL) -d -m 0755 "$(DESTDIR)$(2)"
	$(Q)for f in $(1); do $(SED_PATHS) $$f >"$(DESTDIR)$(2)/$${f##*/}" && \
		chmod 0644 "$(DESTDIR)$(2)/$${f##*/}" || exit 1; done
endef

# The units are installed but not enabled: the administrator runs systemctl enable.
install-units:
	$(call install_with_paths,$(UNITS:%=packaging/systemd/%),$(unitdir))
	$(call install_with_paths,packaging/tmpfiles.d/rbac.conf,$(tmpfilesdir))
	$(call install_with_paths,packaging/sysusers.d/rbac-follow.conf,$(sysusersdir))

# AppArmor's file goes where its abstractions include it; that of SELinux is for semodule.
install-mandatory:
	$(call install_with_paths,packaging/apparmor/rbac,$(apparmordir))
	$(call install_with_paths,packaging/selinux/rbac.cil,$(selinuxdir))

# They ask rbacctl itself, so they fit to it whatever its version.
install-completion:
	$(Q)$(INSTALL) -D -m 0644 packaging/completion/rbacctl.bash \
		"$(DESTDIR)$(bashdir)/rbacctl"
	$(Q)$(INSTALL) -D -m 0644 packaging/completion/_rbacctl "$(DESTDIR)$(zshdir)/_rbacctl"
	$(Q)$(INSTALL) -D -m 0644 packaging/completion/rbacctl.fish \
		"$(DESTDIR)$(fishdir)/rbacctl.fish"

deb: ## build the Debian packages into build/deb (no root needed)
	packaging/deb.sh build/deb

rpm: ## build the RPM packages into build/rpm
	packaging/rpm.sh build/rpm

docs-check: $(RBACCTL) ## manuals, --help, what pages and comments name, tests of each file
	@tests/docs/check.sh $(RBACCTL)
	@tests/docs/references.py
	@tests/docs/coverage.py
	@tests/docs/findings.py
	@tests/docs/json_keys.py
	@tests/docs/contrast.py

.PHONY: install-docs install-units install-completion install-mandatory deb rpm docs-check
