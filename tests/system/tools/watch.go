// watch USER GROUP: a process that lives long. For each line of standard input: "in" or "out", or
// "none" where there is no such group. As many goroutines as lines have been read ask at once;
// "torn" where they do not agree.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/user"
	"sync"
)

func ask(name, group string) string {
	g, err := user.LookupGroup(group)
	if err != nil {
		return "none"
	}
	u, err := user.Lookup(name)
	if err != nil {
		return err.Error()
	}
	ids, err := u.GroupIds()
	if err != nil {
		return err.Error()
	}
	for _, id := range ids {
		if id == g.Gid {
			return "in"
		}
	}
	return "out"
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for n := 1; lines.Scan(); n++ {
		answers := make([]string, n)
		var all sync.WaitGroup
		for i := range answers {
			all.Add(1)
			go func(i int) {
				defer all.Done()
				answers[i] = ask(os.Args[1], os.Args[2])
			}(i)
		}
		all.Wait()
		said := answers[0]
		for _, a := range answers {
			if a != said {
				said = "torn"
			}
		}
		fmt.Println(said)
	}
}
