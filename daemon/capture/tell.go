package capture

import (
	"strings"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Explain tells why err kept something from being captured: Detail says what is
// wrong, Remedy what to do. An error that is no Refusal is told as capture that
// could not be made durable.
func Explain(in *words.Printer, err error) words.Explained {
	refusal, ok := AsRefusal(err)
	if !ok {
		refusal = Refuse("not_durable")
	}
	return words.Explained{
		Title:  in.Text("refusal.title"),
		Detail: refusal.fill(in, "refusal."+refusal.Code, "refusal.unknown"),
		Remedy: refusal.fill(in, "refusal."+refusal.Code+".remedy", "refusal.remedy"),
	}
}

// fill tells the sentence that fits best: the one for this very field, the one for
// this very reason, the one that names a limit, the one that names a field, the plain one, else the general.
func (r *Refusal) fill(in *words.Printer, key, general string) string {
	args := r.particulars(in)
	best := []string{key + ".at." + lastOf(r.Field)}
	if why := args["why"]; why != "" {
		best = append(best, key+"."+why)
	}
	if args["limit"] != "" {
		best = append(best, key+".limit")
	}
	if args["field"] != "" {
		best = append(best, key+".field")
	}
	for _, each := range append(best, key) {
		if in.Has(each) {
			return in.Fill(each, args)
		}
	}
	return in.Fill(general, args)
}

func (r *Refusal) particulars(in *words.Printer) outbox.Args {
	args := outbox.Args{"code": r.Code, "field": r.Field}
	for name, value := range r.Args {
		args[name] = value
	}
	if want := args["want"]; want != "" {
		args["want"] = in.Text("refusal.want." + want)
	}
	return args
}

// lastOf is the field itself at the end of a path: "start" of "[3].start".
func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
