package chaincode

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/core/container/docker"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var (
	illegal   = regexp.MustCompile(`[^a-zA-Z0-9-_.]`)
	imageRule = regexp.MustCompile(`^[a-z0-9]+(([._-][a-z0-9]+)+)?$`)
)

// vm builds chaincode images and starts chaincode containers.
type vm struct {
	conf   *config.Config
	client *docker.Client
}

// names returns the names of the container and of the image: <network>-<peer>-<name>-<version>. The name of the image ends
// with a hash of that.
func (v *vm) names(name, version string) (container, image string, err error) {
	parts := []string{}
	for _, part := range []string{v.conf.String("peer.networkId"), v.conf.String("peer.id"), name, version} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	raw := strings.Join(parts, "-")
	hash := sha256.Sum256([]byte(raw))
	image = strings.ToLower(illegal.ReplaceAllString(raw, "-") + "-" + hex.EncodeToString(hash[:]))
	if !imageRule.MatchString(image) {
		return "", "", fmt.Errorf("Error constructing Docker VM Name. '%s' breaks Docker's repository naming rules", raw)
	}
	return illegal.ReplaceAllString(raw, "-"), image, nil
}

// reference returns an image reference of core.yaml with its variables replaced.
func (v *vm) reference(key string) string {
	twoDigits := metadata.Version
	if dot := strings.LastIndexByte(twoDigits, '.'); dot >= 0 {
		twoDigits = twoDigits[:dot]
	}
	return strings.NewReplacer(
		"$(ARCH)", runtime.GOARCH,
		"$(PROJECT_VERSION)", metadata.Version,
		"$(TWO_DIGIT_VERSION)", twoDigits,
		"$(BASE_VERSION)", metadata.BaseVersion,
		"$(DOCKER_NS)", metadata.DockerNamespace,
		"$(BASE_DOCKER_NS)", metadata.BaseDockerNamespace,
	).Replace(v.conf.String(key))
}

func (v *vm) hostConfig() docker.HostConfig {
	const at = "vm.docker.hostConfig."
	host := docker.HostConfig{
		NetworkMode: v.conf.String(at + "NetworkMode"),
		Memory:      v.conf.Int(at + "Memory"),
		DNS:         v.conf.Strings(at + "Dns"),
		LogConfig:   docker.LogConfig{Type: v.conf.String(at + "LogConfig.Type"), Config: map[string]string{}},
	}
	for _, option := range []string{"max-size", "max-file"} {
		if value := v.conf.String(at + "LogConfig.Config." + option); value != "" {
			host.LogConfig.Config[option] = value
		}
	}
	return host
}

// start replaces the container of a chaincode. It builds the image if there is none with that name.
func (v *vm) start(pkg pb.ChaincodePackage, args, env []string, files map[string][]byte) error {
	name, image, err := v.names(pkg.Name, pkg.Version)
	if err != nil {
		return err
	}
	// usually there is no such container
	_ = v.client.RemoveContainer(name)
	spec := docker.Container{Image: image, Cmd: args, Env: env, HostConfig: v.hostConfig()}
	_, err = v.client.CreateContainer(name, spec)
	if err == docker.ErrNoSuchImage {
		began := time.Now()
		logger.Infof("building chaincode image %s", image)
		if err := v.build(image, pkg); err != nil {
			logger.Errorf("Error building image: %s", err)
			return err
		}
		logger.Infof("built chaincode image %s in %s", image, time.Since(began).Round(time.Millisecond))
		_, err = v.client.CreateContainer(name, spec)
	}
	if err != nil {
		return err
	}
	if len(files) > 0 {
		archive := &bytes.Buffer{}
		if err := writeTar(archive, files); err != nil {
			return err
		}
		if err := v.client.Upload(name, "/", archive); err != nil {
			return fmt.Errorf("Error uploading files to the container instance %s: %s", name, err)
		}
	}
	return v.client.StartContainer(name)
}

