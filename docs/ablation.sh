#!/usr/bin/env bash
# Pages for `python -m train -m experiment=ablation`: each set is `full` with one thing taken away or added, and `test`
# has fonts that none is trained on. Half an hour on one core. Told by the environment:
#   OUT      folder of the sets (sets/ablation)
#   SHARE    pages relative to the ablation of the guide (1)
#   PDF      a set of PDF pages, from `python -m data pdf`; without it no arm has any
#   PHOTOS   a set of real photographs; without it the arm with_photos is left out
#   PYTHON   (python)
set -euo pipefail
out=${OUT:-sets/ablation} python=${PYTHON:-python} share=${SHARE:-1}
count() { awk -v n="$1" -v share="$share" 'BEGIN { n = int(n * share + 0.5); print n < 2 ? 2 : n }'; }

# pages NAME SEED CAMERA OVERRIDE…: four kinds of pages, by the camera of each kind or all by the one named.
pages() {
  local name=$1 seed=$2 camera=$3; shift 3
  kind() { # KIND COUNT CAMERA OVERRIDE…
    local kind=$1 pages; pages=$(count "$2"); local own=$3; shift 3
    "$python" -m synth out="$out/raw/$name/$kind" count="$pages" seed="$seed" link=dense \
      camera="${camera:-$own}" "$@"
  }
  kind phone 300 phone "$@"
  kind flat 130 none page=manual camera.height_px=1448 "$@"
  kind scan 100 scan page=paper "$@"
  kind rough 170 rough page=paperback "$@"
}

# merge SPLIT NAME SOURCE…
merge() {
  local split=$1 name=$2; shift 2
  local sources; sources=$(IFS=,; echo "$*")
  "$python" -m data merge "sources=[$sources]" "split=$split" out="$out/$name"
}
kinds() { local kind; for kind in phone flat scan rough; do echo "$out/raw/$1/$kind"; done; }
learn() { merge '[1,0,0]' "$@"; }
pdf=${PDF:-}

pages full 31 '' font.split=train
pages one_font 31 '' 'font.packages=[fontpkg_literata]'
pages no_camera 31 none font.split=train
pages no_decoys 31 '' font.split=train 'link.decoys_per_page=[0,0]'
share=$(awk -v share="$share" 'BEGIN { print 0.3 * share }') pages test 32 '' font.split=test

for arm in full one_font no_camera no_decoys; do
  # shellcheck disable=SC2046  # no path of ours has a blank
  learn "$arm" $(kinds "$arm") $pdf
done
# shellcheck disable=SC2046
{
  learn no_pdf $(kinds full)
  if [ -n "${PHOTOS:-}" ]; then learn with_photos $(kinds full) $pdf "$PHOTOS"; else echo "No PHOTOS: no arm with_photos."; fi
  merge '[0,0,1]' test $(kinds test)
}
[ -n "$pdf" ] || echo "No PDF: all arms are as no_pdf is."
