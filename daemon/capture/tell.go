package capture

import (
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
	key := "refusal." + refusal.Code
	if !in.Has(key) {
		key = "refusal.unknown"
	}
	args := outbox.Args{"code": refusal.Code, "field": refusal.Field}
	for name, value := range refusal.Args {
		args[name] = value
	}
	if args["limit"] != "" && in.Has(key+".limit") {
		key += ".limit"
	}
	told := words.Explained{
		Title:  in.Text("refusal.title"),
		Detail: in.Fill(key, args),
		Remedy: in.Text("refusal.remedy"),
	}
	if own := "refusal." + refusal.Code + ".remedy"; in.Has(own) {
		told.Remedy = in.Fill(own, args)
	}
	return told
}
