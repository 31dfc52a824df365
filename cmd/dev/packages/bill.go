package packages

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// The parts of CycloneDX 1.6 that are used (ECMA-424).
type bill struct {
	Format       string          `json:"bomFormat"`
	SpecVersion  string          `json:"specVersion"`
	SerialNumber string          `json:"serialNumber"`
	Version      int             `json:"version"`
	Metadata     billMetadata    `json:"metadata"`
	Components   []billComponent `json:"components"`
	Dependencies []billDepends   `json:"dependencies"`
}

type billMetadata struct {
	Timestamp time.Time     `json:"timestamp"`
	Component billComponent `json:"component"`
}

type billComponent struct {
	Type     string        `json:"type"`
	Ref      string        `json:"bom-ref"`
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	Hashes   []billHash    `json:"hashes,omitempty"`
	Licences []billLicence `json:"licenses,omitempty"`
	PURL     string        `json:"purl,omitempty"`
}

type billHash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type billLicence struct {
	Expression string `json:"expression"`
}

type billDepends struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// newBill is the software bill of materials of one program.
func newBill(name, version string, program []byte, modules []module, at time.Time) bill {
	sum := sha256.Sum256(program)
	digest := hex.EncodeToString(sum[:])
	own := billComponent{Type: "application", Ref: name, Name: "fieldpost", Version: version, Hashes: []billHash{{"SHA-256", digest}}}
	b := bill{
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		SerialNumber: "urn:uuid:" + uuid(name+" "+digest),
		Metadata:     billMetadata{Timestamp: at, Component: own},
	}
	depends := billDepends{Ref: own.Ref}
	for _, m := range modules {
		purl := "pkg:golang/" + m.path + "@" + strings.ReplaceAll(m.version, "+", "%2B")
		c := billComponent{Type: "library", Ref: purl, Name: m.path, Version: m.version, PURL: purl}
		if len(m.licences) > 0 {
			c.Licences = []billLicence{{strings.Join(m.licences, " AND ")}}
		}
		b.Components = append(b.Components, c)
		depends.DependsOn = append(depends.DependsOn, purl)
	}
	b.Dependencies = []billDepends{depends}
	return b
}

func (b *builder) writeBill(p *programs) error {
	program, err := os.ReadFile(p.main)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(newBill(b.base(p), b.version.text, program, p.modules, b.Epoch), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(b.finished(b.base(p)+".cdx.json"), append(text, '\n'), 0o644)
}

// uuid derives an identifier from a name (RFC 9562, version 5), the same each time.
func uuid(name string) string {
	space := [16]byte{0x5b, 0x0c, 0x7a, 0x53, 0x6e, 0x6a, 0x4c, 0x5e, 0x9b, 0x0b, 0x0c, 0x5a, 0x7c, 0x0f, 0x9a, 0x11}
	sum := sha1.Sum(append(space[:], name...))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
