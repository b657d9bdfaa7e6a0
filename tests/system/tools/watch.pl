#!/usr/bin/perl
# watch.pl USER GROUP: a process that lives long. For each line of standard input: "in" or "out", or
# "torn" where the group by its name and by its number do not agree. Perl has no getgrouplist.
use strict;
use warnings;

my ($user, $group) = @ARGV;
my $listed = sub { scalar grep { $_ eq $user } split / /, $_[0] // "" };

$| = 1;
while (<STDIN>) {
	my (undef, undef, $gid, $members) = getgrnam $group;
	my $by_number = (getgrgid $gid)[3];
	my $in = $listed->($members);
	print $in != $listed->($by_number) ? "torn" : $in ? "in" : "out", "\n";
}
