# bash completion for rbacctl: loaded by bash-completion when rbacctl is first completed.
eval "$(rbacctl completion bash)"
