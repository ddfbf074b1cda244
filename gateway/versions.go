package main

import (
	"fmt"
	"regexp"
	"strconv"
)

// apiVersion is a version of the engine's API, such as 1.41.
type apiVersion struct{ major, minor int }

// noneVersion stands for a path without a version.
var noneVersion = apiVersion{}

// oldestAllowed is the first version whose start request has no body. Before it, the body could give a container
// privileges.
var oldestAllowed = apiVersion{1, 24}

// newestNeeded is the oldest version that the clients of Fabric 2.5.15 and 3.1.4 speak. What they ask for, an older
// engine can do.
var newestNeeded = apiVersion{1, 44}

var (
	versionedPath = regexp.MustCompile(`^/v([0-9]{1,3})\.([0-9]{1,3})(/.*)$`)
	versionLike   = regexp.MustCompile(`^/v[0-9]`)
)

func (v apiVersion) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

func (v apiVersion) less(other apiVersion) bool {
	return v.major < other.major || v.major == other.major && v.minor < other.minor
}

func parseVersion(text string) (apiVersion, error) {
	match := versionedPath.FindStringSubmatch("/v" + text + "/")
	if match == nil {
		return noneVersion, fmt.Errorf("%q is no API version", text)
	}
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	return apiVersion{major, minor}, nil
}

// splitVersion separates the version from the rest of a path.
func splitVersion(path string) (apiVersion, string) {
	match := versionedPath.FindStringSubmatch(path)
	if match == nil {
		return noneVersion, path
	}
	version, _ := parseVersion(match[1] + "." + match[2])
	return version, match[3]
}

// engineVersions are the versions that an engine accepts.
type engineVersions struct{ min, max apiVersion }

// pathFor returns a path with a version that the engine accepts. A path without version stays as it is.
func (v engineVersions) pathFor(asked apiVersion, path string) string {
	if asked == noneVersion {
		return path
	}
	used := asked
	if used.less(oldestAllowed) {
		used = oldestAllowed
	}
	if used.less(v.min) {
		used = v.min
	}
	if v.max.less(used) {
		used = v.max
	}
	return "/v" + used.String() + path
}

// shown returns the version to name in the answer to a ping. A client that needs a newer version than the engine has
// would otherwise refuse to speak.
func (v engineVersions) shown() string {
	if v.max.less(newestNeeded) {
		return newestNeeded.String()
	}
	return v.max.String()
}
