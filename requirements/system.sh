#!/usr/bin/env bash
# The parts that pip does not bring, installed where that is allowed, else named: `system.sh reading` for Tesseract's
# English data, `system.sh browser` for the Chromium in which tests open pages.
set -euo pipefail

reading_found() {
  compgen -G "${TESSDATA_PREFIX:-/none}/eng.traineddata" || compgen -G "/usr/share/tesseract-ocr/*/tessdata/eng.traineddata" ||
    compgen -G "/usr/share/tessdata/eng.traineddata"
}

browser_found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

# part, its Debian package, what it is called, what else helps
need() {
  "$1_found" > /dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing $2 (apt-get) …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"; } > /dev/null || true
  fi
  "$1_found" > /dev/null && return
  echo "$3 missing: run 'sudo apt-get install $2' (or your system's package of it)$4, then make again." >&2
  exit 2
}

for part in "$@"; do
  case $part in
    reading) need reading tesseract-ocr-eng "Tesseract's English data is" ", or set TESSDATA_PREFIX to a folder with eng.traineddata" ;;
    browser) need browser chromium "Chromium, in which tests open the reports, is" "" ;;
    *) echo "system.sh installs 'reading' or 'browser', not '$part'." >&2; exit 2 ;;
  esac
done
