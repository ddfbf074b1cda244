package main

import (
	"regexp"
	"strings"
)

var (
	instruction = regexp.MustCompile(`^([A-Za-z]+)[ \t]+(.*)$`)
	// Characters outside of this are read in different ways as space or as the end of a line.
	plainText = regexp.MustCompile(`^[\t\n -~]*$`)
	// fileName is the name of a file in the context or in the image. It has no colon, and nothing that the engine
	// would replace or leave out, such as variables and quotes.
	fileName = regexp.MustCompile(`^[A-Za-z0-9._/+*-]+$`)
	// gitSource is what some builders fetch.
	gitSource = regexp.MustCompile(`(?i)^github\.com/|\.git$`)
	label     = regexp.MustCompile(`^(?:"?([A-Za-z0-9._-]+)"?=(?:"[^"\\$]*"|[A-Za-z0-9._:/+-]*)[ \t]*)`)
	// foreignLabel are labels by which programs tell what is theirs.
	foreignLabel = regexp.MustCompile(`(?i)^(io\.fabric-wizard|com\.docker|io\.podman)\.`)
	harmless     = set("ENV", "WORKDIR", "CMD", "ENTRYPOINT", "USER", "EXPOSE")
)

// dockerfileLines returns the instructions, with continued lines joined.
func dockerfileLines(text string) ([]string, *refusal) {
	if !plainText.MatchString(text) {
		return nil, forbid("the Dockerfile has characters that are not plain text")
	}
	var lines []string
	joined := ""
	for _, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		isComment := strings.HasPrefix(trimmed, "#")
		switch {
		case isComment && strings.Contains(trimmed, "="):
			// A first comment may change how the rest is read.
			return nil, forbid("the Dockerfile has a parser directive")
		case joined != "" && (isComment || trimmed == ""), strings.HasSuffix(trimmed, `\\`):
			return nil, forbid("the Dockerfile has a continued line that engines read in different ways")
		case isComment || trimmed == "":
		case strings.HasSuffix(trimmed, `\`):
			joined += strings.TrimSuffix(strings.TrimRight(line, " \t"), `\`)
		default:
			lines = append(lines, strings.TrimSpace(joined+line))
			joined = ""
		}
	}
	if joined != "" {
		return nil, forbid("the Dockerfile ends in a continued line")
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
		case name == "LABEL":
			if refused := judgeLabels(match[2]); refused != nil {
				return "", refused
			}
		case name == "RUN":
			if strings.HasPrefix(words[0], "--") || strings.Contains(match[2], "<<") {
				return "", forbid("the Dockerfile has RUN with an option or a here-document")
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

// judgeSources allows names of files in the context. A variable or a quoted name could stand for anything.
func judgeSources(words []string) *refusal {
	for _, word := range words {
		if strings.HasPrefix(word, "-") || !fileName.MatchString(word) || gitSource.MatchString(word) {
			return forbid("the Dockerfile adds something that is not a file of its context: %s", shortJSON(word))
		}
	}
	return nil
}

// judgeLabels allows labels that no program takes for its own.
func judgeLabels(text string) *refusal {
	for text != "" {
		match := label.FindStringSubmatch(text)
		if match == nil || foreignLabel.MatchString(match[1]) {
			return forbid("the Dockerfile has the label %s", shortJSON(text))
		}
		text = text[len(match[0]):]
	}
	return nil
}
