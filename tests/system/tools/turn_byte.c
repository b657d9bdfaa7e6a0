/* turn_byte FROM TO OFFSET: a copy with one byte turned over. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	FILE *in = argc == 4 ? fopen(argv[1], "rb") : NULL, *out = in ? fopen(argv[2], "wb") : NULL;
	long at = out ? atol(argv[3]) : 0;
	int c;

	if (!out)
		return 2;
	for (long i = 0; (c = getc(in)) != EOF; i++)
		putc(i == at ? c ^ 0xff : c, out);
	return ferror(in) || fclose(out) != 0;
}
