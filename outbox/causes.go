package outbox

import (
	"cmp"
	"slices"
)

// Cause is one reason for which items stand where they do, and how many.
type Cause struct {
	Code string
	Who  Who
	N    int
}

// Causes counts what is in a state by its reason, the most frequent first. It needs
// no key: the reason's code is not sealed.
func (s *Store) Causes(state State) ([]Cause, error) {
	type reason struct {
		code string
		who  Who
	}
	counted := map[reason]int{}
	err := s.view(func(v *snapshot) error {
		ids, err := idsInState(v.tx, state)
		if err != nil {
			return err
		}
		for _, id := range ids {
			h, err := v.head(id)
			if err != nil {
				return err
			}
			if h.Problem != "" {
				counted[reason{h.Problem, h.Who}]++
			}
		}
		return nil
	})
	var causes []Cause
	for r, n := range counted {
		causes = append(causes, Cause{Code: r.code, Who: r.who, N: n})
	}
	slices.SortFunc(causes, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Who, b.Who))
	})
	return causes, err
}
