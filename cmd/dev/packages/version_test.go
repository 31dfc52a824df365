package packages

import "testing"

func TestAVersionIsOneThatEachFormatHolds(t *testing.T) {
	for text, numbers := range map[string]string{
		"1.2.3":                             "1.2.3",
		"1.2.3-rc.1":                        "1.2.3",
		"0.0.0-20261128094733.0c4203d21d55": "0.0.0",
		"255.255.65535":                     "255.255.65535",
	} {
		v, err := newVersion(text)
		if err != nil || v.numbers != numbers || v.text != text {
			t.Errorf("%s became %+v, %v", text, v, err)
		}
	}
	for _, text := range []string{"", "1.2", "v1.2.3", "1.2.3-rc-1", "1.2.3+5", "256.0.0", "1.256.0", "1.0.65536", "1.2.3 -X"} {
		if v, err := newVersion(text); err == nil {
			t.Errorf("%q was taken as %+v", text, v)
		}
	}
}
