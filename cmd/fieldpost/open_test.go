package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fieldpost/daemon/localapi/client"
	"fieldpost/installer"
)

// fakeService is a service that its manager reports as it was told to.
type fakeService struct {
	status  installer.Status
	unknown error
	started int
}

func (f *fakeService) Status(context.Context) (installer.Status, error) { return f.status, f.unknown }

func (f *fakeService) Start(context.Context) error {
	f.started++
	return nil
}

func TestOpenStartsAStoppedServiceAndNoOther(t *testing.T) {
	cases := map[string]struct {
		service fakeService
		started int
		running bool
	}{
		"stopped":           {fakeService{status: installer.Status{State: installer.Stopped}}, 1, true},
		"starting":          {fakeService{status: installer.Status{State: installer.Running}}, 1, true},
		"not installed":     {fakeService{status: installer.Status{State: installer.NotInstalled}}, 0, false},
		"no service system": {fakeService{unknown: errors.New("no systemd")}, 0, false},
	}
	for name, c := range cases {
		err := startStopped(t.Context(), &c.service)
		if c.service.started != c.started || c.running != (err == nil) || err != nil && !errors.Is(err, client.ErrNotRunning) {
			t.Errorf("%s: started %d times, %v", name, c.service.started, err)
		}
	}
}

func TestOpenWaitsForTheServiceToAnswerButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		ready := &client.Client{}
		found, err := answering(t.Context(), func(context.Context) (*client.Client, error) {
			if asked++; asked < 5 {
				return nil, client.ErrNotRunning
			}
			return ready, nil
		})
		if err != nil || found != ready || asked != 5 {
			t.Errorf("after %d looks: %v", asked, err)
		}

		began := time.Now()
		_, err = answering(t.Context(), func(context.Context) (*client.Client, error) { return nil, client.ErrNotRunning })
		var told *sentence
		if !errors.As(err, &told) || told.exit != exitNotRunning {
			t.Errorf("a service that never answers is told as %v", err)
		}
		if took := time.Since(began); took != answerTime {
			t.Errorf("it was waited for %v", took)
		}
	})
}
