package capture

// The codes of the notes that capturing puts into an item's history. Each is
// told by "note.CODE" of daemon/words.
const (
	// NoteCut: a text was longer than the limit; Args "field".
	NoteCut = "capture_text_cut"
	// NotePeopleCut: more people than an activity takes; Args "n" left out.
	NotePeopleCut = "capture_people_cut"
	// NoteContentCut: more documents than an activity takes; Args "n" left out.
	NoteContentCut = "capture_content_cut"
	// NoteMail: the share was read from a mail; Args "from" is FromSelf, FromInside,
	// FromOutside or empty.
	NoteMail = "capture_mail"
	// NoteSender: the person outside the company who sent that mail, whom a mail
	// without recipients offers first; Args "address", "name".
	NoteSender = "capture_outside_sender"
	// NoteNoDate: the mail has no date that an activity can have; the time of its
	// capture is taken.
	NoteNoDate = "capture_no_date"
	// NoteInside: a mail among colleagues only; Args "n" of them left out.
	NoteInside = "capture_inside_only"
	// NoteExcluded: entries of the same file left out for privacy; Args "n".
	NoteExcluded = "capture_entries_excluded"
	// NoteSkipped: entries of the same file that could not be read; Args "n".
	NoteSkipped = "capture_entries_skipped"
	// NoteHistoryCut, NoteSignatureCut: the settings leave them out of a mail.
	NoteHistoryCut   = "capture_history_cut"
	NoteSignatureCut = "capture_signature_cut"
	// NoteEndDropped: an unreadable end, or one before the start.
	NoteEndDropped = "capture_end_dropped"
)

// Who sent a mail, as NoteMail tells it.
const (
	FromSelf    = "self"
	FromInside  = "inside"
	FromOutside = "outside"
)
