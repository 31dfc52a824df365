package sandbox

import (
	"fmt"
	"net/http"

	"fieldpost/sfclient/sandbox/soql"
)

func badField(at int, format string, args ...any) *soql.Error {
	return &soql.Error{Code: "INVALID_FIELD", Message: fmt.Sprintf(format, args...), At: at}
}

func badQuery(at int, format string, args ...any) *soql.Error {
	return &soql.Error{Code: "MALFORMED_QUERY", Message: fmt.Sprintf(format, args...), At: at}
}

func badOperator(f *Field, at int) *soql.Error {
	return &soql.Error{Code: "INVALID_QUERY_FILTER_OPERATOR", Message: "invalid operator on " + f.Type + " field", At: at}
}

// refused answers a query error; an unknown object is named without its place.
func refused(err *soql.Error, text string) *apiError {
	switch err.Code {
	case "INVALID_TYPE":
		return refusal(err.Code, err.Message)
	case "INSUFFICIENT_ACCESS":
		return &apiError{http.StatusForbidden, err.Code, err.Message, nil}
	}
	return refusal(err.Code, err.In(text))
}

func noSuchColumn(name, object string, at int) *soql.Error {
	return badField(at, "No such column '%s' on entity '%s'. If you are attempting to use a custom field, be sure to append the '__c' "+
		"after the custom field name. Please reference your WSDL or the describe call for the appropriate names.", name, object)
}

func noRelation(name, path string, at int) *soql.Error {
	return badField(at, "Didn't understand relationship '%s' in field path '%s'. If you are attempting to use a custom relationship, "+
		"be sure to append the '__r' after the custom relationship name.", name, path)
}
