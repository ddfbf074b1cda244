// Package yaml reads the subset of YAML that the configuration files use: nested maps and lists, plain and quoted
// scalars, comments, anchors, aliases and merge keys. Other syntax is an error.
package yaml

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Unmarshal decodes text into v by the rules of encoding/json: the case of keys does not matter, unknown keys are ignored.
func Unmarshal(text []byte, v interface{}) error {
	tree, err := Parse(text)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Parse returns map[string]interface{}, []interface{}, string, bool, int64 or nil.
func Parse(text []byte) (interface{}, error) {
	p := &parser{anchors: map[string]interface{}{}}
	for i, raw := range strings.Split(string(text), "\n") {
		content := strings.TrimRight(stripComment(raw), " \t\r")
		body := strings.TrimLeft(content, " ")
		if strings.HasPrefix(body, "\t") {
			return nil, fmt.Errorf("yaml: line %d is indented by a tab", i+1)
		}
		if body != "" {
			p.lines = append(p.lines, line{i + 1, len(content) - len(body), body})
		}
	}
	if len(p.lines) == 0 {
		return nil, nil
	}
	tree, err := p.block()
	if err == nil && len(p.lines) > 0 {
		err = p.lines[0].unexpected()
	}
	return tree, err
}

// line is a line with content; comments and indentation are removed from text.
type line struct {
	number int
	indent int
	text   string
}

func (l line) unexpected() error { return fmt.Errorf("yaml: line %d: unexpected %q", l.number, l.text) }

func (l line) isItem() bool { return l.text == "-" || strings.HasPrefix(l.text, "- ") }

// parser holds the lines that are not read yet.
type parser struct {
	lines   []line
	anchors map[string]interface{}
}

func (p *parser) take() line {
	first := p.lines[0]
	p.lines = p.lines[1:]
	return first
}

// stripComment removes a # that starts a word outside quotes.
func stripComment(text string) string {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c, starts := text[i], i == 0 || text[i-1] == ' '
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case starts && (c == '"' || c == '\''):
			quote = c
		case starts && c == '#':
			return text[:i]
		}
	}
	return text
}

// splitKey splits "key: rest".
func splitKey(text string) (key, rest string, ok bool) {
	if text == "" || strings.IndexByte("\"'", text[0]) >= 0 {
		return "", "", false
	}
	if strings.HasSuffix(text, ":") && !strings.Contains(text, ": ") {
		return text[:len(text)-1], "", true
	}
	parts := strings.SplitN(text, ": ", 2)
	if len(parts) < 2 {
		return "", "", false
	}
	return parts[0], strings.TrimSpace(parts[1]), true
}

// block reads the node that starts at the next line.
func (p *parser) block() (interface{}, error) {
	first := p.lines[0]
	if first.isItem() {
		return p.list(first.indent)
	}
	if _, _, ok := splitKey(first.text); ok {
		return p.mapping(first.indent)
	}
	return p.scalar(p.take(), first.text)
}

func (p *parser) list(indent int) (interface{}, error) {
	items := []interface{}{}
	for len(p.lines) > 0 && p.lines[0].indent == indent && p.lines[0].isItem() {
		current := p.lines[0]
		rest := strings.TrimLeft(current.text[1:], " ")
		var item interface{}
		var err error
		if _, _, isMap := splitKey(rest); isMap {
			// the map starts on the line of the dash: the rest of that line is its first line
			p.lines[0] = line{current.number, indent + len(current.text) - len(rest), rest}
			item, err = p.mapping(p.lines[0].indent)
		} else {
			item, err = p.value(p.take(), rest)
		}
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (p *parser) mapping(indent int) (interface{}, error) {
	result, merged := map[string]interface{}{}, map[string]interface{}{}
	for len(p.lines) > 0 && p.lines[0].indent == indent {
		current := p.take()
		key, rest, ok := splitKey(current.text)
		if _, twice := result[key]; !ok || twice || current.isItem() {
			return nil, current.unexpected()
		}
		value, err := p.value(current, rest)
		if err != nil {
			return nil, err
		}
		if key != "<<" {
			result[key] = value
		} else if merged, ok = value.(map[string]interface{}); !ok {
			return nil, current.unexpected()
		}
	}
	for key, value := range merged {
		if _, own := result[key]; !own {
			result[key] = value
		}
	}
	return result, nil
}

// value reads what follows the key or the dash of a line: rest, or the deeper lines below it.
func (p *parser) value(of line, rest string) (interface{}, error) {
	if strings.HasPrefix(rest, "&") {
		parts := append(strings.SplitN(rest[1:], " ", 2), "")
		value, err := p.value(of, strings.TrimSpace(parts[1]))
		p.anchors[parts[0]] = value
		return value, err
	}
	if rest != "" {
		return p.scalar(of, rest)
	}
	if len(p.lines) > 0 && p.lines[0].indent > of.indent {
		return p.block()
	}
	return nil, nil
}

func (p *parser) scalar(of line, text string) (interface{}, error) {
	last := text[len(text)-1]
	switch first := text[0]; {
	case first == '*':
		if value, known := p.anchors[text[1:]]; known {
			return value, nil
		}
		return nil, of.unexpected()
	case first == '"':
		if value, err := strconv.Unquote(text); err == nil {
			return value, nil
		}
		return nil, of.unexpected()
	case first == '\'' && last == '\'' && len(text) > 1:
		return strings.Replace(text[1:len(text)-1], "''", "'", -1), nil
	case strings.IndexByte("'[{|>!", first) >= 0:
		return nil, of.unexpected()
	case text == "true" || text == "false":
		return text == "true", nil
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(number, 10) == text {
		return number, nil
	}
	return text, nil
}
