# Audit events on a kernel that takes them (tests/audit/README.md).
check-audit: all ## ROLE_ASSIGN and ROLE_REMOVE, as a kernel in qemu and auditd write them (x86-64)
	@tests/setup.sh audit
	@tests/audit/run.sh $(B)

.PHONY: check-audit
