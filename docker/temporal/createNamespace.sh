#!/bin/sh
# Creates the namespace that Slipway uses. Histories of finished workflows stay for 30 days: long enough to look at a
# release of last week in the Web UI. What Slipway knows is in its own database.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 720h
