#!/usr/bin/env bash
# The shipped detectors again, from nothing: bash models/detector/make.sh small|base [folder for sets and runs]
#
# Two hours on two shared cores. PDF pages come from the documentation packages named below, by `apt-get download`;
# where PDF names a folder of PDF files, from there; where there is neither, the detector learns from rendered pages
# alone, and says so.
set -euo pipefail
case ${1:-} in small | base) ;; *) echo "Which detector: make.sh small|base [folder]" >&2; exit 2 ;; esac
cd "$(dirname "$0")/../.."
size=$1 out=${2:-outputs/detector} python=${PYTHON:-.venv/bin/python}
packages="developers-reference doxygen-doc gri-pdf-doc ngspice-doc publican r-cran-rcpp texlive-bibtex-extra"

pages() { # name, then overrides of `python -m synth`
  local name=$1
  shift
  "$python" -m synth "out=$out/$name" font.split=train "$@"
  sets+=("$out/$name")
}

manuals() { # PDF files of the packages, each in a folder with the package's name
  local package
  mkdir -p "$out/packages"
  for package in $packages; do
    [ -d "$out/manuals/$package" ] && continue
    (cd "$out/packages" && apt-get download "$package") || return 1
    dpkg-deb -x "$out/packages/$package"_*.deb "$out/packages/$package"
    mkdir -p "$out/manuals/$package"
    find "$out/packages/$package" -name '*.pdf.gz' -exec gunzip -f {} +
    find "$out/packages/$package" -name '*.pdf' -type f -exec mv {} "$out/manuals/$package" \;
  done
}

sets=()
pages receipt seed=201 count=900 page=receipt 'camera.tilt_deg=[-12,12]'
pages receipt_rough seed=202 count=200 page=receipt camera=rough
pages card seed=203 count=400 page=card 'camera.tilt_deg=[-16,16]'
pages phone seed=204 count=1300 page=textbook link=dense
pages paper seed=205 count=400 page=paper link=dense
pages magazine seed=206 count=300 page=magazine link=dense
pages manual seed=207 count=500 page=manual link=dense
pages notes seed=208 count=300 page=notes link=dense 'camera.tilt_deg=[-16,16]'
pages paperback seed=209 count=400 page=paperback link=dense camera=rough
pages rough seed=210 count=300 page=textbook link=dense camera=rough
pages scan seed=211 count=400 page=paper link=dense camera=scan camera.height_px=1448
pages flat seed=212 count=500 page=manual link=dense camera=none camera.height_px=1448
pages flat_paper seed=213 count=300 page=paper link=book camera=none camera.height_px=1325
pages close seed=214 count=400 page=textbook link=dense 'camera.x_height_px=[14,40]'
pages empty seed=215 count=500 page=textbook link=none 'link.decoys_per_page=[2,8]'

if [ -n "${PDF:-}" ] || manuals; then
  "$python" -m data pdf "source=${PDF:-$out/manuals}" "out=$out/pdf" group_by=folder link_free_share=0.4 pages=1-60 format=jpg
  sets+=("$out/pdf")
else
  echo "No PDF pages: apt-get cannot fetch the packages, and PDF names no folder."
fi

joined=$(IFS=,; echo "${sets[*]}")
"$python" -m data merge "sources=[$joined]" 'split=[0.988,0.012,0]' "out=$out/merged"
# Twice: first at the scale of 1024 pixels to a page's width, then at the larger one at which the detector is used.
case $size in
  small) second=(model=mobilenetv2_fpn_small steps=2500 export.width_px=1216) ;;
  base) second=(model=mobilenetv2_fpn steps=2200 export.width_px=1344) ;;
esac
"$python" -m train "experiment=detector_$size" "dataset=$out/merged" "out=$out/$size-first"
"$python" -m train experiment=detector_close "${second[@]}" "init_checkpoint=$out/$size-first" \
  "dataset=$out/merged" "out=$out/$size"
"$python" -m train export "run=$out/$size" "out=$out/$size/export" "weights=$out/$size/export/weights" \
  'formats=[saved_model,litert_float16,tfjs_float16]'
echo "The detector: $out/$size/export"
