package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"fieldpost/cmd/dev/packages"
)

// pack builds the packages; installer/package/README.md tells which is for whom.
func pack(ctx context.Context, args []string) error {
	o := packages.Options{Root: ".", Log: os.Stderr}
	flags := flag.NewFlagSet("package", flag.ContinueOnError)
	flags.StringVar(&o.Out, "out", "", "folder for the packages")
	flags.StringVar(&o.Version, "version", "", "version, such as 1.2.3 (default: a pre-release named after the commit)")
	only := flags.String("only", "", "formats to build, with commas between: "+strings.Join(packages.Formats(), ","))
	windows := flags.String("sign-windows", "", "CERT,KEY: PEM files to sign what is for Windows with")
	flags.StringVar(&o.Timestamp, "timestamp", "", "URL of an RFC 3161 server for these signatures")
	flags.StringVar(&o.MinisignKey, "sign-minisign", "", "minisign secret key to sign SHA256SUMS with")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.Out == "" || flags.NArg() > 0 {
		return errors.New("usage: package --out DIR [--version V] [--only FORMATS]")
	}
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	if *windows != "" {
		var both bool
		if o.WindowsCert, o.WindowsKey, both = strings.Cut(*windows, ","); !both {
			return fmt.Errorf("--sign-windows %s: want CERT,KEY", *windows)
		}
	}
	return packages.Build(ctx, o)
}
