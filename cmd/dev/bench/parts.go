package bench

// Parts are all that is measured, in the order of the table.
func Parts() []Part {
	return []Part{
		{"size", "the binary, and how fast it starts", size},
	}
}
