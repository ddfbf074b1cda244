package ledger

import "testing"

// values is a State without a ledger.
type values map[string][]byte

func (v values) GetState(key string) ([]byte, error) {
	return v[key], nil
}

func (v values) PutState(key string, value []byte) error {
	v[key] = value
	return nil
}

func TestPutAndGet(t *testing.T) {
	state := values{}
	if _, err := Call(state, "put", []string{"hello", "world"}); err != nil {
		t.Fatal(err)
	}
	value, err := Call(state, "get", []string{"hello"})
	if err != nil {
		t.Fatal(err)
	}
	if string(value) != "world" {
		t.Errorf("got %q, expected %q", value, "world")
	}
}

func TestRefusals(t *testing.T) {
	calls := [][]string{{"get", "absent"}, {"get"}, {"put", "hello"}, {"remove", "hello"}}
	for _, call := range calls {
		if _, err := Call(values{}, call[0], call[1:]); err == nil {
			t.Errorf("%v was not refused", call)
		}
	}
}
