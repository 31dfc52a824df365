package access

import (
	"errors"
	"maps"
	"slices"
	"time"
)

const (
	codeLife = time.Minute
	pageLife = 12 * time.Hour // unused
	// usedEvery is how exactly the file knows when a page was used last.
	usedEvery = 10 * time.Minute
	maxPages  = 32
	maxCodes  = 32
)

// ErrWrongCode: the code never was, was used, or is over. ErrManyWrong: and so were many
// before it.
var (
	ErrWrongCode = errors.New("access: wrong code")
	ErrManyWrong = errors.New("access: many wrong codes")
)

// NewCode makes a code that one status page may trade for a token, once, until
// it expires.
func (a *Access) NewCode() (code string, expires time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	maps.DeleteFunc(a.codes, func(_ hash, end time.Time) bool { return !end.After(now) })
	if len(a.codes) >= maxCodes {
		clear(a.codes)
	}
	code, expires = newToken(), now.Add(codeLife)
	a.codes[hashOf(code)] = expires
	return code, expires
}

// Trade gives a page token for a code, else ErrWrongCode, or ErrManyWrong to who goes on
// guessing. A right code is taken at any time (decision 0008).
func (a *Access) Trade(code string) (token string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	end, known := a.codes[hashOf(code)]
	delete(a.codes, hashOf(code))
	if !known || !end.After(now) {
		if !a.spend(wrongCodes, 1/wrongEvery.Seconds(), wrongBurst) {
			return "", ErrManyWrong
		}
		return "", ErrWrongCode
	}
	token = newToken()
	next := a.kept.clone()
	next.Pages = append(next.Pages, keptPage{Hash: hashOf(token), UsedAt: now, Port: a.port})
	if len(next.Pages) > maxPages {
		slices.SortFunc(next.Pages, func(p, q keptPage) int { return q.UsedAt.Compare(p.UsedAt) })
		next.Pages = next.Pages[:maxPages]
	}
	if err := a.keep(next); err != nil {
		return "", err
	}
	return token, nil
}

// use notes that a page is in use. A file that cannot be written now costs the
// page its life after a restart, not the request.
func (a *Access) use(page *keptPage) {
	if now := a.now(); now.Sub(page.UsedAt) >= usedEvery {
		page.UsedAt = now
		_ = a.keep(a.kept.clone())
	}
}
