package bench

// Parts are all that is measured, in the order of the table.
func Parts() []Part {
	return []Part{
		{"capture", "a capture's way to the disk", capture},
		{"drain", "what waits on its way to Salesforce", drain},
		{"reconnect", "200 waiting activities from the system's word that the network is up", reconnect},
		{"backlog", "very many that wait", backlog},
		{"idle", "a daemon with 10,000 people in its directory and nothing to do", idle},
		{"size", "the binary, and how fast it starts", size},
		{"page", "the status page in Chromium", page},
		{"calls", "the ledger of a rep's day", calls},
	}
}
