# fish completion for rbacctl: loaded by fish when rbacctl is first completed.
rbacctl completion fish | source
