// Package config reads core.yaml and orderer.yaml. Environment variables override their keys.
package config

import (
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hyperledger/fabric/common/yaml"
)

// Config is one configuration file, overridden by the environment.
type Config struct {
	dir    string
	prefix string
	tree   interface{}
}

// Dir returns FABRIC_CFG_PATH, by default the path of the configuration in the images.
func Dir() string {
	if dir := os.Getenv("FABRIC_CFG_PATH"); dir != "" {
		return dir
	}
	return "/etc/hyperledger/fabric"
}

// Load reads <name>.yaml from Dir. The variable <PREFIX>_A_B overrides the key a.b.
func Load(name, prefix string) (*Config, error) {
	dir := Dir()
	text, err := ioutil.ReadFile(filepath.Join(dir, name+".yaml"))
	if os.IsNotExist(err) {
		return nil, fmt.Errorf("Could not find config file. Please make sure that FABRIC_CFG_PATH is set to a path which contains %s.yaml", name)
	}
	if err != nil {
		return nil, err
	}
	tree, err := yaml.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("error when reading %s.yaml: %s", name, err)
	}
	return &Config{dir, prefix, tree}, nil
}

// get returns the string in the environment, by default the node of the file. An empty variable counts as unset.
func (c *Config) get(key string) interface{} {
	name := c.prefix + "_" + strings.ToUpper(strings.Replace(key, ".", "_", -1))
	if value := os.Getenv(name); value != "" {
		return value
	}
	node := c.tree
	for _, part := range strings.Split(key, ".") {
		object, _ := node.(map[string]interface{})
		node = nil
		for name, child := range object {
			if strings.EqualFold(name, part) {
				node = child
			}
		}
	}
	return node
}

// String returns "" if the key is not set.
func (c *Config) String(key string) string {
	if value := c.get(key); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// Bool returns false if the key is not set or is not a boolean.
func (c *Config) Bool(key string) bool {
	value, _ := strconv.ParseBool(c.String(key))
	return value
}

// Int returns 0 if the key is not set or is not a number.
func (c *Config) Int(key string) int64 {
	value, _ := strconv.ParseInt(c.String(key), 10, 64)
	return value
}

// Duration reads a value such as "30s". It returns fallback if the value is not a positive duration.
func (c *Config) Duration(key string, fallback time.Duration) time.Duration {
	if value, err := time.ParseDuration(c.String(key)); err == nil && value > 0 {
		return value
	}
	return fallback
}

// Strings reads a list in the file, or "[a, b]" in the environment.
func (c *Config) Strings(key string) []string {
	result := []string{}
	switch value := c.get(key).(type) {
	case []interface{}:
		for _, item := range value {
			result = append(result, fmt.Sprint(item))
		}
	case string:
		for _, item := range strings.Split(strings.Trim(value, "[] "), ",") {
			if item = strings.Trim(item, ` "'`); item != "" {
				result = append(result, item)
			}
		}
	}
	return result
}

// Path resolves a file name against the folder of the configuration.
func (c *Config) Path(key string) string { return c.Resolve(c.String(key)) }

// Resolve resolves any file name against the folder of the configuration. An empty name stays empty.
func (c *Config) Resolve(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}
