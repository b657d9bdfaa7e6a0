# rbac: roles for Linux logins and groups.  This is the only makefile; each folder lists its
# files in its module.mk.
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
bindir       ?= $(prefix)/bin
mandir       ?= $(prefix)/share/man
datadir      ?= $(prefix)/share/rbac
docdir       ?= $(prefix)/share/doc/rbac
unitdir      ?= $(prefix)/lib/systemd/system
tmpfilesdir  ?= $(prefix)/lib/tmpfiles.d
sysusersdir  ?= $(prefix)/lib/sysusers.d
bashdir      ?= $(prefix)/share/bash-completion/completions
DEBIAN       := $(wildcard /etc/debian_version)
zshdir       ?= $(prefix)/share/zsh/$(if $(DEBIAN),vendor-completions,site-functions)
apparmordir  ?= $(sysconfdir)/apparmor.d/abstractions/nameservice.d
selinuxdir   ?= $(prefix)/share/selinux/packages
fishdir      ?= $(prefix)/share/fish/vendor_completions.d
INSTALL      ?= install

# The modules' paths are fixed when they are built (docs/design.md); rbacctl's are defaults.
RBAC_ETC     ?= $(sysconfdir)/rbac
RBAC_STATE   ?= $(localstatedir)/lib/rbac
RBAC_SOCKET  ?= /run/rbac/rbacctl.sock
RBAC_EXEMPT  ?= /run/rbac/exempt.sock

PKG_CONFIG   ?= pkg-config

SAN          ?=
comma        := ,
empty        :=
space        := $(empty) $(empty)
# CC may have options, as in CC='gcc -m32'.
B            := build/$(subst $(space),,$(notdir $(CC)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))

# LMDB's files differ between word sizes, and the readers read the 64-bit ones: rbacctl, which
# writes them, is for 64-bit machines; the two modules are for all (docs/packaging.md).
PREDEFINED   := $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null
WORD_BITS    := $(if $(shell $(PREDEFINED) | grep -w __LP64__),64,32)

WARN  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARD  := -fstack-protector-strong -fno-plt -fPIC -fvisibility=hidden
# 32-bit machines: inode numbers, file sizes and times of 64 bits (feature_test_macros(7)).
WIDE  := $(if $(filter 32,$(WORD_BITS)),-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
ifeq ($(SAN),)
OPT   ?= -O2
# A level that is set from outside counts; without optimization the C library only warns about it.
ifeq ($(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS))$(filter -O0,$(OPT) $(CFLAGS)),)
HARD  += -D_FORTIFY_SOURCE=2
endif
LINKHARD := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -Wl,-z,defs
else
OPT   ?= -O1 -fno-omit-frame-pointer
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all
LINKHARD := -Wl,-z,relro,-z,now
endif
CFLAGS_ALL = -std=gnu11 -g $(OPT) $(WARN) $(WERROR) $(HARD) $(WIDE) $(SANFLAGS) -I. \
	-DRBAC_VERSION='"$(VERSION)"' -DRBAC_VIEW_PATH='"$(RBAC_STATE)/view/view.mdb"' \
	-DRBAC_STATE_DIR='"$(RBAC_STATE)"' -DRBAC_SOCKET_PATH='"$(RBAC_SOCKET)"' \
	-DRBAC_EXEMPT_PATH='"$(RBAC_EXEMPT)"' \
	-DRBAC_ETC_DIR='"$(RBAC_ETC)"' -DRBAC_DATA_DIR='"$(datadir)"' \
	-DRBAC_PAM_DIR='"$(pamdir)"' -DRBAC_LIB_DIR='"$(libdir)"' $(CPPFLAGS) $(CFLAGS)

ifeq ($(V),1)
Q :=
else
Q := @
endif
say = @$(if $(Q),printf '  %-6s %s\n' $(1) $(2),:)

# What links: CFLAGS too, for -flto and -m32.
LINK = $(CC) $(CFLAGS) $(SANFLAGS)

all: modules $(if $(filter 64,$(WORD_BITS)),tools)

include common/module.mk
include nss_rbac/module.mk
include pam_rbac/module.mk
include rbacctl/module.mk
include rbac_follow/module.mk
include conf/module.mk
include tests/module.mk
include packaging/module.mk

# Paths are fixed when an object is built: other paths or flags than the last time build it anew.
FLAGS_USED = $(filter-out $(WERROR),$(CC) $(CFLAGS_ALL) $(LINKHARD) $(LDFLAGS))
$(B)/flags: export RBAC_FLAGS_USED = $(FLAGS_USED)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@[ "$$RBAC_FLAGS_USED" = "$$(cat $@ 2>/dev/null)" ] || printf '%s\n' "$$RBAC_FLAGS_USED" >$@

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(INCLUDES_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

modules: $(NSS_SO) $(PAM_SO) ## build the two modules
tools: $(RBACCTL) $(FOLLOW) ## build rbacctl and rbac-follow (64-bit machines)

# Folders are quoted: DESTDIR and the paths may have blanks.
install: all install-nss install-pam install-mandatory ## install (DESTDIR, prefix, libdir honoured)
ifeq ($(WORD_BITS),64)
install: install-rbacctl install-follow install-conf install-docs install-units install-completion
endif

# What install puts there is found by installing into an empty folder. Refused while PAM names the
# module: the same question as that of the packages.
uninstall: all ## remove what install has put there; /etc/rbac and the roles stay
	$(Q)[ -n "$(DESTDIR)" ] || sh packaging/debian/libpam-rbac.prerm remove
	$(Q)tmp=$$(mktemp -d) && $(MAKE) -s install DESTDIR="$$tmp" && \
	(cd "$$tmp" && find . ! -type d) | while IFS= read -r f; do \
		rm -f "$(DESTDIR)/$$f" || exit 1; done && \
	(cd "$$tmp" && find . -depth -type d -path '*rbac*') | while IFS= read -r d; do \
		rmdir "$(DESTDIR)/$$d" 2>/dev/null || :; done && rm -rf "$$tmp"

clean: ## remove what was built
	$(Q)rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | \
		awk -F '\t' '{printf "  %-16s %s\n", $$1, $$2}'
	@printf '  %-16s %s\n' variables 'CC=clang  SAN=address,undefined | thread  V=1' \
		'' 'DESTDIR= prefix= bindir= libdir= sysconfdir= localstatedir= PKG_CONFIG='

.PHONY: all modules tools install uninstall clean help FORCE
.DEFAULT_GOAL := all