func writeTar(to io.Writer, files map[string][]byte) error {
	archive := tar.NewWriter(to)
	for name, content := range files {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0100644, Size: int64(len(content))}); err != nil {
			return err
		}
		if _, err := archive.Write(content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// build sends the build context while the chaincode is still being compiled. If the compilation fails, the request fails.
func (v *vm) build(image string, pkg pb.ChaincodePackage) error {
	dockerfile := strings.Join([]string{
		"FROM " + v.reference("chaincode.golang.runtime"),
		"ADD binpackage.tar /usr/local/bin",
		fmt.Sprintf("LABEL %s.chaincode.id.name=%q \\", metadata.BaseDockerLabel, pkg.Name),
		fmt.Sprintf("      %s.chaincode.id.version=%q \\", metadata.BaseDockerLabel, pkg.Version),
		fmt.Sprintf("      %s.chaincode.type=\"GOLANG\" \\", metadata.BaseDockerLabel),
		fmt.Sprintf("      %s.version=%q \\", metadata.BaseDockerLabel, metadata.Version),
		fmt.Sprintf("      %s.base.version=%q", metadata.BaseDockerLabel, metadata.BaseVersion),
		"ENV CORE_CHAINCODE_BUILDLEVEL=" + metadata.Version,
	}, "\n")
	reader, writer := io.Pipe()
	go func() {
		program, err := v.compile(pkg)
		if err == nil {
			err = writeTar(writer, map[string][]byte{"Dockerfile": []byte(dockerfile), "binpackage.tar": program})
		} else {
			err = fmt.Errorf("Failed to generate platform-specific docker build: %s", err)
		}
		writer.CloseWithError(err)
	}()
	query := url.Values{"t": {image}}
	if mode := v.hostConfig().NetworkMode; mode != "" {
		query.Set("networkmode", mode)
	}
	if v.conf.Bool("chaincode.pull") {
		query.Set("pull", "1")
	}
	return v.client.BuildImage(query, reader)
}

// compile compiles the code in the builder image and returns a tar with the program.
func (v *vm) compile(pkg pb.ChaincodePackage) ([]byte, error) {
	image := v.reference("chaincode.builder")
	if image == "" {
		return nil, fmt.Errorf("No image provided and \"chaincode.builder\" default does not exist")
	}
	if v.client.InspectImage(image) != nil {
		logger.Infof("builder image %s is not there, pulling it", image)
		if err := v.client.PullImage(image); err != nil {
			return nil, fmt.Errorf("Failed to pull %s: %s", image, err)
		}
	}
	flags := `-ldflags "-linkmode external -extldflags '-static'"`
	if v.conf.Bool("chaincode.golang.dynamicLink") {
		flags = ""
	}
	command := fmt.Sprintf("GOPATH=/chaincode/input:$GOPATH go build %s -o /chaincode/output/chaincode %s", flags, pkg.Path)
	id, err := v.client.CreateContainer("", docker.Container{
		Image: image, Cmd: []string{"/bin/sh", "-c", command}, AttachStdout: true, AttachStderr: true, HostConfig: v.hostConfig(),
	})
	if err != nil {
		return nil, fmt.Errorf("Error creating container: %s", err)
	}
	defer v.client.RemoveContainer(id)
	if err := v.client.Upload(id, "/chaincode/input", bytes.NewReader(pkg.Code)); err != nil {
		return nil, fmt.Errorf("Error uploading input to container: %s", err)
	}
	// Like Fabric, before the start: nothing that the build writes is lost.
	output, err := v.client.Attach(id)
	if err != nil {
		return nil, fmt.Errorf("Error attaching to container: %s", err)
	}
	defer output.Close()
	if err := v.client.StartContainer(id); err != nil {
		return nil, fmt.Errorf("Error executing build: %s \"\"", err)
	}
	code, err := v.client.WaitContainer(id)
	if err != nil {
		return nil, fmt.Errorf("Error waiting for container to complete: %s", err)
	}
	if code > 0 {
		text, err := output.Text()
		if err != nil {
			logger.Warningf("cannot read the output of the build: %s", err)
		}
		return nil, fmt.Errorf("Error returned from build: %d \"%s\"", code, text)
	}
	program, err := v.client.Download(id, "/chaincode/output/.")
	if err != nil {
		return nil, fmt.Errorf("Error downloading output: %s", err)
	}
	return program, nil
}
