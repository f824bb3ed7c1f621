#!/usr/bin/env bash
# Tesseract's English data, the one part that pip does not bring: installed where that is allowed, else named.
set -euo pipefail

found() { compgen -G "${TESSDATA_PREFIX:-/none}/eng.traineddata" || compgen -G "/usr/share/tesseract-ocr/*/tessdata/eng.traineddata" ||
  compgen -G "/usr/share/tessdata/eng.traineddata"; }

found > /dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  echo "Installing Tesseract's English data (apt-get install tesseract-ocr-eng) …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tesseract-ocr-eng; } > /dev/null || true
fi
found > /dev/null && exit 0
echo "Tesseract's English data is missing: run 'sudo apt-get install tesseract-ocr-eng' (or your system's package of it), or set TESSDATA_PREFIX to a folder with eng.traineddata, then make again." >&2
exit 2
