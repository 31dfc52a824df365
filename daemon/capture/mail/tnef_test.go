package mail

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// wrapping writes a winmail.dat.
type wrapping struct{ data []byte }

func newWrapping() *wrapping {
	return &wrapping{append(binary.LittleEndian.AppendUint32(nil, tnefMagic), 0, 0)}
}

func (w *wrapping) attribute(level byte, id uint32, value []byte) *wrapping {
	w.data = append(w.data, level)
	w.data = binary.LittleEndian.AppendUint32(w.data, id)
	w.data = binary.LittleEndian.AppendUint32(w.data, uint32(len(value)))
	w.data = append(append(w.data, value...), 0, 0)
	return w
}

func utf16Of(text string) (raw []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return raw
}

// listOf writes properties: one of four bytes, a named one, several of one tag, a text.
func listOf(id uint16, text string) []byte {
	number := func(raw []byte, numbers ...uint32) []byte {
		for _, n := range numbers {
			raw = binary.LittleEndian.AppendUint32(raw, n)
		}
		return raw
	}
	raw := number(nil, 4, 0x0E070003, 1)
	raw = append(number(raw, 0x80010003), make([]byte, 16)...)
	raw = number(raw, 0, 7, 9)             // by number, and its value
	raw = number(raw, 0x66661003, 2, 5, 6) // two values
	value := utf16Of(text)
	raw = append(number(raw, uint32(id)<<16|0x001F, 1, uint32(len(value))), value...)
	return append(raw, make([]byte, (4-len(value)%4)%4)...)
}

func TestWhatOutlookWrappedUpIsRead(t *testing.T) {
	data := newWrapping().
		attribute(1, attributeMessage, listOf(bodyText, "Grüße\r\nUrs")).
		attribute(2, attributeRender, nil).attribute(2, attributeTitle, []byte("BROCHU~1.PDF\x00")).
		attribute(2, attributeAttach, listOf(longFileName, "Brochure été.pdf")).
		attribute(2, attributeRender, nil).attribute(2, attributeTitle, []byte("pr\xe9vue.doc\x00")).data
	w, ok := unwrap(data)
	if !ok || w.text != "Grüße\nUrs" || !slices.Equal(w.titles, []string{"Brochure été.pdf", "prévue.doc"}) {
		t.Errorf("%v %+v", ok, w)
	}
	for n := range data {
		unwrap(data[:n]) // as far as it goes
	}
	mail := "Subject: s\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + string(data)
	m, err := Read(strings.NewReader(mail))
	if err != nil || m.Text != "Grüße\nUrs" || len(m.Attachments) != 2 {
		t.Errorf("%v %+v", err, m)
	}
	if _, ok := unwrap([]byte("no winmail.dat")); ok {
		t.Error("anything is one")
	}
}

// TestWinmailsThatOutlookItselfWrote reads the files of a folder that is not part of the
// project; beside each stands which documents it holds.
func TestWinmailsThatOutlookItselfWrote(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("FIELDPOST_TNEF_SAMPLES"), "*.tnef"))
	if os.Getenv("FIELDPOST_TNEF_SAMPLES") == "" || len(files) == 0 {
		t.Skip("SKIP: no winmail.dat that Outlook wrote is at hand (set FIELDPOST_TNEF_SAMPLES)")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w, ok := unwrap(data)
		if !ok {
			t.Errorf("%s is none", filepath.Base(file))
		}
		listed, _ := os.ReadFile(strings.TrimSuffix(file, ".tnef") + ".list")
		for _, title := range strings.Split(strings.TrimSpace(string(listed)), "\n") {
			name, _, _ := strings.Cut(strings.TrimSpace(title), "|")
			if name = strings.TrimSpace(name); name != "" && !strings.Contains(name, "-body.") && !slices.Contains(w.titles, name) {
				t.Errorf("%s holds %q as well", filepath.Base(file), name)
			}
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(newWrapping().attribute(1, attributeMessage, listOf(bodyText, "x")).attribute(2, attributeRender, nil).data)
	f.Fuzz(func(_ *testing.T, data []byte) { unwrap(data) })
}
