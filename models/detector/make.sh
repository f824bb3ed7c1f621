#!/usr/bin/env bash
# The shipped detectors again, from nothing: bash models/detector/make.sh small|base [folder for sets and runs]
#
# Pages, three trainings one after the other, the operating point, the exported models, and what they can do on pages
# in fonts and of books that were not learnt from. small takes an hour on two cores, base more; run
# again after a stop, it goes on.
#
#   SHARE=0.01   of the rendered pages and of the steps: to see that everything runs; with base, since small begins with
#                random weights, finds nothing yet after so few steps, and has no score to choose
#   PDF=FOLDER   PDF files to learn from, instead of those of the packages named below, which `apt-get download` brings
#   PHOTOS=SET   real pictures with their truth, to be scored too
#   PYTHON       .venv/bin/python
#
# Without PDF pages the detector learns from rendered ones alone, and says so.
set -euo pipefail
case ${1:-} in small | base) ;; *) echo "Which detector: make.sh small|base [folder]" >&2; exit 2 ;; esac
cd "$(dirname "$0")/../.."
size=$1 out=${2:-outputs/detector${SHARE:+-$SHARE}} python=${PYTHON:-.venv/bin/python} share=${SHARE:-1}
learn="developers-reference doxygen-doc gri-pdf-doc ngspice-doc publican r-cran-rcpp texlive-bibtex-extra"
choose="auto-multiple-choice-doc-pdf r-cran-zoo"
test="debian-reference-en glpk-doc hmmer-doc live-manual-pdf xfig-doc"
www='link.scheme_weights={https: 0.2, http: 0.15, www: 0.55, ftp: 0.07, tcp: 0.03}'
italic='link.style_weights={roman: 0.2, italic: 0.5, bold: 0.1, mono: 0.2, smallcaps: 0.0}'

part() { awk -v n="$1" -v share="$share" -v least="$2" 'BEGIN { n = int(n * share + 0.5); print n < least ? least : n }'; }

pages() { # name, how many, then overrides of `python -m synth`; adds to `sets`
  local name=$1 count
  count=$(part "$2" 4)
  shift 2
  "$python" -m synth "out=$out/pages/$name" "count=$count" "$@"
  sets+=("$out/pages/$name")
}

manuals() { # name, packages, then overrides of `python -m data pdf`; adds to `sets` where the packages can be had
  local name=$1 package
  for package in $2; do
    [ -d "$out/manuals/$name/$package" ] && continue
    mkdir -p "$out/packages"
    rm -rf "$out/packages/$package"*
    (cd "$out/packages" && apt-get download "$package") || { echo "No PDF pages for $name: no $package."; return 0; }
    dpkg-deb -x "$out/packages/$package"_*.deb "$out/packages/$package"
    find "$out/packages/$package" -name '*.pdf.gz' -exec gunzip -f {} +
    mkdir -p "$out/manuals/$name/$package.part"
    find "$out/packages/$package" -name '*.pdf' -type f -exec mv {} "$out/manuals/$name/$package.part" \;
    mv "$out/manuals/$name/$package.part" "$out/manuals/$name/$package"
  done
  pdf "$name" "$out/manuals/$name" "${@:3}"
}

pdf() { # name, folder, overrides
  "$python" -m data pdf "source=$2" "out=$out/$1" group_by=folder "${@:3}"
  sets+=("$out/$1")
}

joined() { (IFS=,; echo "[${sets[*]}]"); }

# What is learnt from, in two parts: the third training has both.
sets=()
seen=font.split=train
pages receipt 900 seed=201 $seen page=receipt 'camera.tilt_deg=[-12,12]'
pages receipt_rough 200 seed=202 $seen page=receipt camera=rough
pages card 400 seed=203 $seen page=card 'camera.tilt_deg=[-16,16]'
pages phone 1300 seed=204 $seen page=textbook link=dense
pages paper 400 seed=205 $seen page=paper link=dense
pages magazine 300 seed=206 $seen page=magazine link=dense
pages manual 500 seed=207 $seen page=manual link=dense
pages notes 300 seed=208 $seen page=notes link=dense 'camera.tilt_deg=[-16,16]'
pages paperback 400 seed=209 $seen page=paperback link=dense camera=rough
pages rough 300 seed=210 $seen page=textbook link=dense camera=rough
pages scan 400 seed=211 $seen page=paper link=dense camera=scan camera.height_px=1448
pages flat 500 seed=212 $seen page=manual link=dense camera=none camera.height_px=1448
pages flat_paper 300 seed=213 $seen page=paper link=book camera=none camera.height_px=1325
pages close 400 seed=214 $seen page=textbook link=dense 'camera.x_height_px=[14,40]'
pages empty 500 seed=215 $seen page=textbook link=none 'link.decoys_per_page=[2,8]'
if [ -n "${PDF:-}" ]; then
  pdf pdf "$PDF" link_free_share=0.4 pages=1-60 format=jpg
