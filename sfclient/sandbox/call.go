package sandbox

import (
	"net/http"
	"time"
)

// A Purpose says what a call is for.
type Purpose string

// The purposes of calls.
const (
	Authorize      Purpose = "authorize"
	Token          Purpose = "token"
	Revoke         Purpose = "revoke"
	UserInfo       Purpose = "userinfo"
	Identity       Purpose = "identity"
	Versions       Purpose = "versions"
	Resources      Purpose = "resources"
	DescribeGlobal Purpose = "describe-global"
	Describe       Purpose = "describe"
	Read           Purpose = "read"
	Create         Purpose = "create"
	Update         Purpose = "update"
	Upsert         Purpose = "upsert"
	Delete         Purpose = "delete"
	ReadMany       Purpose = "read-many"
	CreateMany     Purpose = "create-many"
	UpdateMany     Purpose = "update-many"
	UpsertMany     Purpose = "upsert-many"
	DeleteMany     Purpose = "delete-many"
	Composite      Purpose = "composite"
	Query          Purpose = "query"
	QueryMore      Purpose = "query-more"
	Search         Purpose = "search"
	Changes        Purpose = "changes"
	Limits         Purpose = "limits"
	Recent         Purpose = "recent"
	Tooling        Purpose = "tooling"
	Unknown        Purpose = "unknown"
)

// A Call is one request as the org saw it. It never holds a token.
type Call struct {
	At         time.Time
	Method     string
	Host       string
	Path       string // without the query
	SOQL       string // the text of a query or search
	Purpose    Purpose
	Status     int // 0 if the connection was closed instead
	Rows       int // records named in the request, or given back
	UserID     string
	Source     string      // the address it came from
	Header     http.Header // without Authorization
	TokenInURL bool
}

const maxCalls = 100_000

// Calls gives the log, oldest first; of a long run only the latest calls.
func (s *Sandbox) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// CallsFor gives the calls of these purposes.
func (s *Sandbox) CallsFor(purposes ...Purpose) []Call {
	var found []Call
	for _, call := range s.Calls() {
		for _, purpose := range purposes {
			if call.Purpose == purpose {
				found = append(found, call)
			}
		}
	}
	return found
}

// ResetCalls empties the log.
func (s *Sandbox) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// record puts a call into the log. The lock is held.
func (s *Sandbox) record(req *request, status int) {
	if len(s.calls) >= maxCalls {
		s.calls = append([]Call(nil), s.calls[maxCalls/2:]...)
	}
	header := req.header.Clone()
	header.Del("Authorization")
	call := Call{
		At: req.at, Method: req.method, Host: req.host, Path: req.path, SOQL: req.query.Get("q"), Purpose: req.purpose,
		Status: status, Rows: req.rows, Source: req.source, Header: header, TokenInURL: req.tokenInURL(),
	}
	if req.user != nil {
		call.UserID = req.user.id()
	}
	s.calls = append(s.calls, call)
}
