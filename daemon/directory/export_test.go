package directory

// Card, Words and Find are the index as its tests drive it, without a file.
type Card struct {
	ID, Name, Company, Email string
	Own                      bool
}

var Words = wordsOf

func Find(cards []Card, text string, limit int) []Card {
	rows := make([]card, len(cards))
	for i, c := range cards {
		rows[i] = card{id: c.ID, object: "Contact", name: c.Name, company: c.Company, email: c.Email, own: c.Own}
	}
	x := newIndex(rows)
	var found []Card
	for _, row := range x.find(wordsOf(text), "", nil, limit) {
		c := x.card(row)
		found = append(found, Card{ID: c.id, Name: c.name, Company: c.company, Email: c.email, Own: c.own})
	}
	return found
}
