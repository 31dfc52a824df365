package outbox

import "time"

// Day is what was captured on one day, by where it stands now.
type Day struct {
	// Date is the day's first moment.
	Date    time.Time
	ByState map[State]int
}

// Days counts the n days that end with the day of now, in the zone of now, the oldest
// first. It needs no key: when something was captured and where it stands is not sealed.
func (s *Store) Days(now time.Time, n int) ([]Day, error) {
	days := make([]Day, n)
	at := map[string]int{}
	for i := range days {
		date := time.Date(now.Year(), now.Month(), now.Day()-(n-1-i), 0, 0, 0, 0, now.Location())
		days[i] = Day{Date: date, ByState: map[State]int{}}
		at[date.Format(time.DateOnly)] = i
	}
	err := s.view(func(v *snapshot) error {
		walk, err := v.newestFirst(Query{})
		if err != nil {
			return err
		}
		for id, ok := walk.first(); ok && !id.time().Before(days[0].Date); id, ok = walk.next() {
			h, err := v.head(id)
			if err != nil {
				return err
			}
			if i, ok := at[h.CapturedAt.In(now.Location()).Format(time.DateOnly)]; ok {
				days[i].ByState[h.State]++
			}
		}
		return nil
	})
	return days, err
}
