// Package yaml reads the part of YAML that Fabric's configuration files use: block and flow maps and lists, plain and
// quoted scalars, literal and folded text, comments, anchors, aliases and merge keys. Tags and multiple documents are refused.
package yaml

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Unmarshal decodes text into v by the rules of encoding/json: keys match fields whatever their case, unknown keys are ignored.
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
func Parse(text []byte) (tree interface{}, err error) {
	p := &parser{lines: strings.Split(strings.Replace(string(text), "\r\n", "\n", -1), "\n"), anchors: map[string]interface{}{}}
	defer func() {
		if problem, ok := recover().(syntaxError); ok {
			tree, err = nil, problem
		}
	}()
	if p.next() && strings.HasPrefix(p.line().text, "---") {
		p.pos++
	}
	if !p.next() {
		return nil, nil
	}
	tree = p.block(p.line().indent)
	if p.next() {
		p.fail("unexpected text %q", p.line().text)
	}
	return tree, nil
}

type syntaxError string

func (e syntaxError) Error() string { return string(e) }

type parser struct {
	lines   []string
	pos     int
	anchors map[string]interface{}
}

type line struct {
	indent int
	text   string
}

func (p *parser) fail(format string, args ...interface{}) {
	panic(syntaxError(fmt.Sprintf("yaml: line %d: %s", p.pos+1, fmt.Sprintf(format, args...))))
}

// next moves to the next line that has content.
func (p *parser) next() bool {
	for ; p.pos < len(p.lines); p.pos++ {
		if p.line().text != "" {
			return true
		}
	}
	return false
}

func (p *parser) line() line {
	text := strings.TrimRight(stripComment(p.lines[p.pos]), " \t")
	body := strings.TrimLeft(text, " ")
	if strings.HasPrefix(body, "\t") {
		p.fail("a tab indents this line")
	}
	return line{len(text) - len(body), body}
}

// stripComment cuts a # that starts a word outside quotes. A quote counts only where a scalar can begin.
func stripComment(text string) string {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		starts := i == 0 || strings.IndexByte(" \t[{,:", text[i-1]) >= 0
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && starts:
			quote = c
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			return text[:i]
		}
	}
	return text
}

func isItem(text string) bool { return text == "-" || strings.HasPrefix(text, "- ") }

// splitKey finds the colon that ends a map key.
func splitKey(text string) (key, rest string, ok bool) {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i == 0:
			quote = c
		case c == ':' && (i+1 == len(text) || text[i+1] == ' '):
			return unquote(strings.TrimSpace(text[:i])), strings.TrimSpace(text[i+1:]), true
		}
	}
	return "", "", false
}

func unquote(text string) string {
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return text[1 : len(text)-1]
	}
	return text
}

// block parses the node whose first line is the current one, at this indent.
func (p *parser) block(indent int) interface{} {
	text := p.line().text
	if isItem(text) {
		return p.list(indent)
	}
	if _, _, ok := splitKey(text); ok && !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return p.mapping(indent)
	}
	return p.value(text, indent-1)
}

func (p *parser) list(indent int) interface{} {
	items := []interface{}{}
	for p.next() {
		current := p.line()
		if current.indent != indent || !isItem(current.text) {
			if current.indent > indent {
				p.fail("unexpected indentation")
			}
			break
		}
		rest := strings.TrimLeft(current.text[1:], " ")
		if _, _, ok := splitKey(rest); isItem(rest) || ok && strings.IndexByte("&{[\"'", rest[0]) < 0 {
			// a map or list that begins on the dash's own line: take the dash away and parse what stands there
			inner := indent + len(current.text) - len(rest)
			p.lines[p.pos] = strings.Repeat(" ", inner) + rest
			items = append(items, p.block(inner))
			continue
		}
		items = append(items, p.value(rest, indent))
	}
	return items
}

func (p *parser) mapping(indent int) interface{} {
	result := map[string]interface{}{}
	own := map[string]bool{}
	for p.next() {
		current := p.line()
		if current.indent != indent || isItem(current.text) {
			if current.indent > indent {
				p.fail("unexpected indentation")
			}
			break
		}
		key, rest, ok := splitKey(current.text)
		if !ok {
			p.fail("expected \"key: value\", found %q", current.text)
		}
		if own[key] && key != "<<" {
			p.fail("the key %q stands twice", key)
		}
		value := p.value(rest, indent)
		if key == "<<" {
			p.merge(result, own, value)
			continue
		}
		own[key] = true
		result[key] = value
	}
	return result
}

// merge adds the keys that the map does not set itself.
func (p *parser) merge(into map[string]interface{}, own map[string]bool, from interface{}) {
	switch source := from.(type) {
	case map[string]interface{}:
		for key, value := range source {
			if _, there := into[key]; !there && !own[key] {
				into[key] = value
			}
		}
	case []interface{}:
		for _, one := range source {
			p.merge(into, own, one)
		}
	default:
		p.fail("<< needs a map")
	}
}

