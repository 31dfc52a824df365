package apitype

import (
	"time"

	"fieldpost/outbox"
)

// Person is somebody of the offline directory.
type Person struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Company string `json:"company"`
	Own     bool   `json:"own"`
}

// People answers a search for people.
type People struct {
	Items       []Person   `json:"items"`
	RefreshedAt *time.Time `json:"refreshed_at"`
}

// Entry is a record of the offline directory.
type Entry struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Name    string `json:"name"`
	Account string `json:"account"`
}

// Records answers a search for records.
type Records struct {
	Items       []Entry    `json:"items"`
	RefreshedAt *time.Time `json:"refreshed_at"`
}

// Setting is one setting with its value and where that comes from.
type Setting struct {
	Key    string `json:"key"`
	Label  string `json:"label"`
	Value  any    `json:"value"`
	Source string `json:"source"`
	Locked bool   `json:"locked"`
	// Choices is set wherever the values are a list.
	Choices []Choice `json:"choices,omitempty"`
	Help    string   `json:"help"`
}

// Choice is one value that a setting may take.
type Choice struct {
	Value              string `json:"value"`
	Label              string `json:"label"`
	UnavailableBecause string `json:"unavailable_because"`
}

// Settings lists every setting.
type Settings struct {
	Items []Setting `json:"items"`
}

// Check is what one check of the doctor found.
type Check struct {
	Code string `json:"code"`
	// Result is ok, warning, failed or skipped.
	Result string     `json:"result"`
	Title  string     `json:"title"`
	Detail string     `json:"detail"`
	Remedy string     `json:"remedy"`
	Who    outbox.Who `json:"who,omitempty"`
}

// Doctor lists every check.
type Doctor struct {
	Items []Check `json:"items"`
}
