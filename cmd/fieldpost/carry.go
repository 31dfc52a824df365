package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// passphraseEnv holds the passphrase of an export where nobody is there to type it.
const passphraseEnv = "FIELDPOST_EXPORT_PASSPHRASE"

// outboxExport writes everything that is not delivered to a file, sealed unless it is
// asked for plain.
func (p *program) outboxExport() *cobra.Command {
	var plain bool
	c := p.command("export", func(c *cobra.Command, args []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		passphrase := ""
		if !plain {
			if passphrase, err = p.passphrase(); err != nil {
				return err
			}
		}
		return p.atDesk(c.Context(), func(d desk) error {
			export, err := d.Export(c.Context())
			if err != nil {
				return err
			}
			data, err := exportBytes(export, plain, passphrase, settings)
			if err != nil {
				return err
			}
			if err := writeNew(args[0], data); err != nil {
				return err
			}
			return p.exported(export)
		})
	}, "file")
	c.Args = exactly(1)
	ofPaths(c)
	c.Flags().BoolVar(&plain, "plain", false, p.words.Text("cli.flag.plain"))
	return p.described(c, "outbox.export", "outbox export waiting.fieldpost")
}

func exportBytes(export apitype.Export, plain bool, passphrase string, settings *config.Config) ([]byte, error) {
	var out bytes.Buffer
	if plain {
		err := outbox.WriteExport(&out, export.Items, time.Now())
		return out.Bytes(), err
	}
	var company age.Recipient
	if text := settings.Settings().Security.RecoveryRecipient; text != "" {
		parsed, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("security.recovery_recipient: %w", err)
		}
		company = parsed
	}
	err := outbox.WriteSealedExport(&out, export.Items, time.Now(), passphrase, company)
	return out.Bytes(), err
}

// writeNew never writes over what is there: it may be the only copy of an earlier
// export.
func writeNew(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return failed("cli_file_exists", "file", name)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// exported fails where something had to be left out.
func (p *program) exported(export apitype.Export) error {
	if p.json {
		if err := p.printJSON(map[string]int{"exported": len(export.Items), "sealed": export.Sealed}); err != nil {
			return err
		}
	} else {
		p.say("cli.outbox.exported", "n", len(export.Items))
	}
	if export.Sealed > 0 {
		return failed("cli_export_sealed", "n", strconv.Itoa(export.Sealed))
	}
	return nil
}

// outboxImport takes an export in; what is here already is passed over.
func (p *program) outboxImport() *cobra.Command {
	var identityFile string
	c := p.command("import", func(c *cobra.Command, args []string) error {
		if _, err := p.load(); err != nil {
			return err
		}
		data, err := os.ReadFile(args[0])
		if err != nil {
			return &codeError{exitUsage, p.ofFile(args[0], p.unreadable(err))}
		}
		identity, err := p.readIdentity(identityFile)
		if err != nil {
			return err
		}
		items, err := outbox.ReadExport(data, p.passphrase, identity)
		if err != nil {
			return importFault(err)
		}
		return p.atDesk(c.Context(), func(d desk) error {
			bar := p.progress()
			done, err := d.Import(c.Context(), items, func(done int) { bar.show(p.words.Text("cli.outbox.importing"), done, len(items)) })
			bar.end()
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(done)
			}
			p.say("cli.outbox.imported", "added", done.Added, "known", done.Known)
			return nil
		})
	}, "file")
	c.Args = exactly(1)
	ofPaths(c)
	c.Flags().StringVar(&identityFile, "identity", "", p.words.Text("cli.flag.identity"))
	return p.described(c, "outbox.import", "outbox import waiting.fieldpost")
}

func importFault(err error) error {
	switch {
	case errors.Is(err, outbox.ErrWrongPassphrase):
		return wrong("cli_export_shut")
	case errors.Is(err, outbox.ErrNoExport):
		return wrong("cli_no_export")
	}
	return err
}

// readIdentity reads the company's recovery key; nil without a file.
func (p *program) readIdentity(name string) (age.Identity, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &codeError{exitUsage, p.ofFile(name, p.unreadable(err))}
	}
	identities, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return nil, wrong("not_an_identity")
	}
	return identities[0], nil
}

// passphrase is the environment's, else what a person types; wrong usage where there is
// neither.
func (p *program) passphrase() (string, error) {
	return p.secret(passphraseEnv, p.words.Text("cli.outbox.export.ask"), "cli_no_passphrase")
}

// secret is what a variable of the environment holds, else what a person types unseen;
// wrong usage, told by the code none, where there is neither.
func (p *program) secret(variable, question, none string) (string, error) {
	if given := os.Getenv(variable); given != "" {
		return given, nil
	}
	terminal, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return "", wrong(none)
	}
	fmt.Fprint(p.errOut, question+" ")
	typed, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(p.errOut)
	if err != nil || len(typed) == 0 {
		return "", wrong(none)
	}
	return string(typed), nil
}

// outboxForget erases a person or a record.
func (p *program) outboxForget() *cobra.Command {
	var asked apitype.ForgetRequest
	c := p.command("forget", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			done, err := d.Forget(c.Context(), asked)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(done)
			}
			p.say("cli.outbox.forgotten", "n", done.Activities, "files", done.Files)
			return nil
		})
	})
	c.Flags().StringVar(&asked.Email, "email", "", p.words.Text("cli.flag.forget_email"))
	c.Flags().StringVar(&asked.Record, "record", "", p.words.Text("cli.flag.forget_record"))
	return p.described(c, "outbox.forget", "outbox forget --email ana@acme.test")
}