// value parses what follows a key or a dash of a node at this indent, and moves past it.
func (p *parser) value(rest string, indent int) interface{} {
	if strings.HasPrefix(rest, "&") {
		name := strings.SplitN(rest, " ", 2)
		tail := ""
		if len(name) == 2 {
			tail = strings.TrimSpace(name[1])
		}
		value := p.value(tail, indent)
		p.anchors[name[0][1:]] = value
		return value
	}
	switch {
	case rest == "":
		p.pos++
		if !p.next() {
			return nil
		}
		below := p.line()
		if below.indent > indent || below.indent == indent && isItem(below.text) && !p.insideList(indent) {
			return p.block(below.indent)
		}
		return nil
	case rest[0] == '|' || rest[0] == '>':
		return p.text(rest, indent)
	case rest[0] == '!':
		p.fail("tags are not supported")
	}
	if strings.IndexByte("[{\"'*", rest[0]) < 0 {
		return p.plain(rest, indent)
	}
	// a flow collection or a quoted scalar may run over several lines
	for {
		f := &flow{p: p, text: rest}
		value, complete := f.value("")
		if complete {
			if strings.TrimSpace(f.text[f.pos:]) != "" {
				p.fail("unexpected text after %q", f.text[:f.pos])
			}
			p.pos++
			return value
		}
		if p.pos++; !p.next() {
			p.fail("%q does not end", rest)
		}
		rest += " " + p.line().text
	}
}

// plain reads a scalar without quotes; deeper lines continue it.
func (p *parser) plain(rest string, indent int) interface{} {
	for p.pos++; p.next() && p.line().indent > indent; p.pos++ {
		if _, _, isKey := splitKey(p.line().text); isKey {
			p.fail("unexpected indentation")
		}
		rest += " " + p.line().text
	}
	return scalar(rest)
}

// insideList tells whether the empty value just passed belongs to a dash, which a further dash then ends.
func (p *parser) insideList(indent int) bool {
	for i := p.pos - 1; i >= 0; i-- {
		if text := strings.TrimSpace(stripComment(p.lines[i])); text != "" {
			return isItem(text) && len(p.lines[i])-len(strings.TrimLeft(p.lines[i], " ")) == indent
		}
	}
	return false
}

// text reads a literal (|) or folded (>) block.
func (p *parser) text(mark string, indent int) string {
	lines, own := []string{}, -1
	for p.pos++; p.pos < len(p.lines); p.pos++ {
		raw := p.lines[p.pos]
		body := strings.TrimLeft(raw, " ")
		if body == "" {
			lines = append(lines, "")
			continue
		}
		depth := len(raw) - len(body)
		if own < 0 {
			own = depth
		}
		if depth <= indent || depth < own {
			break
		}
		lines = append(lines, raw[own:])
	}
	separator := "\n"
	if mark[0] == '>' {
		separator = " "
	}
	result := strings.TrimRight(strings.Join(lines, separator), "\n ")
	if !strings.HasSuffix(mark, "-") && result != "" {
		result += "\n"
	}
	return result
}

// flow parses one inline value.
type flow struct {
	p    *parser
	text string
	pos  int
}

func (f *flow) space() {
	for f.pos < len(f.text) && f.text[f.pos] == ' ' {
		f.pos++
	}
}

func (f *flow) take(c byte) bool {
	f.space()
	if f.pos < len(f.text) && f.text[f.pos] == c {
		f.pos++
		return true
	}
	return false
}

// value returns false when the text ends too early. A plain scalar ends at one of the stop characters.
func (f *flow) value(stop string) (interface{}, bool) {
	f.space()
	if f.pos == len(f.text) {
		return nil, stop == ""
	}
	switch f.text[f.pos] {
	case '[':
		f.pos++
		list := []interface{}{}
		for !f.take(']') {
			item, ok := f.value(",]")
			if !ok {
				return nil, false
			}
			list = append(list, item)
			if f.space(); !f.take(',') && f.pos == len(f.text) {
				return nil, false
			}
		}
		return list, true
	case '{':
		f.pos++
		result := map[string]interface{}{}
		for !f.take('}') {
			key, ok := f.value(":")
			if !ok || !f.take(':') {
				return nil, false
			}
			value, ok := f.value(",}")
			if !ok {
				return nil, false
			}
			if key == "<<" {
				f.p.merge(result, map[string]bool{}, value)
			} else {
				result[fmt.Sprint(key)] = value
			}
			if f.space(); !f.take(',') && f.pos == len(f.text) {
				return nil, false
			}
		}
		return result, true
	case '"', '\'':
		return f.quoted()
	}
	end := len(f.text)
	if stop != "" {
		if i := strings.IndexAny(f.text[f.pos:], stop); i >= 0 {
			end = f.pos + i
		}
	}
	word := strings.TrimSpace(f.text[f.pos:end])
	f.pos = end
	if strings.HasPrefix(word, "*") {
		value, known := f.p.anchors[word[1:]]
		if !known {
			f.p.fail("unknown anchor %q", word[1:])
		}
		return value, true
	}
	return scalar(word), true
}

func (f *flow) quoted() (interface{}, bool) {
	quote := f.text[f.pos]
	result := strings.Builder{}
	for f.pos++; f.pos < len(f.text); f.pos++ {
		c := f.text[f.pos]
		switch {
		case c == quote && quote == '\'' && strings.HasPrefix(f.text[f.pos+1:], "'"):
			f.pos++
			result.WriteByte('\'')
		case c == quote:
			f.pos++
			return result.String(), true
		case c == '\\' && quote == '"' && f.pos+1 < len(f.text):
			f.pos++
			escapes := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '0': 0}
			if plain, known := escapes[f.text[f.pos]]; known {
				result.WriteByte(plain)
			} else {
				result.WriteByte(f.text[f.pos])
			}
		default:
			result.WriteByte(c)
		}
	}
	return nil, false
}

func scalar(word string) interface{} {
	switch word {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	if number, err := strconv.ParseInt(word, 10, 64); err == nil && strconv.FormatInt(number, 10) == word {
		return number
	}
	return word
}
