# rbac: roles for Linux logins and groups.  One makefile; each folder says in its module.mk what it holds.
# `make help` lists the targets.

VERSION      := 0.1.0
prefix       ?= /usr
sysconfdir   ?= /etc
localstatedir ?= /var
ifeq ($(origin CC),default)
CC := gcc
endif
DEB_MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
libdir       ?= $(prefix)/lib$(if $(DEB_MULTIARCH),/$(DEB_MULTIARCH))
pamdir       ?= $(libdir)/security
sbindir      ?= $(prefix)/sbin
mandir       ?= $(prefix)/share/man
datadir      ?= $(prefix)/share/rbac
docdir       ?= $(prefix)/share/doc/rbac
unitdir      ?= $(prefix)/lib/systemd/system
INSTALL      ?= install

# The modules' paths are fixed when they are built (docs/design.md); rbacctl's are defaults.
RBAC_ETC     ?= $(sysconfdir)/rbac
RBAC_STATE   ?= $(localstatedir)/lib/rbac

SAN          ?=
comma        := ,
B            := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))

WARN  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARD  := -fstack-protector-strong -fno-plt -fPIC -fvisibility=hidden
ifeq ($(SAN),)
OPT   ?= -O2
HARD  += -D_FORTIFY_SOURCE=2
LINKHARD := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -Wl,-z,defs
else
OPT   ?= -O1 -fno-omit-frame-pointer
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all
LINKHARD := -Wl,-z,relro,-z,now
endif
CFLAGS_ALL = -std=gnu11 -g $(OPT) $(WARN) $(WERROR) $(HARD) $(SANFLAGS) -I. \
	-DRBAC_VERSION='"$(VERSION)"' -DRBAC_VIEW_PATH='"$(RBAC_STATE)/view/view.mdb"' -DRBAC_STATE_DIR='"$(RBAC_STATE)"' \
	-DRBAC_ETC_DIR='"$(RBAC_ETC)"' -DRBAC_DATA_DIR='"$(datadir)"' $(CPPFLAGS) $(CFLAGS)

ifeq ($(V),1)
Q :=
else
Q := @
endif
say = @$(if $(Q),printf '  %-6s %s\n' $(1) $(2),:)

all: modules tools

include common/module.mk
include nss_rbac/module.mk
include pam_rbac/module.mk
include rbacctl/module.mk
include conf/module.mk
include tests/module.mk
include packaging/module.mk

$(B)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INCLUDES_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

modules: $(NSS_SO) $(PAM_SO) ## build the two modules
tools: $(RBACCTL) ## build rbacctl

install: all install-nss install-pam install-rbacctl install-conf install-docs install-units ## install (DESTDIR, prefix, libdir honoured)

clean: ## remove what was built
	$(Q)rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F '\t' '{printf "  %-16s %s\n", $$1, $$2}'
	@echo '  variables        CC=clang  SAN=address,undefined | thread  V=1  DESTDIR= prefix= libdir= sysconfdir= localstatedir='

.PHONY: all modules tools install clean help
.DEFAULT_GOAL := all
