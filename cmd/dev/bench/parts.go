package bench

// Parts are all that is measured, in the order of the table.
func Parts() []Part {
	return []Part{
		{"reconnect", "200 waiting activities from the system's word that the network is up", reconnect},
		{"idle", "a daemon with 10,000 people in its directory and nothing to do", idle},
		{"size", "the binary, and how fast it starts", size},
		{"page", "the status page in Chromium", page},
		{"calls", "the ledger of a rep's day", calls},
	}
}
