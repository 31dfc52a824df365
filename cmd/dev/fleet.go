package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"fieldpost/cmd/dev/fleet"
)

// simulateFleet lives each scenario through and prints what it did to the org.
func simulateFleet(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	laptops := flags.Int("laptops", 10_000, "how many laptops; the targets are of thousands")
	seed := flags.Uint64("seed", 1, "of all chance")
	asJSON := flags.Bool("json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *laptops < 1 {
		return errors.New("at least one laptop")
	}
	began := time.Now()
	results, err := fleet.RunAll(ctx, *laptops, *seed)
	if err != nil {
		return err
	}
	if *asJSON {
		return errors.Join(fleet.JSON(os.Stdout, *seed, results), fleet.Broken(results))
	}
	if err := fleet.Print(os.Stdout, *seed, results); err != nil {
		return err
	}
	fmt.Printf("took %v\n", time.Since(began).Round(time.Second))
	return fleet.Broken(results)
}
