package sandbox

import (
	"slices"
	"time"
)

// A Fault is something that goes wrong with a call. The constructors give one that
// strikes every call until it is removed; On and Times narrow it.
//
//	sb.Inject(sandbox.Drop().AfterCommit().On(sandbox.CreateMany).Times(2))
type Fault struct {
	purposes []Purpose
	left     int // strikes; 0 = without end
	late     bool
	wait     time.Duration
	stubborn bool // the wait outlives the caller
	strike   func(*request, reply) reply
	row      *apiError
}

// On narrows the fault to calls of these purposes.
func (f Fault) On(purposes ...Purpose) Fault { f.purposes = purposes; return f }

// Times ends the fault after n strikes, rows counted one by one.
func (f Fault) Times(n int) Fault { f.left = n; return f }

// AfterCommit lets the org do what was asked first: the caller just never learns.
func (f Fault) AfterCommit() Fault { f.late = true; return f }

// Inject adds a fault and gives the function that removes it.
func (s *Sandbox) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := &f
	s.faults = append(s.faults, fault)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.retire(fault)
	}
}

// ClearFaults removes every fault.
func (s *Sandbox) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// next finds the first fault of a kind for a purpose and counts its strike. The
// lock is held.
func (s *Sandbox) next(purpose Purpose, kind func(*Fault) bool) *Fault {
	for _, f := range s.faults {
		if !kind(f) || len(f.purposes) > 0 && !slices.Contains(f.purposes, purpose) {
			continue
		}
		if f.left == 1 {
			s.retire(f)
		}
		f.left--
		return f
	}
	return nil
}

func (s *Sandbox) retire(fault *Fault) {
	s.faults = slices.DeleteFunc(slices.Clone(s.faults), func(f *Fault) bool { return f == fault })
}

func isWait(f *Fault) bool  { return f.wait > 0 }
func isEarly(f *Fault) bool { return f.strike != nil && !f.late }
func isLate(f *Fault) bool  { return f.strike != nil && f.late }
func isRow(f *Fault) bool   { return f.row != nil }
