package main

import (
	"testing"
	"time"

	"fieldpost/installer/machine"
	"fieldpost/sfclient/sandbox"
)

// TestWhatWaitsGoesWhenTheNetworkComesUp lets the real program hear of a real link.
func TestWhatWaitsGoesWhenTheNetworkComesUp(t *testing.T) {
	machine.Alone(t, testALinkThatComesUp)
}

func testALinkThatComesUp(t *testing.T) {
	machine.IP(t, "link set lo up")
	machine.IP(t, "link add fp0 type veth peer name fp1")
	machine.IP(t, "link set fp1 up")
	l := loneLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.RefreshedAt != nil })

	l.goAway()
	l.share("On the train", "--to", "ana@kunde.test")
	var next time.Time
	l.eventually("pause of some length", func() bool {
		at := l.status().Connection.NextAttemptAt
		if at == nil || time.Until(*at) < 8*time.Second {
			return false
		}
		next = *at
		return true
	})
	l.comeBack()
	began := time.Now()
	machine.IP(t, "link set fp0 up")
	l.eventually("delivery", func() bool { return len(l.org.Records("Task")) == 1 })
	if time.Now().After(next) {
		t.Errorf("it went by itself at %v, not when the network came up", next)
	}
	t.Logf("in Salesforce %v after the link came up; by itself it would have gone after %v", time.Since(began).Round(time.Millisecond), next.Sub(began).Round(time.Millisecond))
}
