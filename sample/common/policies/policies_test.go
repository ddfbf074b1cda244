package policies

import "testing"

func TestEvaluate(t *testing.T) {
	for _, c := range []struct {
		policy string
		by     []string
		want   bool
	}{
		{"OR('A.member','B.member')", []string{"B"}, true},
		{"OR('A.member','B.member')", []string{"C"}, false},
		{"AND('A.member', 'B.member')", []string{"B"}, false},
		{"AND('A.member', 'B.member')", []string{"B", "A"}, true},
		{"AND('A.member', 'A.member')", []string{"A"}, false},
		{"OutOf(2, 'A.member', 'B.member', AND('C.member','D.member'))", []string{"C", "D", "A"}, true},
		{"OutOf(2, 'A.member', 'B.member', AND('C.member','D.member'))", []string{"C", "A"}, false},
	} {
		policy, err := Parse(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		got := policy.Evaluate(len(c.by), func(i int, mspID, role string) bool { return c.by[i] == mspID && role == "member" })
		if got != c.want {
			t.Errorf("%s by %v: %v", c.policy, c.by, got)
		}
	}
	for _, bad := range []string{"", "OR()", "OR('A.member'", "XOR('A.member')", "'A.king'", "OR('A.member') x", "OutOf(3,'A.member')"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
