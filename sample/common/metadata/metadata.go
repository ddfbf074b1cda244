// Package metadata holds the values that the linker sets with -X flags.
package metadata

// The defaults are those of a build without -X flags.
var (
	Version             = "latest"
	CommitSHA           = "development build"
	BaseVersion         = "0.4.22"
	BaseDockerLabel     = "org.hyperledger.fabric"
	DockerNamespace     = "hyperledger"
	BaseDockerNamespace = "hyperledger"
)
