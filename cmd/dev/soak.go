package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// proofs are what a soak repeats, each with new seeds: the packages that hold them and
// the tests' names.
var proofs = []struct{ pkg, tests string }{
	{"./outbox", "WhereverThePowerIsCut|DamageCrashesNothing|WhereTheModelSays"},
	{"./daemon/drain", "WhateverGoesWrong"},
	{"./cmd/fieldpost", "KilledDaemonLoses"},
}

// soak repeats the proofs in full, one after the other, until the time is over. A round
// that was begun is finished.
func soak(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	minutes := flags.Int("minutes", 10, "how long to go on, in minutes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	began := time.Now()
	for round := 1; ; round++ {
		for _, p := range proofs {
			fmt.Printf("== round %d: %s\n", round, p.pkg)
			env := []string{"FIELDPOST_PROVE=full"}
			if err := command(ctx, env, "go", "test", "-count=1", "-timeout", "30m", "-v", "-run", p.tests, p.pkg); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
			if time.Since(began) >= time.Duration(*minutes)*time.Minute {
				fmt.Printf("soaked for %v, clean\n", time.Since(began).Round(time.Second))
				return nil
			}
		}
	}
}
