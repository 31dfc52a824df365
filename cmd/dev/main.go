// Command dev is the workshop: one Go program instead of a Makefile. It checks,
// tests and measures the product; nothing of it ships.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

// A task is one verb of the workshop.
type task struct {
	name, does string
	run        func(ctx context.Context, args []string) error
}

func tasks() []task {
	return []task{
		{"check", "format, vet, static analysis and the walls between the rooms", check},
		{"test", "all tests with the race detector", test},
		{"bench", "the product beside its floors and peers, as a table: bench [--only PART,...] [--json FILE]", runBench},
		{"benchmarks", "Go's own benchmarks of each room, and type-ahead beside its peers", benchmarks},
		{"typeahead", "type-ahead beside SQLite FTS5, as a table: typeahead [PEOPLE...]", typeahead},
		{"measure", "what type-ahead in a phone book of so many people takes, as JSON: measure N", measure},
		{"package", "what IT installs, for each system: package --out DIR [--version V] [--only deb,msi]", pack},
		{"fleet", "ten thousand laptops on one org, simulated: --laptops N --seed N --json", simulateFleet},
		{"soak", "the proofs in full, again and again: --minutes N", soak},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) > 1 {
		for _, t := range tasks() {
			if t.name == os.Args[1] {
				if err := t.run(ctx, os.Args[2:]); err != nil {
					fmt.Fprintln(os.Stderr, "dev "+t.name+":", err)
					os.Exit(1)
				}
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: go run ./cmd/dev TASK")
	for _, t := range tasks() {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", t.name, t.does)
	}
	os.Exit(2)
}
