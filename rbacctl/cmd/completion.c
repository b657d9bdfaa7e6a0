/* completion SHELL: a script for the shell; completion words: what fits behind the words typed so
 * far, which the scripts ask for. Both go by the table of verbs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/completion.h"
#include "rbacctl/verbs.h"

/* COMP_LINE instead of COMP_WORDS: bash parts words at the colons of scopes. What stands before the
 * last of them is not to be typed again. */
static const char bash_script[] =
	"# bash completion for rbacctl. From: rbacctl completion bash\n"
	"_rbacctl() {\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} words cur before\n"
	"\tread -ra words <<<\"$line\"\n"
	"\tcase $line in *[[:blank:]]) words+=('') ;; esac\n"
	"\tcur=${words[${#words[@]} - 1]}\n"
	"\tmapfile -t COMPREPLY < <(rbacctl completion words -- \"${words[@]:1}\" 2>/dev/null |\n"
	"\t\tcut -f 1)\n"
	"\tbefore=${cur%\"${cur##*[:=]}\"}\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]#\"$before\"}\")\n"
	"}\n"
	"complete -o default -F _rbacctl rbacctl\n";

static const char zsh_script[] =
	"#compdef rbacctl\n"
	"# zsh completion for rbacctl. From: rbacctl completion zsh\n"
	"_rbacctl() {\n"
	"\tlocal -a found\n"
	"\tfound=(\"${(@f)$(rbacctl completion words -- \"${(@Q)words[2,CURRENT]}\" "
	"2>/dev/null)}\")\n"
	"\tfound=(\"${(@)found//:/\\\\:}\")\n"
	"\tfound=(\"${(@)found/$'\\t'/:}\")\n"
	"\t[[ -n $found[1] ]] && _describe -V rbacctl found || _files\n"
	"}\n"
	"if [ \"$funcstack[1]\" = _rbacctl ]; then _rbacctl \"$@\"; else compdef _rbacctl rbacctl; "
	"fi\n";

static const char fish_script[] =
	"# fish completion for rbacctl. From: rbacctl completion fish\n"
	"function __rbacctl_words\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l cur (commandline -ct)\n"
	"\trbacctl completion words -- $words[2..-1] \"$cur\" 2>/dev/null\n"
	"end\n"
	"complete -c rbacctl -f -a '(__rbacctl_words)'\n";

/* Options whose value is a file or a folder. */
static void fish_files(void)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_row *row = option_row(i);
		if (strcmp(row->value, "FILE") == 0 || strcmp(row->value, "DIR") == 0)
			printf("complete -c rbacctl -l %s -r -F\n", row->word);
	}
}

int cmd_completion(struct invocation *a, const struct args *args)
{
	const char *shell = args->v[0];

	if (strcmp(shell, "words") == 0)
		return completion_words(a, args->v + 1, args->n - 1);
	if (args->n > 1) {
		complain("completion: \"%s\" is one word too many: expected bash, zsh or fish",
			 args->v[1]);
		return EXIT_USAGE;
	}
	if (strcmp(shell, "bash") == 0) {
		fputs(bash_script, stdout);
	} else if (strcmp(shell, "zsh") == 0) {
		fputs(zsh_script, stdout);
	} else if (strcmp(shell, "fish") == 0) {
		fputs(fish_script, stdout);
		fish_files();
	} else {
		complain("completion: %s: expected bash, zsh or fish", shell);
		return EXIT_USAGE;
	}
	return cmd_done(EXIT_DONE);
}
