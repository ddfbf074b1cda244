// Package policies evaluates signature policies such as AND('Org1MSP.member', OutOf(1, 'Org2MSP.peer', 'Org2MSP.admin')).
package policies

import (
	"fmt"
	"strconv"
	"strings"
)

// Policy is a principal ("MSPID.role"), or a number of policies of which some must be satisfied.
type Policy struct {
	need      int
	principal string
	rules     []*Policy
}

// Parse reads a policy.
func Parse(text string) (*Policy, error) {
	p := &parser{rest: text}
	policy, err := p.rule()
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("unexpected %q", p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("invalid policy %s: %s", text, err)
	}
	return policy, nil
}

// AnyMemberOf returns the default policy of a chaincode.
func AnyMemberOf(mspIDs []string) string {
	principals := []string{}
	for _, id := range mspIDs {
		principals = append(principals, "'"+id+".member'")
	}
	return "OR(" + strings.Join(principals, ",") + ")"
}

// Evaluate reports whether n signatures satisfy the policy. The function holds reports whether a signature satisfies a
// principal. Each signature counts once.
func (p *Policy) Evaluate(n int, holds func(signature int, mspID, role string) bool) bool {
	return p.evaluate(make([]bool, n), holds)
}

func (p *Policy) evaluate(used []bool, holds func(int, string, string) bool) bool {
	if p.principal != "" {
		dot := strings.LastIndexByte(p.principal, '.')
		for i := range used {
			if !used[i] && holds(i, p.principal[:dot], p.principal[dot+1:]) {
				used[i] = true
				return true
			}
		}
		return false
	}
	satisfied := 0
	for _, rule := range p.rules {
		trial := append([]bool{}, used...)
		if satisfied < p.need && rule.evaluate(trial, holds) {
			satisfied++
			copy(used, trial)
		}
	}
	return satisfied >= p.need
}

type parser struct{ rest string }

func (p *parser) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " \t\n")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *parser) rule() (*Policy, error) {
	if quote := p.peek(); quote == '\'' || quote == '"' {
		end := strings.IndexByte(p.rest[1:], quote)
		if end < 0 {
			return nil, fmt.Errorf("a quote does not end")
		}
		principal := p.rest[1 : end+1]
		p.rest = p.rest[end+2:]
		dot := strings.LastIndexByte(principal, '.')
		if dot < 1 || !strings.Contains("|member|admin|peer|client|", "|"+principal[dot+1:]+"|") {
			return nil, fmt.Errorf("unrecognized token '%s' in policy string", principal)
		}
		return &Policy{principal: principal}, nil
	}
	open := strings.IndexByte(p.rest, '(')
	if open < 0 {
		return nil, fmt.Errorf("expected AND(…), OR(…), OutOf(…) or a quoted principal")
	}
	name := strings.ToLower(strings.TrimSpace(p.rest[:open]))
	p.rest = p.rest[open+1:]
	policy := &Policy{need: 1}
	if name == "outof" {
		comma := strings.IndexByte(p.rest, ',')
		if comma < 0 {
			return nil, fmt.Errorf("OutOf needs a number and rules")
		}
		need, err := strconv.Atoi(strings.TrimSpace(p.rest[:comma]))
		if err != nil || need < 1 {
			return nil, fmt.Errorf("OutOf needs a number and rules")
		}
		policy.need, p.rest = need, p.rest[comma+1:]
	} else if name != "and" && name != "or" {
		return nil, fmt.Errorf("unknown operator %q", name)
	}
	for {
		rule, err := p.rule()
		if err != nil {
			return nil, err
		}
		policy.rules = append(policy.rules, rule)
		next := p.peek()
		if next != ',' && next != ')' {
			return nil, fmt.Errorf("expected , or ) before %q", p.rest)
		}
		p.rest = p.rest[1:]
		if next == ')' {
			break
		}
	}
	if name == "and" {
		policy.need = len(policy.rules)
	}
	if policy.need > len(policy.rules) {
		return nil, fmt.Errorf("%d of %d can never hold", policy.need, len(policy.rules))
	}
	return policy, nil
}
