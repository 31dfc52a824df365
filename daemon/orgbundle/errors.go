package orgbundle

import "fmt"

// InputError says which part of an Input no bundle can be made from.
type InputError struct {
	Field string // of Input
	Value string
}

func (e *InputError) Error() string {
	return fmt.Sprintf("orgbundle: no bundle can be made with %s %q", e.Field, e.Value)
}

// ExistsError says that what stands at Path is not to be overwritten.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s is there already and is not an empty folder", e.Path)
}
