package main

import (
	"regexp"
	"strings"
)

var (
	instruction = regexp.MustCompile(`^([A-Za-z]+)[ \t]+(.*)$`)
	// Sources that the engine would fetch.
	remoteSource = regexp.MustCompile(`(?i)://|^git@|^github\.com/`)
	harmless     = set("LABEL", "ENV", "WORKDIR", "CMD", "ENTRYPOINT", "USER", "EXPOSE")
)

// dockerfileLines returns the instructions, with continued lines joined.
func dockerfileLines(text string) ([]string, *refusal) {
	var lines []string
	joined := ""
	for _, line := range strings.Split(strings.Replace(text, "\r\n", "\n", -1), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") {
			// A first comment may change how the rest is read.
			if strings.Contains(trimmed, "=") {
				return nil, forbid("the Dockerfile has a parser directive")
			}
			continue
		}
		if trimmed == "" {
			continue
		}
		if strings.HasSuffix(trimmed, `\`) {
			joined += strings.TrimSuffix(trimmed, `\`) + " "
			continue
		}
		lines = append(lines, strings.TrimSpace(joined+trimmed))
		joined = ""
	}
	if joined != "" {
		lines = append(lines, strings.TrimSpace(joined))
	}
	return lines, nil
}

// judgeDockerfile allows what Fabric writes: one base image that is a runtime of this network, files of the context,
// commands, and what is written into the image. It returns the reference of the base image.
func (g *gateway) judgeDockerfile(text string) (string, *refusal) {
	lines, refused := dockerfileLines(text)
	if refused != nil {
		return "", refused
	}
	base := ""
	for _, line := range lines {
		match := instruction.FindStringSubmatch(line)
		if match == nil {
			return "", forbid("the Dockerfile has a line that is no instruction: %s", shortJSON(line))
		}
		words := strings.Fields(match[2])
		switch name := strings.ToUpper(match[1]); {
		case name == "FROM":
			if base != "" || len(words) != 1 || !g.isRuntime(words[0]) {
				return "", forbid("a chaincode image may not be based on %q", match[2])
			}
			base = words[0]
		case base == "":
			return "", forbid("the Dockerfile does not begin with FROM")
		case name == "ADD" || name == "COPY":
			if refused := judgeSources(words); refused != nil {
				return "", refused
			}
		case name == "RUN":
			if len(words) > 0 && strings.HasPrefix(words[0], "--") {
				return "", forbid("the Dockerfile has RUN with an option")
			}
		case !harmless[name]:
			return "", forbid("the Dockerfile has the instruction %s", name)
		}
	}
	if base == "" {
		return "", forbid("the Dockerfile has no base image")
	}
	return base, nil
}

// judgeSources allows names of files in the context. A variable could stand for anything.
func judgeSources(words []string) *refusal {
	for _, word := range words {
		if strings.HasPrefix(word, "--") || strings.HasPrefix(word, "<<") || strings.HasPrefix(word, "[") ||
			strings.Contains(word, "$") || remoteSource.MatchString(strings.Trim(word, `"'`)) {
			return forbid("the Dockerfile adds something that is not a file of its context: %s", shortJSON(word))
		}
	}
	return nil
}
