//go:build tools

// Package tools pins the StatsD server that scripts/soak statsd sends to.
package tools

import _ "github.com/prometheus/statsd_exporter"
