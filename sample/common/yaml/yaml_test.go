package yaml

import (
	"encoding/json"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb:\n  - x\n  - y: z # comment\n    w: 'it''s'\n":                                   `{"a":1,"b":["x",{"w":"it's","y":"z"}]}`,
		"list:\n- &one\n  Name: A\n  Ports: [1, \"2\",\n    3]\n- *one\n":                         `{"list":[{"Name":"A","Ports":[1,"2",3]},{"Name":"A","Ports":[1,"2",3]}]}`,
		"d: &d\n  a: 1\n  b: 2\ne:\n  <<: *d\n  b: 3\n":                                           `{"d":{"a":1,"b":2},"e":{"a":1,"b":3}}`,
		"img: $(NS)/ccenv:$(TWO)\nempty:\nurl: unix:///var/run\nf: {a: b, c: [d]}\n":              `{"empty":null,"f":{"a":"b","c":["d"]},"img":"$(NS)/ccenv:$(TWO)","url":"unix:///var/run"}`,
		"p: \"OR('A.member')\"\nt: |\n  one\n  two\nq: '%{color}%{time} # no comment'":            `{"p":"OR('A.member')","q":"%{color}%{time} # no comment","t":"one\ntwo\n"}`,
		"Orgs:\n  -\n    Name: A\n  - - 1\n    - 2\n  -\n  - b\n":                                 `{"Orgs":[{"Name":"A"},[1,2],null,"b"]}`,
		"long: OR('A.member',\n  'B.member') # two lines\nq: \"one\n  two\"\nf: >-\n  a b\n  c\n": `{"f":"a b c","long":"OR('A.member', 'B.member')","q":"one two"}`,
		"# only a comment\n": `null`,
	} {
		tree, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%q: %s", text, err)
			continue
		}
		if got, _ := json.Marshal(tree); string(got) != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
	for _, text := range []string{"a: [1", "a: 1\n  b: 2", "a: *nobody", "a: 1\na: 2", "\tb: 1", "a: b\nwords"} {
		if tree, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q was read as %v", text, tree)
		}
	}
}
