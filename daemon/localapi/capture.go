package localapi

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// noteByPage is how an item remembers which paired page captured it; it is what
// lets that page, and no other, read it again.
const noteByPage = "captured_by_page"

func (s *Server) capture(w http.ResponseWriter, c *call) error {
	door, err := s.door(c)
	if err != nil {
		return err
	}
	outcomes, list, err := s.Intake.JSON(c.Context(), door, c.data)
	if err != nil {
		return s.notDurable(c.words, err)
	}
	if list {
		return writeJSON(w, http.StatusOK, s.receipts(c.words, outcomes))
	}
	one := outcomes[0]
	if one.Err != nil {
		return one.Err
	}
	status := http.StatusCreated
	if one.Receipt.Known {
		status = http.StatusOK
	}
	return writeJSON(w, status, apitype.ReceiptOf(one.Receipt))
}

// door tells where a call's activities come in by who calls.
func (s *Server) door(c *call) (Door, error) {
	source := outbox.Source(c.Header.Get(apitype.SourceHeader))
	if source != "" && source != outbox.FromAPI && source != outbox.FromCLI {
		return Door{}, invalid(codeInvalidValue, apitype.SourceHeader)
	}
	switch c.caller.Kind {
	case access.Paired:
		by := c.caller.Pairing
		note := outbox.Note{At: s.Now(), Code: noteByPage, Args: outbox.Args{"origin": by.Origin, "pairing": by.ID}}
		return Door{Source: outbox.FromWeb, Note: &note}, nil
	case access.Page:
		return Door{Source: outbox.FromWeb}, nil
	}
	return Door{Source: cmp.Or(source, outbox.FromAPI)}, nil
}

func capturedBy(item outbox.Item, pairing string) bool {
	for _, note := range item.History {
		if note.Code == noteByPage && note.Args["pairing"] == pairing {
			return true
		}
	}
	return false
}

// files captures dropped files, each for itself.
func (s *Server) files(w http.ResponseWriter, c *call) error {
	outcomes := []Outcome{}
	err := eachFile(w, c, func(name string, data []byte) error {
		receipts, err := s.Intake.File(c.Context(), name, data)
		if err != nil {
			outcomes = append(outcomes, Outcome{Err: err, File: name})
		}
		for _, receipt := range receipts {
			outcomes = append(outcomes, Outcome{Receipt: receipt, File: name})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, s.receipts(c.words, outcomes))
}

// foresee tells what dropped files would be captured as; nothing is written.
func (s *Server) foresee(w http.ResponseWriter, c *call) error {
	told := apitype.ForeseenList{Items: []apitype.Foreseen{}}
	err := eachFile(w, c, func(name string, data []byte) error {
		entries, err := s.Preview.Foresee(c.words, name, data)
		if _, refused := s.Explain(c.words, err); err != nil && !refused {
			return err
		}
		if err != nil {
			entries = []apitype.Foreseen{{Refused: s.problem(c.words, err)}}
		}
		for i := range entries {
			entries[i].File = name
		}
		told.Items = append(told.Items, entries...)
		return nil
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, told)
}

// eachFile takes the files of a call, at least one, once the whole form was read: of a
// form that is refused nothing is taken.
func eachFile(w http.ResponseWriter, c *call, take func(name string, data []byte) error) error {
	files, err := readFiles(w, c)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := take(f.name, f.data); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	name string
	data []byte
}

func readFiles(w http.ResponseWriter, c *call) (files []file, err error) {
	if err := limit(w, c.Request, maxFiles); err != nil {
		return nil, err
	}
	var end tail
	c.Body = io.NopCloser(io.TeeReader(c.Body, &end))
	parts, err := c.MultipartReader()
	if err != nil {
		return nil, invalid(codeNotMultipart, "")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, filesFault(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			return nil, invalid(codeUnknownField, part.FormName())
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, filesFault(err)
		}
		files = append(files, file{part.FileName(), data})
	}
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || !bytes.Contains(end.last, []byte("--"+params["boundary"]+"--")) {
		return nil, invalid(codeNotMultipart, "") // cut short, which mime/multipart tells as a whole form
	}
	if len(files) == 0 {
		return nil, invalid(codeRequired, "file")
	}
	return files, nil
}

// tail keeps the last bytes of what is read: more than the reader of a form reads ahead.
type tail struct{ last []byte }

const tailSize = 8 << 10

func (t *tail) Write(data []byte) (int, error) {
	t.last = append(t.last, data...)
	if over := len(t.last) - tailSize; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return len(data), nil
}

func filesFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return invalid(codeNotMultipart, "")
}

func (s *Server) receipts(p *words.Printer, outcomes []Outcome) apitype.Receipts {
	all := apitype.Receipts{Receipts: make([]apitype.Outcome, len(outcomes))}
	for i, outcome := range outcomes {
		all.Receipts[i].File = outcome.File
		if outcome.Err != nil {
			all.Receipts[i].Problem = s.problem(p, s.notDurable(p, outcome.Err))
			continue
		}
		all.Receipts[i].Receipt = apitype.ReceiptOf(outcome.Receipt)
	}
	return all
}

// notDurable tells an error of capturing that is no refusal: nothing is on disk.
func (s *Server) notDurable(p *words.Printer, err error) error {
	if _, known := s.Explain(p, err); known {
		return err
	}
	s.Log.Error("an activity could not be made durable", "error", err)
	return refuse(http.StatusInsufficientStorage, codeNotDurable)
}
