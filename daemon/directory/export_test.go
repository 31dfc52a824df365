package directory

// Card, Words and Find are the index as its tests drive it, without a file.
type Card struct {
	ID, Name, Company, Email string
	Own                      bool
}

var Words = wordsOf

func Find(cards []Card, text string, limit int) []Card {
	byID := map[string]Card{}
	var places []place
	for _, c := range cards {
		byID[c.ID] = c
		places = append(places, place{id: c.ID, name: c.Name, own: c.Own})
	}
	x, err := newIndex(places, func(id string) (card, error) {
		c := byID[id]
		return card{id: id, object: "Contact", name: c.Name, email: c.Email, company: c.Company, own: c.Own}, nil
	})
	if err != nil {
		panic(err)
	}
	var found []Card
	for _, h := range x.find(wordsOf(text), "", nil, limit) {
		found = append(found, byID[h.id])
	}
	return found
}