else
  manuals pdf "$learn" link_free_share=0.4 pages=1-60 format=jpg
fi
"$python" -m data merge "sources=$(joined)" 'split=[0.988,0.012,0]' "out=$out/merged"

sets=("$out/merged/train")
pages receipt_dots 900 seed=221 $seen page=receipt paper.dotted_share=0.75 'camera.tilt_deg=[-12,12]'
pages card_turned 500 seed=222 $seen page=card 'camera.tilt_deg=[-30,30]'
pages turned 600 seed=223 $seen page=textbook link=dense 'camera.tilt_deg=[-25,25]'
pages www 700 seed=224 $seen page=manual link=dense "$www"
pages italic 500 seed=225 $seen page=textbook link=dense "$italic" 'camera.tilt_deg=[-12,12]'
pages dark 400 seed=226 $seen page=notes link=dense "$www" paper.inverted_share=0.7 page.mono_share=0.4
pages scan_www 400 seed=227 $seen page=paper link=dense "$www" camera=scan camera.height_px=1448
pages strokes 300 seed=228 $seen page=paperback paper=old 'link.decoys_per_page=[3,9]' link.decoy_weights.stroke=12
"$python" -m data merge "sources=$(joined)" 'split=[1,0,0]' "out=$out/wide"

# Three trainings: at the scale of 1024 pixels to a page's width, then twice at the larger one at which pages are seen.
case $size in
  small) steps=(5500 2500 5000) model=(model=mobilenetv2_fpn_small export.width_px=1216) ;;
  base) steps=(5500 2200 5000) model=(model=mobilenetv2_fpn export.width_px=1344) ;;
esac
fit() { # name, index of its steps, overrides
  local many
  many=$(part "${steps[$2]}" 100)
  "$python" -m train "out=$out/$size-$1" "steps=$many" "${@:3}"
}
fit first 0 "experiment=detector_$size" "dataset=$out/merged"
fit second 1 experiment=detector_close "${model[@]}" "dataset=$out/merged" "init_checkpoint=$out/$size-first"
fit third 2 experiment=detector_close "${model[@]}" seed=3 "dataset=$out/wide" "validation.sets=[$out/merged/val]" \
  "init_checkpoint=$out/$size-second"
run=$out/$size-third

# The score from which a box counts, on pages that nothing was learnt from; then what it can do on others.
unseen=font.split=test
sets=()
pages val_phone 80 seed=902 $unseen page=textbook link=dense
pages val_empty 60 seed=904 $unseen page=manual link=none 'link.decoys_per_page=[0,1]' # few: as in print
pages val_receipt 40 seed=907 $unseen page=receipt
pages val_card 25 seed=908 $unseen page=card
manuals val_pdf "$choose" link_free_share=0.5
"$python" -m data merge "sources=$(joined)" 'split=[0,0,1]' "out=$out/val"
sets=()
pages test_phone 200 seed=901 $unseen page=textbook link=dense truth.min_x_height_px=6
pages test_receipt 60 seed=905 $unseen page=receipt
pages test_card 40 seed=906 $unseen page=card
manuals test_pdf "$test" link_free_share=0.5
for set in "${sets[@]}" ${PHOTOS:+"$PHOTOS"}; do
  chosen=()
  [ "$set" = "${sets[0]}" ] && chosen=("validation=$out/val/test" false_alarm_budget=0.05 lowest_threshold=0.001
    store_operating_point=true)
  "$python" -m evaluate "detector=$run" "dataset=$set" "out=$out/reports/$size-$(basename "$set")" ocr=none "${chosen[@]}"
done

"$python" -m train export "run=$run" "out=$out/$size" "weights=$out/$size/weights" \
  'formats=[saved_model,litert_float16,tfjs_float16]'
cp "$run/operating_point.json" "$out/$size"
echo "The detector: $out/$size; what it can do: $out/reports/$size-*/index.html"
