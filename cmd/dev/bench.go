package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"

	"fieldpost/cmd/dev/bench"
)

// runBench measures the product beside its floors and peers.
func runBench(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "", "parts to measure, with commas between")
	file := flags.String("json", "", "file for the figures as JSON")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var parts []string
	if *only != "" {
		parts = strings.Split(*only, ",")
	}
	work, err := os.MkdirTemp("", "fieldpost-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	report, failed := bench.Run(ctx, parts, func(part string) (string, error) {
		folder := filepath.Join(work, part)
		return folder, os.Mkdir(folder, 0o700)
	}, os.Stderr)
	errs := []error{failed, report.Print(os.Stdout)}
	if *file != "" {
		errs = append(errs, writeJSON(*file, report))
	}
	return errors.Join(errs...)
}

func writeJSON(path string, report *bench.Report) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(report.JSON(file), file.Close())
}
