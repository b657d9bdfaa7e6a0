FOLLOW_SRC := $(wildcard rbac_follow/*.c)
FOLLOW_OBJ := $(FOLLOW_SRC:%.c=$(B)/%.o)
FOLLOW     := $(B)/bin/rbac-follow
# libldap has pkg-config files on Debian 12; libldap2 of other systems has not.
FOLLOW_LIBS = -lldap -llber $(shell $(PKG_CONFIG) --libs libconfig libsodium)
# Of rbacctl only what is pure, and the folder.
FOLLOW_ROOMS = $(filter $(B)/rbacctl/fleet/% $(B)/rbacctl/carrier/folder.o \
	$(B)/rbacctl/carrier/chunk_set.o $(B)/rbacctl/buf.o $(B)/rbacctl/files.o \
	$(B)/rbacctl/plain_text.o,$(RBACCTL_OBJ)) \
	$(B)/common/name.o $(B)/common/error.o
INCLUDES_rbac_follow = $(shell $(PKG_CONFIG) --cflags libconfig libsodium)

$(FOLLOW): $(FOLLOW_OBJ) $(FOLLOW_ROOMS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -pie $(LINKHARD) $(LDFLAGS) -o $@ $^ $(FOLLOW_LIBS)

install-follow: $(FOLLOW)
	$(Q)$(INSTALL) -D -m 0755 $(FOLLOW) "$(DESTDIR)$(bindir)/rbac-follow"
	$(Q)$(INSTALL) -D -m 0644 rbac_follow/rbac-follow.8 "$(DESTDIR)$(mandir)/man8/rbac-follow.8"

.PHONY: install-follow
